/* SPDX-License-Identifier: GPL-2.0 */
/* What a name may stand for, as a list for a message. */
#ifndef NSORPHAN_CANDIDATES_H
#define NSORPHAN_CANDIDATES_H

#include <stddef.h>

#include "proc/container.h"

/* Maximum number of candidates that a message names. */
#define CANDIDATES_MAX	8

/* Zeroed: none. */
struct candidates {
	char	list[CANDIDATES_MAX * (CONTAINER_LABEL_SIZE + 32) + 16];
	size_t	count;		/* also of those that are not in the list */
};

void candidates_add(struct candidates *candidates, const char *name);

/* Adds the label of @container and the beginning of its id, or its id. */
void candidates_add_container(struct candidates *candidates,
			      const struct container *container);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/* Questions for the names of a container. */
#ifndef NSORPHAN_CONTAINER_NAMES_H
#define NSORPHAN_CONTAINER_NAMES_H

#include <stdint.h>

#include "proc/container.h"

/* A container whose names are asked for. */
struct names_query {
	const char *id;		/* as container_of_path() writes it */
	uint32_t user;		/* that it belongs to; 0: the system */
	uint32_t pid;		/* of any of its processes; 0: unknown */
};

/* A user with engines of his own. */
struct names_user {
	uint32_t uid;
	char	name[CONTAINER_SIZE];	/* the uid where it has none */
	char	home[CONTAINER_SIZE];	/* empty: unknown */
};

#endif

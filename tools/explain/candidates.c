// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "explain/candidates.h"

/* Digits of an id by which people tell containers apart. */
#define SHORT_ID	12

void candidates_add(struct candidates *candidates, const char *name)
{
	size_t len = strlen(candidates->list);

	if (candidates->count++ < CANDIDATES_MAX)
		snprintf(candidates->list + len, sizeof(candidates->list) - len,
			 "%s%s", len ? ", " : "", name);
	else if (candidates->count == CANDIDATES_MAX + 1)
		snprintf(candidates->list + len, sizeof(candidates->list) - len,
			 ", ...");
}

void candidates_add_container(struct candidates *candidates,
			      const struct container *container)
{
	char label[CONTAINER_LABEL_SIZE], shown[CONTAINER_LABEL_SIZE + 32];

	container_label(container, label);
	if (names_known(&container->names) && container_is_id(container->id))
		snprintf(shown, sizeof(shown), "%s (%.*s)", label, SHORT_ID,
			 container->id);
	else
		snprintf(shown, sizeof(shown), "%s", label);
	candidates_add(candidates, shown);
}

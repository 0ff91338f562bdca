/* SPDX-License-Identifier: GPL-2.0 */
/* Compares what a user calls a container with its id and its names. */
#ifndef NSORPHAN_CONTAINER_MATCH_H
#define NSORPHAN_CONTAINER_MATCH_H

#include "proc/container.h"

/* How a container is called; of several ways the highest counts. */
enum container_match {
	MATCH_NONE,
	MATCH_NAME_PREFIX,
	MATCH_ID_PREFIX,
	/* A pid counts more than the above, and less than these. */
	MATCH_NAME,	/* "NAME", or "NAME@USER" */
	MATCH_ID,	/* all 64 digits */
	MATCH_POD,	/* "NAMESPACE/POD", "NAMESPACE/POD/NAME" */
};

/* Returns how @text calls @container, whose names are filled in. */
enum container_match container_match(const struct container *container,
				     const char *text);

#endif

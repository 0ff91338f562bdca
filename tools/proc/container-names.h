/* SPDX-License-Identifier: GPL-2.0 */
/* The names that engines gave to a container. */
#ifndef NSORPHAN_CONTAINER_NAMES_H
#define NSORPHAN_CONTAINER_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "proc/container.h"

/* Any bytes but NUL; an empty string where there is no such name. */
struct container_names {
	char	name[CONTAINER_SIZE];	/* empty: a pod's sandbox */
	char	pod[CONTAINER_SIZE];
	char	pod_namespace[CONTAINER_SIZE];
	char	user[CONTAINER_SIZE];	/* whose it is; empty: the system's */
	uint32_t stop_signal;		/* 0: the engine's default */
};

/* Whether there is a name beside that of a user. */
static inline bool names_known(const struct container_names *names)
{
	return names->name[0] || names->pod[0];
}

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

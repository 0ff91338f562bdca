/* SPDX-License-Identifier: GPL-2.0 */
/* Containers that are gone, by what the user calls them: for target.c. */
#ifndef NSORPHAN_TARGET_RECORDED_H
#define NSORPHAN_TARGET_RECORDED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "explain/container-match.h"

struct history;
struct life;
struct lives;

/* A container whose main process has ended, with names. */
struct gone_container {
	struct container container;
	const struct life *life;	/* of the ledger, or NULL: recorded */
	uint32_t	pidns;		/* inode number */
	uint64_t	end_ns;		/* since boot */
};

/* Zeroed: none. They point into the ledger. */
struct gone_containers {
	struct gone_container *list;	/* in the order of their end */
	size_t		count;
};

/*
 * Lists the containers that are gone: the lives of the ledger that are over, and
 * those that @history alone has. NULL: these are not known. Looks up their
 * names. Returns 0 or -ENOMEM; gone_free() frees @gone either way.
 */
int gone_read(const struct lives *lives, const struct history *history,
	      struct gone_containers *gone);
void gone_free(struct gone_containers *gone);

/* Returns how @text calls one of @gone: the highest of all. */
enum container_match gone_match(const char *text,
				const struct gone_containers *gone);

/*
 * Returns how many of @gone that ended before @end_ns (since boot) are called as
 * @container is.
 */
size_t gone_count(const struct gone_containers *gone,
		  const struct container *container, uint64_t end_ns);

/*
 * Calls @add for the last of @gone that @text calls in the way @match, which is
 * that of gone_match(); of a pod, for the last one of each name. Returns false,
 * after a message of @command, where it calls containers with different names.
 */
bool gone_find(const char *command, const char *text,
	       const struct gone_containers *gone, enum container_match match,
	       void (*add)(void *context, const struct gone_container *found),
	       void *context);

/*
 * Says that there is nothing that is called @text, alive or recorded, and no
 * process @pid where that is not 0.
 */
void target_recorded_none(const char *command, const char *text, uint32_t pid,
			  const struct history *history);

#endif

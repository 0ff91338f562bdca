/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The names of containers, looked up (names-lookup.h) when they are first needed
 * and kept: who has been asked for while it lived has its names when it is gone.
 * NAMES_MAX containers are kept, of each user the last ones. To these belong those of the store
 * (names-store.h), which are looked up again, but have their names where that
 * finds none.
 *
 * Names are unique among the containers of a user. Where another one has got a
 * name, that of the first is looked up again: it has been renamed, or is gone.
 */
#ifndef NSORPHAN_NAMES_CACHE_H
#define NSORPHAN_NAMES_CACHE_H

#include <stddef.h>
#include <stdint.h>

#include "proc/container.h"

/* As many lives as the module's ledger keeps. */
#define NAMES_MAX	1024

struct names_query;
struct task;

/*
 * Fills in the names of @container, whose id and user are known; empty ones
 * where none are known. @pid is any process of it, or 0. May take
 * NAMES_LOOKUP_MS, but not again for containers of a user whose files hang.
 */
void names_find(struct container *container, uint32_t pid);

/* Makes names_flush() write the store. */
void names_keep(void);

/* Writes the store, where names_keep() was called and names have changed. */
void names_flush(void);

/*
 * Looks up the names of several containers at once, so that names_find() has
 * them: cheaper than one by one.
 */
void names_find_all(const struct names_query *queries, size_t count);

/*
 * Makes names_find() look up nothing from now on: names_find_all() has done it,
 * and without names the next look-up of a container would be due in a second.
 */
void names_find_known(void);

/* Does what names_find_all() does, for the containers of all @tasks. */
void names_find_tasks(const struct task *tasks, size_t count);

/*
 * Fills in @container by @id (NULL: none) and @user, with names. Returns
 * @container, or NULL without an @id.
 */
const struct container *names_of_id(const char *id, uint32_t user,
				    struct container *container);

/* Does the same for the container of @task. */
const struct container *names_of_task(const struct task *task,
				      struct container *container);

#endif

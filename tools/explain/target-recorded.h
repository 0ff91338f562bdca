/* SPDX-License-Identifier: GPL-2.0 */
/* Containers that are gone, by what the user calls them: for target.c. */
#ifndef NSORPHAN_TARGET_RECORDED_H
#define NSORPHAN_TARGET_RECORDED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "explain/container-match.h"

struct history;

/* Returns how @text calls a container of @history: the highest of all. */
enum container_match target_recorded_match(const char *text,
					   const struct history *history);

/*
 * Calls @add for the pid namespace of the last container that @text calls in the
 * way @match, which is that of target_recorded_match(); of a pod, for the last
 * one of each name. Returns false, after a message of @command, where it calls
 * containers with different names.
 */
bool target_recorded_find(const char *command, const char *text,
			  const struct history *history,
			  enum container_match match,
			  void (*add)(void *context, uint32_t pidns),
			  void *context);

/*
 * Says that there is nothing that is called @text, alive or recorded, and no
 * process @pid where that is not 0.
 */
void target_recorded_none(const char *command, const char *text, uint32_t pid,
			  const struct history *history);

#endif

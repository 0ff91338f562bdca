/* SPDX-License-Identifier: GPL-2.0 */
/* PID, CONTAINER or pidns:INUM: what a user wants to know about. */
#ifndef NSORPHAN_TARGET_H
#define NSORPHAN_TARGET_H

#include <stdbool.h>
#include <stdint.h>

struct history;
struct snapshot;

enum target_kind {
	TARGET_PIDNS,		/* a pid namespace below the initial one */
	TARGET_PROCESS,		/* a process of the initial one, its children */
};

struct target {
	enum target_kind kind;
	uint32_t	pidns;
	uint32_t	pid;		/* the process named, or 0 */
	uint64_t	start_ticks;	/* of that one */
};

/* What target_find() returns. */
enum target_found {
	TARGET_FOUND,
	TARGET_RECORDED,	/* nothing that lives: target_recorded() may know */
	TARGET_WRONG,		/* it was said on standard error why */
};

/*
 * Finds what @text names among what lives. A number is a pid where a process
 * has it; else it may be the beginning of a container's id.
 */
enum target_found target_find(const char *command, const char *text,
			      const struct snapshot *snapshot, struct target *target);

/* The pid that @text may be, or 0. */
uint32_t target_pid(const char *text);

/* The number in @text if that is pidns:INUM, or 0. */
uint32_t target_pidns(const char *text);

/*
 * Whether anything is recorded of @pidns, in which nobody lives, and for which
 * @history was read; else it is said on standard error that there is nothing.
 */
bool target_pidns_recorded(const char *command, uint32_t pidns,
			   const struct history *history);

/*
 * Finds what @text names among what is recorded, where nothing lives of it.
 * False where that is nothing, or no namespace: said on standard error, with
 * what there is. @history was read for target_pid().
 */
bool target_recorded(const char *command, const char *text,
		     const struct history *history, struct target *target);

#endif

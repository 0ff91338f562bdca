/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a container stopped: who asked its main process to end, and what became of
 * it. It depends on the ledger's life alone.
 */
#ifndef NSORPHAN_STOP_H
#define NSORPHAN_STOP_H

#include <stdbool.h>
#include <stdint.h>

#include "genl/life.h"

enum stop_outcome {
	STOP_EXITED,		/* by itself, unasked */
	STOP_STOPPED,		/* asked, and ended before SIGKILL */
	STOP_KILLED,		/* by SIGKILL */
	STOP_OOM_KILLED,	/* by SIGKILL of the OOM killer */
	STOP_CRASHED,		/* by another signal, unasked */
	STOP_PENDING,		/* asked, or main has ended; it is still there */
	STOP_OUTCOMES,
};

struct stop {
	enum stop_outcome outcome;
	const struct outside_signal *asked;	/* NULL: unasked */
	uint64_t	asked_ns;	/* since boot; 0: unasked */
	const struct outside_signal *kill;	/* SIGKILL that ended main, or NULL */
	uint64_t	ended_ns;	/* since boot; 0: it is still there */
};

/* A stop of one of several containers. */
struct container_stop {
	const struct life *life;
	const struct container *container;	/* NULL: not known */
	struct stop	stop;
};

/*
 * Fills in @stop with that of @life, which it points into; @stop_signal is the
 * signal with which its engine stops it, 0 where none is set. Returns false
 * where main lives, and was not asked to end.
 */
bool stop_of_life(const struct life *life, uint32_t stop_signal,
		  struct stop *stop);

/*
 * Does the same, but takes the end of main for that of the container, whatever
 * is left of it.
 */
bool stop_of_main(const struct life *life, uint32_t stop_signal,
		  struct stop *stop);

/*
 * Returns how long the stop took from the question to the end, or has taken at
 * @now_ns where that is to come; in ns. 0: unasked.
 */
uint64_t stop_duration_ns(const struct stop *stop, uint64_t now_ns);

/* Returns who ended or else asked main, or NULL: nobody is known. */
const struct outside_signal *stop_origin(const struct stop *stop);

/* When it ended, or was asked where that is to come; since boot. */
uint64_t stop_time_ns(const struct container_stop *stop);

/* "exited", "stopped" and so on. */
const char *stop_outcome_name(enum stop_outcome outcome);

#endif

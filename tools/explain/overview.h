/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All containers that live, and what of them has trouble or will have it when it
 * is stopped: a row each.
 */
#ifndef NSORPHAN_OVERVIEW_H
#define NSORPHAN_OVERVIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "explain/target.h"
#include "explain/trouble.h"
#include "explain/verdict-kind.h"
#include "genl/life.h"
#include "lib/process.h"
#include "proc/container.h"

struct client;

/* Bit numbers. */
enum risk {
	RISK_DROPS_STOP_SIGNAL,	/* main neither takes it nor ends by it */
	RISK_DOES_NOT_REAP,	/* main has zombie children that stay */
	RISK_SHARES_PIDNS,	/* with another container, or somebody's init */
	RISK_NO_PIDNS,		/* main is in the initial pid namespace */
	RISKS,
};

/* The word for bit number @risk below RISKS, or NULL. */
const char *risk_name(unsigned int risk);

/* A container, or a pid namespace that is in none. */
struct overview_row {
	struct container container;	/* with names; id is empty: none */
	uint32_t	pidns;		/* of main, or else of another process */
	struct process	main;		/* has is 0: it does not live */
	struct target	target;		/* for explain_target() */
	const char	*state;		/* the word in JSON */
	enum verdict_kind verdict;
	struct trouble	trouble;
	bool		transient;	/* the verdict may be over in a moment */
	size_t		processes;	/* without zombies */
	size_t		zombies;
	uint32_t	risks;		/* bits of enum risk */
};

/* Zeroed: nothing. */
struct overview {
	struct overview_row *rows;	/* by label, then by pid namespace */
	size_t		count;
	struct lives	lives;		/* which the targets point into */
};

/*
 * Reads everything once for all rows; pod sandboxes and pid namespaces that are
 * in no container only if @all is set. Where a verdict may be a transient one,
 * sleeps and reads it again. overview_free() frees @overview, after a failure,
 * too. Returns 0, -ENOMEM, a negative errno of client.h, or -EAGAIN where history
 * and /proc disagreed every time.
 */
int overview_read(struct client *client, bool all, struct overview *overview);
void overview_free(struct overview *overview);

#endif

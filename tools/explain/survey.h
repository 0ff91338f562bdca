/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Everything that lives, read once: the containers, the main process of each, and
 * the pid namespaces that are in none.
 */
#ifndef NSORPHAN_SURVEY_H
#define NSORPHAN_SURVEY_H

#include <stdbool.h>
#include <stddef.h>

#include "explain/members.h"
#include "genl/history.h"
#include "genl/life.h"
#include "genl/teardown.h"
#include "proc/snapshot.h"

struct client;

/* A container, or a pid namespace whose init is in none. */
struct subject {
	const struct group *container;	/* NULL: a pid namespace alone */
	const struct task *main;	/* NULL: it does not live */
	const struct life *life;	/* of main; NULL: none recorded */
	const struct life *last;	/* of the container, whose main may have ended */
};

struct survey {
	struct client	*client;
	struct history	history;
	struct teardowns teardowns;
	struct snapshot	snapshot;
	struct lives	lives;
	struct members	members;
	struct subject	*subjects;
	size_t		count;
};

/*
 * Reads everything, and looks up the names of the containers; pid namespaces alone
 * only if @all is set. survey_free() frees @survey, after a failure, too. Returns 0,
 * -ENOMEM or a negative errno of client.h.
 */
int survey_read(struct client *client, bool all, struct survey *survey);
void survey_free(struct survey *survey);

/* Whether a process of @container is no zombie. */
bool survey_has_living(const struct group *container);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a runtime starts in a container on its way to main. One that has executed
 * itself inside is main for the ledger until the container's program is executed:
 * a container of "runc create" may wait for that for as long as it likes.
 */
#ifndef NSORPHAN_STEP_H
#define NSORPHAN_STEP_H

#include <stdbool.h>

struct client;
struct life;
struct lives;

/*
 * Finds whether main of @life, one of @lives, has ended as such a step: the init
 * that it made lives. Asks the module where it may be so. Returns 0, -ENOMEM or a
 * negative errno of client.h.
 */
int step_find(struct client *client, const struct lives *lives,
	      const struct life *life, bool *is_step);

#endif

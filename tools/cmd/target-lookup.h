/* SPDX-License-Identifier: GPL-2.0 */
/* Looks up the target of a command, alive or in the record. */
#ifndef NSORPHAN_TARGET_LOOKUP_H
#define NSORPHAN_TARGET_LOOKUP_H

#include "explain/target.h"

struct client;
struct lives;

/*
 * Looks up what @text names, for @command, among what lives, then in the ledger and
 * the record. @targets, whose list is for free(), point into @lives, which are for
 * lives_free(), after a failure, too. On failure says why, and returns TARGET_WRONG.
 * A pid namespace is found, whether it is recorded or not: see
 * target_pidns_recorded().
 */
enum target_found target_look_up(struct client *client, const char *command,
				 const char *text, struct lives *lives,
				 struct targets *targets);

#endif

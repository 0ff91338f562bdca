/* SPDX-License-Identifier: GPL-2.0 */
/* Reads the names of a container from its engine's files: no daemon is asked. */
#ifndef NSORPHAN_NAMES_READ_H
#define NSORPHAN_NAMES_READ_H

#include "proc/container-names.h"

/*
 * Reads the names of a container from the first of its engine's files that has
 * them. What a user's files say is believed of containers under that user's
 * slice, and what root's say of all others. May hang: for names-lookup.h.
 * Returns false, with empty @names, where there are none.
 */
bool names_read(const struct names_query *query, struct container_names *names);

#endif

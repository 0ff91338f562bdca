/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The lines of the files in debugfs, which nsorphan(8) describes. Each function
 * appends a whole line to m. Process context.
 */
#ifndef NSO_DEBUGFS_SHOW_H
#define NSO_DEBUGFS_SHOW_H

#include <linux/seq_file.h>
#include <linux/types.h>

#include "cgroup-table.h"
#include "container.h"
#include "event.h"
#include "remaining.h"

void nso_show_event(struct seq_file *m, const struct nso_event *event);

/* Shows the event that the reader makes, in place of those that it lost. */
void nso_show_lost(struct seq_file *m, u64 first, u64 count);

void nso_show_teardown(struct seq_file *m,
		       const struct nso_teardown_info *teardown);
void nso_show_remaining(struct seq_file *m,
			const struct nso_teardown_info *teardown,
			const struct nso_remaining *remaining);
void nso_show_cgroup(struct seq_file *m, const struct nso_cgroup_info *info);
void nso_show_container(struct seq_file *m,
			const struct nso_container *container);
void nso_show_container_signal(struct seq_file *m,
			       const struct nso_container_signal *signal);

#endif

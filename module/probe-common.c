// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/printk.h>

#include "probe-common.h"

int nso_probe_cannot_watch(const char *what, const char *tried, int err)
{
	pr_err("%s for %s: tried %s (%d)\n",
	       err == -ENOMEM ? "no memory to watch" :
				"this kernel cannot be watched",
	       what, tried, err);
	return err == -ENOMEM ? err : -EOPNOTSUPP;
}

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_LIST_H
#define SHIM_LIST_H

#include <linux/types.h>

#define LIST_HEAD(name)	struct list_head name = { &(name), &(name) }

#endif

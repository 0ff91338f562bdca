/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The file in which one nsorphan keeps names of containers for others, so that a
 * container has its name when its engine has forgotten it. Each line is a JSON
 * object; the containers used last come first.
 */
#ifndef NSORPHAN_NAMES_STORE_H
#define NSORPHAN_NAMES_STORE_H

#include <stddef.h>

#include "proc/container.h"

/* Where it is, and its folder, which only root may enter. */
#define NAMES_STORE_FOLDER	"/run/nsorphan"
#define NAMES_STORE		NAMES_STORE_FOLDER "/names"

/*
 * Reads the containers of the file into *@list, which is for free(). Returns 0,
 * with no containers where there is no file or it may not be read, -ENOMEM, or
 * -EPROTO where any of it is not what names_store_write() writes.
 */
int names_store_read(struct container **list, size_t *count);

/*
 * Does the same with @text, which has @len bytes and a NUL behind them, in place
 * of the file.
 */
int names_store_parse(const char *text, size_t len, struct container **list,
		      size_t *count);

/*
 * Writes the @count containers of @list to a new file which then takes the place
 * of the file. Those that would make it too large are left out. Returns 0 or a
 * negative errno.
 */
int names_store_write(const struct container *const *list, size_t count);

#endif

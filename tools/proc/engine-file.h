/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reads files that container engines write. Any of them may be missing, cut,
 * huge, or no file at all; reading one hangs where its file system does not
 * answer, so these are called in the process of names-lookup.h only, but for a
 * file of our own.
 */
#ifndef NSORPHAN_ENGINE_FILE_H
#define NSORPHAN_ENGINE_FILE_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/util.h"
#include "proc/container.h"

struct json_object;

/* Maximum size of a file that is read: some thousand containers of podman. */
#define ENGINE_FILE_MAX	(4 << 20)

/* Size of a path, its NUL included. */
#define ENGINE_PATH_SIZE	4096

/*
 * Returns what stands before all paths: an empty string. Tests have a folder of
 * their own.
 */
const char *engine_root(void);

/*
 * Reads the file @path. It has to be a regular file, no symbolic link, of at
 * most ENGINE_FILE_MAX bytes, that belongs to user @owner. Returns its text, with
 * a NUL behind its *@len bytes, for free(); or NULL.
 */
char *engine_read(uint32_t owner, const char *path, size_t *len);

/*
 * Parses @text, of @len bytes, as JSON of few levels. Returns a value for
 * json_object_put(), or NULL where it is not valid, whole and alone.
 */
struct json_object *engine_parse(const char *text, size_t len);

/* Does both for the file whose path printf() would print. */
__printf(2, 3)
struct json_object *engine_read_json(uint32_t owner, const char *format, ...);

/* Opens the directory @path. Returns a stream for closedir(), or NULL. */
DIR *engine_opendir(const char *path);

/*
 * Returns member @key of @object, where that is an object with a string of that
 * key which holds no NUL; else NULL. Both may be NULL.
 */
const char *engine_string(const struct json_object *object, const char *key);

/* Returns member @key of @object, or NULL. */
struct json_object *engine_member(const struct json_object *object,
				  const char *key);

/*
 * Copies @from to @to. Returns false, with an empty @to, where @from is NULL or
 * empty, or does not fit: part of a name is not a name.
 */
bool engine_copy(char to[CONTAINER_SIZE], const char *from);

#endif

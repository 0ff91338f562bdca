// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <json.h>

#include "lib/array.h"
#include "proc/engine-file.h"
#include "proc/names-store.h"

/* Its owner, who is believed. */
#define OWNER	0

/* Copies member @key, if there is one. Returns false where it is no name. */
static bool parse_name(const struct json_object *line, const char *key,
		       char to[CONTAINER_SIZE])
{
	to[0] = '\0';
	return !engine_member(line, key) ||
	       engine_copy(to, engine_string(line, key));
}

/* Reads member @key, 0 where there is none. Returns false where it is wrong. */
static bool parse_number(const struct json_object *line, const char *key,
			 uint32_t *number)
{
	struct json_object *member = engine_member(line, key);
	int64_t wide = json_object_get_int64(member);

	*number = (uint32_t)wide;
	return !member || (json_object_is_type(member, json_type_int) &&
			   wide >= 0 && wide <= UINT32_MAX);
}

static bool parse_line(const char *text, size_t len,
		       struct container *container)
{
	struct container_names *names = &container->names;
	struct json_object *line = engine_parse(text, len);
	bool valid;

	valid = engine_copy(container->id, engine_string(line, "container")) &&
		parse_number(line, "user", &container->user) &&
		parse_name(line, "container_name", names->name) &&
		parse_name(line, "pod", names->pod) &&
		parse_name(line, "pod_namespace", names->pod_namespace) &&
		parse_name(line, "container_user", names->user) &&
		parse_number(line, "stop_signal", &names->stop_signal) &&
		names_known(names) &&
		!names->pod[0] == !names->pod_namespace[0];
	json_object_put(line);
	return valid;
}

/* Parses @text, in which each line ends with a newline. */
static int parse_lines(const char *text, struct container **list, size_t *count)
{
	struct container *container;
	const char *end;

	for (; *text; text = end + 1) {
		end = strchr(text, '\n');
		container = array_add(list, count, sizeof(*container));
		if (!container)
			return -ENOMEM;
		if (!end || !parse_line(text, (size_t)(end - text), container))
			return -EPROTO;
	}
	return 0;
}

int names_store_parse(const char *text, size_t len, struct container **list,
		      size_t *count)
{
	int error;

	*list = NULL;
	*count = 0;
	error = strlen(text) == len ? parse_lines(text, list, count) : -EPROTO;
	if (error) {
		free(*list);
		*list = NULL;
		*count = 0;
	}
	return error;
}

int names_store_read(struct container **list, size_t *count)
{
	size_t len;
	char *text;
	int error;

	*list = NULL;
	*count = 0;
	text = engine_read(OWNER, NAMES_STORE, &len);
	if (!text)
		return 0;
	error = names_store_parse(text, len, list, count);
	free(text);
	return error;
}

static void add_name(struct json_object *line, const char *key,
		     const char *name)
{
	if (*name)
		json_object_object_add(line, key, json_object_new_string(name));
}

static void add_number(struct json_object *line, const char *key,
		       uint32_t number)
{
	if (number)
		json_object_object_add(line, key,
				       json_object_new_int64(number));
}

/* Writes a line for @container unless the file of *@len bytes gets too long. */
static void write_line(FILE *file, const struct container *container,
		       size_t *len)
{
	const struct container_names *names = &container->names;
	struct json_object *line = json_object_new_object();
	const char *text;

	add_name(line, "container", container->id);
	add_number(line, "user", container->user);
	add_name(line, "container_name", names->name);
	add_name(line, "pod", names->pod);
	add_name(line, "pod_namespace", names->pod_namespace);
	add_name(line, "container_user", names->user);
	add_number(line, "stop_signal", names->stop_signal);
	text = json_object_to_json_string_ext(line, JSON_C_TO_STRING_PLAIN);
	if (text && *len + strlen(text) + 1 <= ENGINE_FILE_MAX) {
		*len += strlen(text) + 1;
		fprintf(file, "%s\n", text);
	}
	json_object_put(line);
}

/* Returns a stream for a new file @path, or NULL. */
static FILE *create(const char *path)
{
	FILE *file;
	int fd;

	/* What is there was left by one that was killed. */
	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		  0600);
	if (fd < 0)
		return NULL;
	file = fdopen(fd, "w");
	if (!file)
		close(fd);
	return file;
}

int names_store_write(const struct container *const *list, size_t count)
{
	char folder[ENGINE_PATH_SIZE], path[ENGINE_PATH_SIZE];
	char new[ENGINE_PATH_SIZE];
	size_t len = 0, i;
	FILE *file;
	bool failed;

	snprintf(folder, sizeof(folder), "%s" NAMES_STORE_FOLDER,
		 engine_root());
	snprintf(path, sizeof(path), "%s" NAMES_STORE, engine_root());
	snprintf(new, sizeof(new), "%s" NAMES_STORE ".new", engine_root());
	if (mkdir(folder, 0700) && errno != EEXIST)
		return -errno;
	file = create(new);
	if (!file)
		return -errno;
	for (i = 0; i < count; i++)
		write_line(file, list[i], &len);
	failed = ferror(file);
	failed |= fclose(file) || rename(new, path);
	return failed ? -errno : 0;
}

// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <json.h>

#include "proc/engine-file.h"

/* Levels of JSON; a config.json of OCI has 7. */
#define JSON_DEPTH	32

/*
 * Opens a regular file of user @owner. It is looked at before it is opened: a
 * FIFO would block, and opening a device may have an effect.
 */
static int open_regular(const char *path, uint32_t owner, size_t *size)
{
	struct stat st;
	char link[64];
	int fd, opened = -1;

	fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_uid == owner &&
	    st.st_size <= ENGINE_FILE_MAX) {
		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		opened = open(link, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		*size = (size_t)st.st_size;
	}
	close(fd);
	return opened;
}

/* Reads @size bytes of @fd into @text. Returns false where there are fewer. */
static bool read_whole(int fd, char *text, size_t size)
{
	size_t len = 0;
	ssize_t n;

	while (len < size) {
		n = read(fd, text + len, size - len);
		if (n > 0)
			len += (size_t)n;
		else if (!n || errno != EINTR)
			return false;
	}
	text[len] = '\0';
	return true;
}

char *engine_read(uint32_t owner, const char *path, size_t *len)
{
	char whole[ENGINE_PATH_SIZE], *text;
	int fd, n;

	n = snprintf(whole, sizeof(whole), "%s%s", engine_root(), path);
	if (n < 0 || n >= ENGINE_PATH_SIZE)
		return NULL;
	fd = open_regular(whole, owner, len);
	if (fd < 0)
		return NULL;
	text = malloc(*len + 1);
	if (text && !read_whole(fd, text, *len)) {
		free(text);
		text = NULL;
	}
	close(fd);
	return text;
}

struct json_object *engine_parse(const char *text, size_t len)
{
	struct json_tokener *tokener = json_tokener_new_ex(JSON_DEPTH);
	struct json_object *object;

	if (!tokener)
		return NULL;
	/* With the NUL, which ends a number that nothing follows. */
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	object = json_tokener_parse_ex(tokener, text, (int)len + 1);
	if (json_tokener_get_error(tokener) != json_tokener_success ||
	    json_tokener_get_parse_end(tokener) < len) {
		json_object_put(object);
		object = NULL;
	}
	json_tokener_free(tokener);
	return object;
}

struct json_object *engine_read_json(uint32_t owner, const char *format, ...)
{
	struct json_object *object = NULL;
	char path[ENGINE_PATH_SIZE], *text;
	va_list args;
	size_t len;
	int n;

	va_start(args, format);
	n = vsnprintf(path, sizeof(path), format, args);
	va_end(args);
	if (n < 0 || n >= ENGINE_PATH_SIZE)
		return NULL;
	text = engine_read(owner, path, &len);
	if (text)
		object = engine_parse(text, len);
	free(text);
	return object;
}

DIR *engine_opendir(const char *path)
{
	char whole[ENGINE_PATH_SIZE];
	int len;

	len = snprintf(whole, sizeof(whole), "%s%s", engine_root(), path);
	return len > 0 && len < ENGINE_PATH_SIZE ? opendir(whole) : NULL;
}

struct json_object *engine_member(const struct json_object *object,
				  const char *key)
{
	struct json_object *member;

	if (!json_object_is_type(object, json_type_object) ||
	    !json_object_object_get_ex(object, key, &member))
		return NULL;
	return member;
}

const char *engine_string(const struct json_object *object, const char *key)
{
	struct json_object *member = engine_member(object, key);
	const char *string;

	if (!json_object_is_type(member, json_type_string))
		return NULL;
	string = json_object_get_string(member);
	if (strlen(string) != (size_t)json_object_get_string_len(member))
		return NULL;
	return string;
}

bool engine_copy(char to[CONTAINER_SIZE], const char *from)
{
	size_t len = from ? strnlen(from, CONTAINER_SIZE) : 0;

	if (len == CONTAINER_SIZE)
		len = 0;
	if (len)
		memcpy(to, from, len);
	to[len] = '\0';
	return len > 0;
}

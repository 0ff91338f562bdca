// SPDX-License-Identifier: GPL-2.0
/*
 * kubelet links POD_NAMESPACE_CONTAINER-ID.log in /var/log/containers to
 * /var/log/pods/NAMESPACE_POD_UID/CONTAINER/ATTEMPT.log: logSymlink() of its
 * pkg/kubelet/kuberuntime. None of the names has an underscore. What is longer
 * than a file's name may be, it cuts before ".log".
 */
#define _GNU_SOURCE
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "proc/engine-file.h"
#include "proc/names-engines.h"

#define LOGS		"/var/log/containers"

/* Length of the longest file name, and of its part that is not ".log". */
#define FILE_MAX	NAME_MAX
#define CUT_MAX		(FILE_MAX - 4)

/*
 * Digits of an id that has to be left in a name that is cut: as many as tell
 * containers apart everywhere else.
 */
#define DIGITS_MIN	12

/* Copies @len bytes at @from to @to. Returns false where none or too many. */
static bool copy_part(char to[CONTAINER_SIZE], const char *from, size_t len)
{
	if (!len || len >= CONTAINER_SIZE)
		return false;
	memcpy(to, from, len);
	to[len] = '\0';
	return true;
}

/* Parses POD_NAMESPACE_CONTAINER of @len bytes. */
static bool parse_names(const char *text, size_t len,
			struct container_names *names)
{
	const char *end = text + len, *first, *second;

	first = memchr(text, '_', len);
	if (!first)
		return false;
	second = memchr(first + 1, '_', (size_t)(end - first) - 1);
	if (!second || memchr(second + 1, '_', (size_t)(end - second) - 1))
		return false;
	return copy_part(names->pod, text, (size_t)(first - text)) &&
	       copy_part(names->pod_namespace, first + 1,
			 (size_t)(second - first) - 1) &&
	       copy_part(names->name, second + 1, (size_t)(end - second) - 1);
}

/* Parses a name that is whole: it ends with -ID.log. */
static bool parse_whole(const char *file, const char *id,
			struct container_names *names)
{
	char tail[CONTAINER_SIZE + 8];
	size_t len = strlen(file);
	int tail_len;

	tail_len = snprintf(tail, sizeof(tail), "-%s.log", id);
	if (len <= (size_t)tail_len || strcmp(file + len - tail_len, tail))
		return false;
	return parse_names(file, len - (size_t)tail_len, names);
}

/* Parses .../NAMESPACE_POD_UID/CONTAINER/ATTEMPT.log. */
static bool parse_target(const char *target, struct container_names *names)
{
	const char *attempt = strrchr(target, '/'), *container, *pod;
	const char *first, *second;

	container = attempt ? memrchr(target, '/', (size_t)(attempt - target))
			    : NULL;
	pod = container ? memrchr(target, '/', (size_t)(container - target))
			: NULL;
	if (!pod)
		return false;
	first = memchr(pod, '_', (size_t)(container - pod));
	second = first ? memchr(first + 1, '_',
				(size_t)(container - first) - 1) : NULL;
	return second &&
	       copy_part(names->pod_namespace, pod + 1,
			 (size_t)(first - pod) - 1) &&
	       copy_part(names->pod, first + 1, (size_t)(second - first) - 1) &&
	       copy_part(names->name, container + 1,
			 (size_t)(attempt - container) - 1);
}

/*
 * Parses a name that was cut: the link's target has the whole names, of which
 * kubelet must have made just this @file for just this @id.
 */
static bool parse_cut(const char *file, const char *target, const char *id,
		      struct container_names *names)
{
	char made[4 * CONTAINER_SIZE + 4];
	int len;

	if (strlen(file) != FILE_MAX || !target ||
	    !parse_target(target, names))
		return false;
	len = snprintf(made, sizeof(made), "%s_%s_%s-", names->pod,
		       names->pod_namespace, names->name);
	if (len + DIGITS_MIN > CUT_MAX)
		return false;
	snprintf(made + len, sizeof(made) - (size_t)len, "%s", id);
	return strlen(made) > CUT_MAX && !memcmp(file, made, CUT_MAX) &&
	       !strcmp(file + CUT_MAX, ".log");
}

bool names_parse_log(const char *file, const char *target, const char *id,
		     struct container_names *names)
{
	*names = (struct container_names){ 0 };
	if (parse_whole(file, id, names) || parse_cut(file, target, id, names))
		return true;
	*names = (struct container_names){ 0 };
	return false;
}

bool names_parse_k8s(const char *name, struct container_names *names)
{
	static const char prefix[] = "k8s_";
	char *const parts[] = {
		names->name, names->pod, names->pod_namespace,
	};
	size_t len, i;

	*names = (struct container_names){ 0 };
	if (strncmp(name, prefix, strlen(prefix)))
		return false;
	name += strlen(prefix);
	for (i = 0; i < ARRAY_SIZE(parts); i++, name += len + 1) {
		len = strcspn(name, "_");
		if (!name[len] || !copy_part(parts[i], name, len))
			goto err_clear;
	}
	/* The uid, and the attempt, which is a number. */
	len = strcspn(name, "_");
	if (!len || !name[len] || !name[len + 1] ||
	    name[len + 1 + strspn(name + len + 1, "0123456789")])
		goto err_clear;
	if (!strcmp(names->name, "POD"))
		names->name[0] = '\0';
	return true;

err_clear:
	*names = (struct container_names){ 0 };
	return false;
}

bool names_of_kubelet(const struct names_query *query,
		      struct container_names *names)
{
	const struct dirent *entry;
	char target[PATH_MAX];
	bool found = false;
	ssize_t len;
	DIR *logs;

	*names = (struct container_names){ 0 };
	logs = engine_opendir(LOGS);
	if (!logs)
		return false;
	while (!found && (entry = readdir(logs))) {
		len = -1;
		/* Only the link is read: its target is not opened. */
		if (strlen(entry->d_name) == FILE_MAX)
			len = readlinkat(dirfd(logs), entry->d_name, target,
					 sizeof(target) - 1);
		if (len >= 0)
			target[len] = '\0';
		found = names_parse_log(entry->d_name, len < 0 ? NULL : target,
					query->id, names);
	}
	closedir(logs);
	return found;
}

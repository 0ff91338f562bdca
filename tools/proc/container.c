// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/util.h"
#include "nsorphan-container.h"
#include "proc/cgroup.h"
#include "proc/container.h"
#include "proc/procfs.h"

bool container_is_id(const char *id)
{
	return nsorphan_is_container_id((struct nsorphan_part){ id, strlen(id) });
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *digit;

	digit = c ? strchr(digits, tolower((unsigned char)c)) : NULL;

	return digit ? (int)(digit - digits) : -1;
}

/*
 * Copies @part to @id, undoing systemd-escape(1): \xNN is a byte. Returns false
 * where the result is empty, or does not fit.
 */
static bool unescape(struct nsorphan_part part, char id[CONTAINER_SIZE])
{
	size_t i, n = 0;
	int c;

	for (i = 0; i < part.len && n < CONTAINER_SIZE - 1; i++) {
		c = (unsigned char)part.s[i];
		if (c == '\\' && i + 3 < part.len && part.s[i + 1] == 'x' &&
		    hex_digit(part.s[i + 2]) >= 0 &&
		    hex_digit(part.s[i + 3]) >= 0) {
			c = hex_digit(part.s[i + 2]) << 4 |
			    hex_digit(part.s[i + 3]);
			i += 3;
		}
		if (!c)
			break;
		id[n++] = (char)c;
	}
	id[n] = '\0';
	return n > 0 && i == part.len;
}

/* Returns the first name of @path. */
static struct nsorphan_part first_name(struct nsorphan_part path)
{
	const char *slash = memchr(path.s, '/', path.len);

	if (slash)
		path.len = (size_t)(slash - path.s);
	return path;
}

/*
 * Finds the part of @path that is a container's cgroup, and writes its @id.
 * Returns the end of that part, or NULL, with an empty @id.
 */
static const char *find_part(const char *path, char id[CONTAINER_SIZE])
{
	static const char deleted[] = " (deleted)";
	struct nsorphan_part parent = { "", 0 }, rest = { path, strlen(path) };
	struct nsorphan_part name, part;
	const char *slash;
	size_t skip;

	nsorphan_cut_suffix(&rest, deleted);
	/* The end of a long path may begin with a part of a name: skip that. */
	slash = strchr(path, '/');
	if (slash && slash < rest.s + rest.len) {
		rest.len -= (size_t)(slash - rest.s);
		rest.s = slash;
	}
	while (rest.len) {
		name = first_name(rest);
		skip = name.len + (name.len < rest.len);
		rest.s += skip;
		rest.len -= skip;
		part = name;
		if (nsorphan_container_of_name(parent, &part,
					       first_name(rest)) &&
		    unescape(part, id))
			return name.s + name.len;
		parent = name;
	}
	id[0] = '\0';
	return NULL;
}

bool container_of_path(const char *path, char id[CONTAINER_SIZE])
{
	return find_part(path, id);
}

/*
 * Writes the path of the first line of @text, the content of /proc/PID/cgroup,
 * that is a container's, and its @id. Returns false where there is none.
 */
static bool find_line(const char *text, char path[PATH_MAX],
		      char id[CONTAINER_SIZE])
{
	struct cgroup_line line;

	while ((text = cgroup_next_line(text, &line))) {
		if (line.path_len >= PATH_MAX)
			continue;
		memcpy(path, line.path, line.path_len);
		path[line.path_len] = '\0';
		if (container_of_path(path, id))
			return true;
	}
	id[0] = '\0';
	return false;
}

/* Returns UID where @part is user-UID.slice, else 0. */
static uint32_t slice_user(struct nsorphan_part part)
{
	unsigned long long uid;
	char *end;

	if (!nsorphan_cut_prefix(&part, "user-") ||
	    !nsorphan_cut_suffix(&part, ".slice") || !part.len ||
	    !isdigit((unsigned char)*part.s))
		return 0;
	uid = strtoull(part.s, &end, 10);
	return end == part.s + part.len && uid < UINT32_MAX ? (uint32_t)uid : 0;
}

uint32_t container_user(const char *path)
{
	struct nsorphan_part part, bare, id, child, parent = { path, 0 };
	uint32_t user = 0;
	bool below = false;

	for (;; path += part.len + 1, parent = part) {
		part = (struct nsorphan_part){ path, strcspn(path, "/") };
		bare = part;
		nsorphan_cut_suffix(&bare, " (deleted)");
		child.s = path + part.len + !!path[part.len];
		child.len = strcspn(child.s, "/");
		nsorphan_cut_suffix(&child, " (deleted)");
		id = bare;
		if (nsorphan_container_of_name(parent, &id, child))
			return user;
		/* Right below the slice: a user may call his own so, too. */
		if (below && nsorphan_cut_prefix(&bare, "session-"))
			return 0;
		below = false;
		if (!user) {
			user = slice_user(part);
			below = user;
		}
		if (!path[part.len])
			return 0;
	}
}

bool container_of_proc(const char *text, char id[CONTAINER_SIZE],
		       uint32_t *user)
{
	char path[PATH_MAX];

	if (!find_line(text, path, id))
		return false;
	*user = container_user(path);
	return true;
}

const char *container_label(const struct container *container,
			    char label[CONTAINER_LABEL_SIZE])
{
	const struct container_names *names = &container->names;
	char *end = label;

	if (names->pod[0]) {
		end = stpcpy(stpcpy(end, names->pod_namespace), "/");
		end = stpcpy(end, names->pod);
		if (names->name[0])
			stpcpy(stpcpy(end, "/"), names->name);
	} else if (names->name[0]) {
		end = stpcpy(end, names->name);
		if (names->user[0])
			stpcpy(stpcpy(end, "@"), names->user);
	} else {
		stpcpy(end, container->id);
	}
	return label;
}

/*
 * Cache of the containers whose cgroups the module named. Ids of cgroups are
 * not reused, so an entry stays true when its cgroup is gone. Small sets, in
 * each of which the oldest entry is replaced.
 */
#define CACHE_SETS	512
#define CACHE_WAYS	8

struct entry {
	uint64_t cgroup;	/* 0: the entry is free */
	uint32_t hierarchy;
	char *id;		/* NULL: not known */
	uint32_t user;		/* of the container */
};

static struct entry cache[CACHE_SETS][CACHE_WAYS];
static unsigned char oldest[CACHE_SETS];

static size_t set_of(uint64_t cgroup)
{
	/* Fibonacci hashing: the upper 9 bits are a set. */
	return cgroup * 0x9e3779b97f4a7c15ULL >> 55;
}

static const struct entry *look_up(uint32_t hierarchy, uint64_t cgroup)
{
	const struct entry *set = cache[set_of(cgroup)];
	int i;

	for (i = 0; i < CACHE_WAYS; i++)
		if (set[i].cgroup == cgroup && set[i].hierarchy == hierarchy)
			return &set[i];
	return NULL;
}

bool container_is_learned(uint32_t hierarchy, uint64_t cgroup)
{
	return look_up(hierarchy, cgroup);
}

void container_learn(uint32_t hierarchy, uint64_t cgroup, const char *path)
{
	size_t set = set_of(cgroup);
	struct entry *entry = &cache[set][oldest[set]];
	char id[CONTAINER_SIZE];

	oldest[set] = (oldest[set] + 1) % CACHE_WAYS;
	free(entry->id);
	*entry = (struct entry){ .cgroup = cgroup, .hierarchy = hierarchy };
	if (path && container_of_path(path, id))
		entry->id = strdup(id);
	if (entry->id)
		entry->user = container_user(path);
}

bool container_of_process(const struct process *process,
			  struct container *container)
{
	char text[8192];

	return procfs_read_cgroup(process, text, sizeof(text)) &&
	       container_of_proc(text, container->id, &container->user);
}

/* Returns the path of cgroup.kill of the container of @line, or NULL. */
static char *kill_file(const struct cgroup_line *line)
{
	char path[PATH_MAX], id[CONTAINER_SIZE], *file;
	struct cgroup_line cgroup = *line;
	const char *end;

	if (line->controllers_len || line->path_len >= sizeof(path))
		return NULL;
	memcpy(path, line->path, line->path_len);
	path[line->path_len] = '\0';
	end = find_part(path, id);
	if (!end)
		return NULL;
	cgroup.path_len = (size_t)(end - path);
	file = cgroup_file(&cgroup, "cgroup.kill");
	if (!file || !access(file, F_OK))
		return file;
	free(file);
	return NULL;
}

char *container_kill_file(const struct process *process)
{
	char text[8192], *file = NULL;
	const char *next = text;
	struct cgroup_line line;

	if (!procfs_read_cgroup(process, text, sizeof(text)))
		return NULL;
	while (!file && (next = cgroup_next_line(next, &line)))
		file = kill_file(&line);
	return file;
}

bool container_of_event(uint32_t hierarchy, uint64_t cgroup,
			const struct process *process,
			struct container *container)
{
	const struct entry *entry = cgroup ? look_up(hierarchy, cgroup) : NULL;

	if (!entry || !entry->id)
		return process && container_of_process(process, container);
	memcpy(container->id, entry->id, strlen(entry->id) + 1);
	container->user = entry->user;
	return true;
}

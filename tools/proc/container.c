// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"
#include "proc/cgroup.h"
#include "proc/container.h"
#include "proc/procfs.h"

/* Number of hex digits of a full id. */
#define ID_LEN	64
#define HEX		"0123456789abcdef"

/* A component of a path; not NUL-terminated. */
struct part {
	const char *s;
	size_t len;
};

static bool part_is(struct part part, const char *word)
{
	return part.len == strlen(word) && !memcmp(part.s, word, part.len);
}

static bool cut_prefix(struct part *part, const char *prefix)
{
	size_t len = strlen(prefix);

	if (part->len < len || memcmp(part->s, prefix, len))
		return false;
	part->s += len;
	part->len -= len;
	return true;
}

static bool cut_suffix(struct part *part, const char *suffix)
{
	size_t len = strlen(suffix);

	if (part->len < len || memcmp(part->s + part->len - len, suffix, len))
		return false;
	part->len -= len;
	return true;
}

/* Copies @part to @id, as a string. Returns false where it does not fit. */
static bool copy_part(struct part part, char id[CONTAINER_SIZE])
{
	if (!part.len || part.len >= CONTAINER_SIZE)
		return false;
	memcpy(id, part.s, part.len);
	id[part.len] = '\0';
	return true;
}

static bool is_id(struct part part)
{
	/* A slash or the NUL ends the digits. */
	return part.len == ID_LEN && strspn(part.s, HEX) >= ID_LEN;
}

bool container_is_id(const char *id)
{
	return is_id((struct part){ id, strlen(id) });
}

/*
 * Recognizes the names that container engines make: ID with the cgroupfs
 * driver, PREFIX-ID.scope with the systemd driver, and SLICE:PREFIX:ID where a
 * runtime passes the systemd driver's name to cgroupfs. A monitor's
 * PREFIX-conmon-ID has no id behind the prefix.
 */
static bool by_id(struct part part, char id[CONTAINER_SIZE])
{
	static const char *const prefixes[] = {
		"docker-", "cri-containerd-", "crio-", "nerdctl-", "libpod-",
	};
	const char *colon;
	size_t i;

	if (is_id(part))
		return copy_part(part, id);

	colon = memrchr(part.s, ':', part.len);
	if (colon) {
		part.len -= (size_t)(colon + 1 - part.s);
		part.s = colon + 1;
		return is_id(part) && copy_part(part, id);
	}

	cut_suffix(&part, ".scope");
	for (i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (cut_prefix(&part, prefixes[i]))
			return is_id(part) && copy_part(part, id);
	return false;
}

/* Recognizes the names that LXC makes: lxc.payload.NAME, lxc/NAME. */
static bool by_lxc(struct part parent, struct part part,
		   char id[CONTAINER_SIZE])
{
	if (cut_prefix(&part, "lxc.payload."))
		return copy_part(part, id);
	if (part_is(parent, "lxc") || part_is(parent, "lxc.payload"))
		return copy_part(part, id);
	return false;
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *digit;

	digit = c ? strchr(digits, tolower((unsigned char)c)) : NULL;

	return digit ? (int)(digit - digits) : -1;
}

/* Undoes systemd-escape(1) of a machine's name: \xNN is a byte. */
static bool unescape(struct part part, char id[CONTAINER_SIZE])
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
	return n > 0;
}

/* libvirt registers virtual machines with systemd as qemu-NUMBER-NAME. */
static bool is_virtual_machine(const char *name)
{
	size_t digits;

	if (strncmp(name, "qemu-", 5))
		return false;
	digits = strspn(name + 5, "0123456789");
	return digits && name[5 + digits] == '-';
}

/* Recognizes the names that systemd-machined and systemd-nspawn make. */
static bool by_machine(struct part parent, struct part part,
		       char id[CONTAINER_SIZE])
{
	if (!part_is(parent, "machine.slice"))
		return false;
	if (cut_suffix(&part, ".service"))
		return cut_prefix(&part, "systemd-nspawn@") &&
		       unescape(part, id);
	return cut_suffix(&part, ".scope") && cut_prefix(&part, "machine-") &&
	       unescape(part, id) && !is_virtual_machine(id);
}

static bool is_container(struct part parent, struct part part,
			 char id[CONTAINER_SIZE])
{
	return by_id(part, id) || by_lxc(parent, part, id) ||
	       by_machine(parent, part, id);
}

/* Returns the component of @path that ends before @end; it may be empty. */
static struct part part_before(const char *path, const char *end)
{
	const char *slash = memrchr(path, '/', (size_t)(end - path));
	const char *start = slash ? slash + 1 : path;

	return (struct part){ start, (size_t)(end - start) };
}

bool container_of_path(const char *path, char id[CONTAINER_SIZE])
{
	struct part whole = { path, strlen(path) };
	struct part part, parent;
	const char *end;

	cut_suffix(&whole, " (deleted)");
	end = whole.s + whole.len;

	for (;; end = part.s - 1) {
		part = part_before(path, end);
		parent = part.s > path ? part_before(path, part.s - 1)
				       : (struct part){ path, 0 };
		if (is_container(parent, part, id))
			return true;
		if (part.s == path)
			break;
	}
	id[0] = '\0';
	return false;
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

bool container_of_proc(const char *text, char id[CONTAINER_SIZE])
{
	char path[PATH_MAX];

	return find_line(text, path, id);
}

/* Returns UID where @part is user-UID.slice, else 0. */
static uint32_t slice_user(struct part part)
{
	unsigned long long uid;
	char *end;

	if (!cut_prefix(&part, "user-") || !cut_suffix(&part, ".slice") ||
	    !part.len || !isdigit((unsigned char)*part.s))
		return 0;
	uid = strtoull(part.s, &end, 10);
	return end == part.s + part.len && uid < UINT32_MAX ? (uint32_t)uid : 0;
}

uint32_t container_user(const char *path)
{
	struct part part, bare, parent = { path, 0 };
	char id[CONTAINER_SIZE];
	uint32_t user = 0;
	bool below = false;

	for (;; path += part.len + 1, parent = part) {
		part = (struct part){ path, strcspn(path, "/") };
		bare = part;
		cut_suffix(&bare, " (deleted)");
		if (is_container(parent, bare, id))
			return user;
		/* Right below the slice: a user may call his own so, too. */
		if (below && cut_prefix(&bare, "session-"))
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

bool container_of_proc_user(const char *text, char id[CONTAINER_SIZE],
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
 * Cache of the containers of cgroups. Ids of cgroups are not reused, so an
 * entry stays true when its cgroup is gone. There are many processes of few
 * cgroups: small sets, in each of which the oldest entry is replaced.
 */
#define CACHE_SETS	512
#define CACHE_WAYS	8

struct entry {
	uint64_t cgroup;	/* 0: the entry is free */
	char *id;		/* NULL: no container */
	uint32_t user;		/* of the container */
	bool found;		/* the cgroup had a path: id is an answer */
};

static struct entry cache[CACHE_SETS][CACHE_WAYS];
static unsigned char oldest[CACHE_SETS];

/* Returns the entry of @cgroup, made where it is not in the cache. */
static const struct entry *look_up(uint64_t cgroup)
{
	/* Fibonacci hashing: the upper 9 bits are a set. */
	size_t set = cgroup * 0x9e3779b97f4a7c15ULL >> 55;
	char path[PATH_MAX], id[CONTAINER_SIZE];
	struct entry *entry;
	int i;

	for (i = 0; i < CACHE_WAYS; i++)
		if (cache[set][i].cgroup == cgroup)
			return &cache[set][i];

	entry = &cache[set][oldest[set]];
	oldest[set] = (oldest[set] + 1) % CACHE_WAYS;
	free(entry->id);
	*entry = (struct entry){ .cgroup = cgroup };
	entry->found = cgroup_path(cgroup, path, sizeof(path));
	if (entry->found && container_of_path(path, id)) {
		entry->id = strdup(id);
		entry->user = container_user(path);
	}
	return entry;
}

bool container_of_process(uint64_t cgroup, const struct process *process,
			  struct container *container)
{
	const struct entry *entry = cgroup ? look_up(cgroup) : NULL;
	char text[8192];

	if (entry && entry->id) {
		memcpy(container->id, entry->id, strlen(entry->id) + 1);
		container->user = entry->user;
		return true;
	}

	/* v2 alone is the whole answer; beside v1 it has no containers. */
	if (entry && entry->found && !cgroup_engines_use_v1())
		return false;
	return process && procfs_read_cgroup(process, text, sizeof(text)) &&
	       container_of_proc_user(text, container->id, &container->user);
}

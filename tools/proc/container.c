// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "proc/container.h"
#include "proc/procfs.h"
#include "lib/util.h"

#define ID_LEN	64

/* A component of a path; it ends with no NUL. */
struct part {
	const char *s;
	size_t len;
};

static bool is(struct part part, const char *word)
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

static bool give(struct part part, char id[CONTAINER_SIZE])
{
	if (!part.len || part.len >= CONTAINER_SIZE)
		return false;
	memcpy(id, part.s, part.len);
	id[part.len] = '\0';
	return true;
}

static bool is_id(struct part part)
{
	size_t i;

	if (part.len != ID_LEN)
		return false;
	for (i = 0; i < ID_LEN; i++)
		if (!isdigit((unsigned char)part.s[i]) &&
		    (part.s[i] < 'a' || part.s[i] > 'f'))
			return false;
	return true;
}

/*
 * ID as the cgroupfs drivers make it, PREFIX-ID.scope as those with systemd
 * do, and SLICE:PREFIX:ID where a runtime hands the latter's name to the
 * former. A monitor's PREFIX-conmon-ID has no id after the prefix.
 */
static bool by_id(struct part part, char id[CONTAINER_SIZE])
{
	static const char *const prefixes[] = {
		"docker-", "cri-containerd-", "crio-", "nerdctl-", "libpod-",
	};
	const char *colon;
	size_t i;

	if (is_id(part))
		return give(part, id);

	colon = memrchr(part.s, ':', part.len);
	if (colon) {
		part.len -= (size_t)(colon + 1 - part.s);
		part.s = colon + 1;
		return is_id(part) && give(part, id);
	}

	cut_suffix(&part, ".scope");
	for (i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (cut_prefix(&part, prefixes[i]))
			return is_id(part) && give(part, id);
	return false;
}

static bool by_lxc(struct part parent, struct part part,
		   char id[CONTAINER_SIZE])
{
	if (cut_prefix(&part, "lxc.payload."))
		return give(part, id);
	if (is(parent, "lxc") || is(parent, "lxc.payload"))
		return give(part, id);
	return false;
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *digit = c ? strchr(digits, tolower((unsigned char)c)) : NULL;

	return digit ? (int)(digit - digits) : -1;
}

/* What systemd-escape(1) made of a machine's name, undone. */
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

/* libvirt registers its virtual machines with systemd as qemu-NUMBER-NAME. */
static bool is_virtual_machine(const char *name)
{
	size_t digits;

	if (strncmp(name, "qemu-", 5))
		return false;
	digits = strspn(name + 5, "0123456789");
	return digits && name[5 + digits] == '-';
}

static bool by_machine(struct part parent, struct part part,
		       char id[CONTAINER_SIZE])
{
	if (!is(parent, "machine.slice"))
		return false;
	if (cut_suffix(&part, ".service"))
		return cut_prefix(&part, "systemd-nspawn@") &&
		       unescape(part, id);
	return cut_suffix(&part, ".scope") && cut_prefix(&part, "machine-") &&
	       unescape(part, id) && !is_virtual_machine(id);
}

/* The component that ends before @end, which may be empty. */
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
		if (by_id(part, id) || by_lxc(parent, part, id) ||
		    by_machine(parent, part, id))
			return true;
		if (part.s == path)
			break;
	}
	id[0] = '\0';
	return false;
}

bool container_of_proc(const char *text, char id[CONTAINER_SIZE])
{
	char path[PATH_MAX];
	const char *line, *end;
	size_t len;

	for (line = text; *line; line = *end ? end + 1 : end) {
		end = line + strcspn(line, "\n");
		/* NUMBER:CONTROLLERS:PATH, and the path may have colons too */
		line = memchr(line, ':', (size_t)(end - line));
		if (line)
			line = memchr(line + 1, ':', (size_t)(end - line) - 1);
		if (!line)
			continue;
		len = (size_t)(end - line) - 1;
		if (len >= sizeof(path))
			continue;
		memcpy(path, line + 1, len);
		path[len] = '\0';
		if (container_of_path(path, id))
			return true;
	}
	id[0] = '\0';
	return false;
}

/* The mount of the cgroup v2 hierarchy. */
static struct {
	int fd;
	const char *path;
	bool hybrid;		/* v1 hierarchies are there beside it */
} mount = { .fd = -1 };

static void find_mount(void)
{
	static const char *const paths[] = {
		"/sys/fs/cgroup", "/sys/fs/cgroup/unified",
	};
	static bool done;
	struct statfs fs;
	size_t i;

	if (done)
		return;
	done = true;
	mount.hybrid = true;
	for (i = 0; i < ARRAY_SIZE(paths); i++) {
		if (statfs(paths[i], &fs) || fs.f_type != CGROUP2_SUPER_MAGIC)
			continue;
		mount.fd = open(paths[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		mount.path = paths[i];
		mount.hybrid = i > 0;
		return;
	}
}

bool container_cgroup_path(uint64_t cgroup, char *path, size_t size)
{
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + sizeof(cgroup)];
	} u;
	char link[64], target[PATH_MAX];
	size_t prefix;
	ssize_t len;
	int fd;

	find_mount();
	if (mount.fd < 0)
		return false;

	/* kernfs: a handle is the id, in FILEID_KERNFS of the kernel. */
	u.handle.handle_type = 0xfe;
	u.handle.handle_bytes = sizeof(cgroup);
	memcpy(u.handle.f_handle, &cgroup, sizeof(cgroup));
	fd = open_by_handle_at(mount.fd, &u.handle, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return false;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, target, sizeof(target) - 1);
	close(fd);
	if (len < 0)
		return false;
	target[len] = '\0';

	prefix = strlen(mount.path);
	if (strncmp(target, mount.path, prefix))
		return false;
	snprintf(path, size, "%s", target[prefix] ? target + prefix : "/");
	return true;
}

/*
 * Containers by id of their cgroup. Ids are not used again, so what is in here
 * stays true when the cgroup is gone. Many processes of a few cgroups: small
 * sets, in each of which the oldest entry makes room.
 */
#define SETS	512
#define WAYS	8

struct entry {
	uint64_t cgroup;	/* 0: none */
	char *id;		/* NULL: no container */
	bool found;		/* the cgroup had a path, so id is an answer */
};

static struct entry cache[SETS][WAYS];
static unsigned char oldest[SETS];

static struct entry *look_up(uint64_t cgroup)
{
	size_t set = cgroup * 0x9e3779b97f4a7c15ULL >> 55;
	char path[PATH_MAX], id[CONTAINER_SIZE];
	struct entry *entry;
	int i;

	for (i = 0; i < WAYS; i++)
		if (cache[set][i].cgroup == cgroup)
			return &cache[set][i];

	entry = &cache[set][oldest[set]];
	oldest[set] = (oldest[set] + 1) % WAYS;
	free(entry->id);
	*entry = (struct entry){ .cgroup = cgroup };
	entry->found = container_cgroup_path(cgroup, path, sizeof(path));
	if (entry->found && container_of_path(path, id))
		entry->id = strdup(id);
	return entry;
}

const char *container_of_process(uint64_t cgroup,
				 const struct process *process)
{
	static char id[CONTAINER_SIZE];
	struct entry *entry = NULL;
	char text[8192];

	if (cgroup)
		entry = look_up(cgroup);
	if (entry && entry->id)
		return entry->id;

	/* v2 alone is the whole answer, v2 beside v1 knows no containers. */
	if (entry && entry->found && !mount.hybrid)
		return NULL;
	if (!process || !procfs_cgroup(process, text, sizeof(text)) ||
	    !container_of_proc(text, id))
		return NULL;
	return id;
}

/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/*
 * Which cgroups are containers, by the names that container engines give them.
 * The module and the tool share the table and the code.
 */
#ifndef NSORPHAN_CONTAINER_NAMES_H
#define NSORPHAN_CONTAINER_NAMES_H

#ifdef __KERNEL__
#include <linux/string.h>
#include <linux/types.h>
#else
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#endif

/* Number of hex digits of the id that OCI engines give a container. */
#define NSORPHAN_CONTAINER_ID_LEN	64

/* The name of a cgroup, or a part of it; not NUL-terminated. */
struct nsorphan_part {
	const char *s;
	size_t len;
};

/*
 * A kind of name: PREFIX, then the id or name of the container, then SUFFIX.
 *  parent	name of the parent cgroup; NULL: any
 *  has_id	64 hex digits follow the prefix, and the suffix may be missing, as
 *		it is with the cgroupfs driver; else any name, not empty
 */
struct nsorphan_container_pattern {
	const char *parent;
	const char *prefix;
	const char *suffix;
	bool has_id;
};

static const struct nsorphan_container_pattern nsorphan_container_patterns[]
	__attribute__((__unused__)) = {
	/* Docker, containerd, CRI-O, nerdctl and podman. Monitors have "conmon-". */
	{ NULL, "", "", true },
	{ NULL, "docker-", ".scope", true },
	{ NULL, "cri-containerd-", ".scope", true },
	{ NULL, "crio-", ".scope", true },
	{ NULL, "nerdctl-", ".scope", true },
	{ NULL, "libpod-", ".scope", true },
	{ NULL, "libpod-payload-", "", true },
	/* LXC and Incus; before LXC 4 the name stands below "lxc". */
	{ NULL, "lxc.payload.", "", false },
	{ "lxc.payload", "", "", false },
	{ "lxc", "", "", false },
	/* systemd-machined and systemd-nspawn. */
	{ "machine.slice", "machine-", ".scope", false },
	{ "machine.slice", "systemd-nspawn@", ".service", false },
};

static inline bool nsorphan_part_is(struct nsorphan_part part, const char *word)
{
	return part.len == strlen(word) && !memcmp(part.s, word, part.len);
}

static inline bool nsorphan_cut_prefix(struct nsorphan_part *part,
				       const char *prefix)
{
	size_t len = strlen(prefix);

	if (part->len < len || memcmp(part->s, prefix, len))
		return false;
	part->s += len;
	part->len -= len;
	return true;
}

static inline bool nsorphan_cut_suffix(struct nsorphan_part *part,
				       const char *suffix)
{
	size_t len = strlen(suffix);

	if (part->len < len || memcmp(part->s + part->len - len, suffix, len))
		return false;
	part->len -= len;
	return true;
}

static inline bool nsorphan_is_container_id(struct nsorphan_part part)
{
	size_t i;

	if (part.len != NSORPHAN_CONTAINER_ID_LEN)
		return false;
	for (i = 0; i < part.len; i++)
		if ((part.s[i] < '0' || part.s[i] > '9') &&
		    (part.s[i] < 'a' || part.s[i] > 'f'))
			return false;
	return true;
}

/*
 * libvirt registers virtual machines with systemd-machined as qemu-NUMBER-NAME,
 * which systemd escapes.
 */
static inline bool nsorphan_is_virtual_machine(struct nsorphan_part name)
{
	return nsorphan_cut_prefix(&name, "qemu\\x2d") && name.len &&
	       name.s[0] >= '0' && name.s[0] <= '9';
}

/*
 * With the cgroupfs driver podman gives a pod a cgroup whose name is the bare id
 * of the pod. The containers, below, have "libpod-". What stands above a
 * container decides: what is below may be made inside.
 */
static inline bool nsorphan_is_pod(struct nsorphan_part parent,
				   struct nsorphan_part name)
{
	return nsorphan_part_is(parent, "libpod_parent") &&
	       nsorphan_is_container_id(name);
}

static inline bool
nsorphan_matches_pattern(const struct nsorphan_container_pattern *pattern,
			 struct nsorphan_part parent, struct nsorphan_part *name)
{
	if (pattern->parent && !nsorphan_part_is(parent, pattern->parent))
		return false;
	if (!nsorphan_cut_prefix(name, pattern->prefix))
		return false;
	if (!nsorphan_cut_suffix(name, pattern->suffix) && !pattern->has_id)
		return false;
	if (pattern->has_id)
		return nsorphan_is_container_id(*name);
	return name->len && !nsorphan_is_virtual_machine(*name);
}

/*
 * The unit systemd-nspawn@.service has a cgroup for systemd-nspawn itself, beside
 * that of the container, which cannot make one there.
 */
static inline bool nsorphan_is_supervisor(struct nsorphan_part parent,
					  struct nsorphan_part name,
					  struct nsorphan_part child)
{
	return nsorphan_part_is(child, "supervisor") &&
	       nsorphan_part_is(parent, "machine.slice") &&
	       nsorphan_cut_prefix(&name, "systemd-nspawn@");
}

/*
 * Tells whether a cgroup called name, in a cgroup called parent, is a
 * container that child, a cgroup in it, belongs to; an empty child is the
 * cgroup itself. If so, name becomes the part of it that is the container's id,
 * or the name that LXC, Incus or systemd gave it, as systemd escapes it.
 */
static inline bool nsorphan_container_of_name(struct nsorphan_part parent,
					      struct nsorphan_part *name,
					      struct nsorphan_part child)
{
	const struct nsorphan_container_pattern *pattern;
	const size_t n = sizeof(nsorphan_container_patterns) /
			 sizeof(nsorphan_container_patterns[0]);
	struct nsorphan_part part = *name;
	size_t i;

	/*
	 * SLICE:PREFIX:ID, where a runtime passes the systemd driver's
	 * parameters to the cgroupfs driver.
	 */
	for (i = part.len; i > 0; i--)
		if (part.s[i - 1] == ':')
			break;
	if (i) {
		part.s += i;
		part.len -= i;
		if (!nsorphan_is_container_id(part))
			return false;
		*name = part;
		return true;
	}

	if (nsorphan_is_pod(parent, part) ||
	    nsorphan_is_supervisor(parent, part, child))
		return false;
	for (i = 0; i < n; i++) {
		pattern = &nsorphan_container_patterns[i];
		part = *name;
		if (nsorphan_matches_pattern(pattern, parent, &part)) {
			*name = part;
			return true;
		}
	}
	return false;
}

#endif

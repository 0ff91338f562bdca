// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <unistd.h>

#include "proc/engine-file.h"
#include "proc/names-engines.h"
#include "proc/names-read.h"

static void find_user(uint32_t uid, struct names_user *user)
{
	const struct passwd *passwd = getpwuid(uid);

	*user = (struct names_user){ .uid = uid };
	if (passwd && passwd->pw_dir[0] == '/')
		engine_copy(user->home, passwd->pw_dir);
	if (!passwd || !engine_copy(user->name, passwd->pw_name))
		snprintf(user->name, sizeof(user->name), "%u", uid);
}

/*
 * Takes the rights of user @uid in file systems: what his files lead to has to be
 * his. Without the right to do so the owner of each file still has to be the
 * user.
 */
static void become(uint32_t uid)
{
	const struct passwd *passwd = uid ? getpwuid(uid) : NULL;

	if (uid && setgroups(0, NULL))
		return;
	setfsgid(!uid ? getegid() : passwd ? passwd->pw_gid : uid);
	setfsuid(uid ? uid : geteuid());
}

/* Reads the names of a container with an id. */
static bool read_files(const struct names_query *query,
		       struct container_names *names)
{
	struct names_user user, *own = NULL;
	bool found;

	become(query->user);
	if (query->user) {
		find_user(query->user, &user);
		own = &user;
	}
	found = (!own && names_of_kubelet(query, names)) ||
		names_of_docker(query, own, names) ||
		names_of_oci(query, own, names) ||
		names_of_storage(query, own, names) ||
		names_of_monitor(query, names);
	if (!own)
		return found;
	/* A user has no pods, whatever his files say. */
	if (!names->name[0]) {
		*names = (struct container_names){ 0 };
		return false;
	}
	names->pod[0] = '\0';
	names->pod_namespace[0] = '\0';
	memcpy(names->user, user.name, sizeof(names->user));
	return true;
}

bool names_read(const struct names_query *query, struct container_names *names)
{
	struct names_user user;

	*names = (struct container_names){ 0 };
	if (container_is_id(query->id))
		return read_files(query, names);
	/* LXC and systemd-nspawn have names in its place. */
	if (!engine_copy(names->name, query->id))
		return false;
	if (query->user) {
		find_user(query->user, &user);
		memcpy(names->user, user.name, sizeof(names->user));
	}
	return true;
}

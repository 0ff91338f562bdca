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

/* Number of hex digits of an id; LXC and systemd-nspawn have names instead. */
#define ID_LEN	64

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
 * Takes the user's rights in file systems for this process, from here on: what
 * his files lead to has to be his. Without the right to do so the owner of each
 * file still has to be the user.
 */
static void become(const struct names_user *user)
{
	const struct passwd *passwd = getpwuid(user->uid);

	if (setgroups(0, NULL))
		return;
	setfsgid(passwd ? passwd->pw_gid : user->uid);
	setfsuid(user->uid);
}

/* Reads the names of a container with an id. */
static bool read_files(const struct names_query *query,
		       struct container_names *names)
{
	struct names_user user, *own = NULL;
	bool found;

	if (query->user) {
		find_user(query->user, &user);
		become(&user);
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
	size_t digits = strspn(query->id, "0123456789abcdef");
	struct names_user user;

	*names = (struct container_names){ 0 };
	if (digits == ID_LEN && !query->id[digits])
		return read_files(query, names);
	if (!engine_copy(names->name, query->id))
		return false;
	if (query->user) {
		find_user(query->user, &user);
		memcpy(names->user, user.name, sizeof(names->user));
	}
	return true;
}

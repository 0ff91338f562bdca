// SPDX-License-Identifier: GPL-2.0
/*
 * containers/storage, which podman and CRI-O use, has its containers in
 * DRIVER-containers/containers.json below its graph root, and those that are
 * made with --rm in volatile-containers.json: containers.go of it. A transient
 * store has the latter below the run root.
 */
#include <stdio.h>
#include <string.h>

#include <json.h>

#include "proc/engine-file.h"
#include "proc/names-engines.h"

bool names_parse_storage(const struct json_object *containers, const char *id,
			 struct container_names *names)
{
	const struct json_object *container, *list, *first;
	const char *found, *name;
	size_t i, count = 0;

	*names = (struct container_names){ 0 };
	if (json_object_is_type(containers, json_type_array))
		count = json_object_array_length(containers);
	for (i = 0; i < count; i++) {
		container = json_object_array_get_idx(containers, i);
		found = engine_string(container, "id");
		if (!found || strcmp(found, id))
			continue;
		list = engine_member(container, "names");
		first = json_object_is_type(list, json_type_array) ?
				json_object_array_get_idx(list, 0) : NULL;
		if (!json_object_is_type(first, json_type_string))
			return false;
		name = json_object_get_string((struct json_object *)first);
		if (strlen(name) !=
		    (size_t)json_object_get_string_len(first))
			return false;
		return engine_copy(names->name, name);
	}
	return false;
}

/* CRI-O's names have those that kubelet gave in them. */
static bool read_file(const char *folder, const char *driver, const char *file,
		      const struct names_query *query,
		      struct container_names *names)
{
	struct json_object *containers;
	char name[CONTAINER_SIZE];
	bool found;

	containers = engine_read_json(query->user, "%s/%s-containers/%s",
				      folder, driver, file);
	found = names_parse_storage(containers, query->id, names);
	json_object_put(containers);
	memcpy(name, names->name, sizeof(name));
	if (found && !query->user && !names_parse_k8s(name, names))
		memcpy(names->name, name, sizeof(name));
	return found;
}

static bool read_folder(const char *folder, const struct names_query *query,
			struct container_names *names)
{
	static const char *const drivers[] = {
		"overlay", "vfs", "btrfs", "zfs",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(drivers); i++)
		if (read_file(folder, drivers[i], "containers.json", query,
			      names) ||
		    read_file(folder, drivers[i], "volatile-containers.json",
			      query, names))
			return true;
	return false;
}

bool names_of_storage(const struct names_query *query,
		      const struct names_user *user,
		      struct container_names *names)
{
	char folder[CONTAINER_SIZE + 64];

	*names = (struct container_names){ 0 };
	if (!user)
		return read_folder("/var/lib/containers/storage", query,
				   names) ||
		       read_folder("/run/containers/storage", query, names);
	if (user->home[0]) {
		snprintf(folder, sizeof(folder),
			 "%s/.local/share/containers/storage", user->home);
		if (read_folder(folder, query, names))
			return true;
	}
	snprintf(folder, sizeof(folder), "/run/user/%u/containers", user->uid);
	return read_folder(folder, query, names);
}

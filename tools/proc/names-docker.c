// SPDX-License-Identifier: GPL-2.0
/*
 * Docker keeps each container in DATA-ROOT/containers/ID/config.v2.json:
 * daemon/container of moby. With userns-remap, UID.GID of the remapped root is
 * below DATA-ROOT.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json.h>

#include "lib/signal-name.h"
#include "proc/engine-file.h"
#include "proc/names-engines.h"

/* Where data roots are if nothing is configured; the latter with snap. */
static const char *const system_roots[] = {
	"/var/lib/docker", "/var/snap/docker/common/var-lib-docker",
};

/*
 * Names of a container of Kubernetes, by labels of cri-dockerd; a container that
 * others made has the label without the type.
 */
static bool parse_labels(const struct json_object *labels,
			 struct container_names *names)
{
	const char *type = engine_string(labels, "io.kubernetes.docker.type");
	struct container_names found = { 0 };

	if (!type ||
	    !engine_copy(found.pod,
			 engine_string(labels, "io.kubernetes.pod.name")) ||
	    !engine_copy(found.pod_namespace,
			 engine_string(labels, "io.kubernetes.pod.namespace")))
		return false;
	if (strcmp(type, "podsandbox") &&
	    !engine_copy(found.name,
			 engine_string(labels, "io.kubernetes.container.name")))
		return false;
	*names = found;
	return true;
}

bool names_parse_docker(const struct json_object *config,
			const struct names_query *query,
			struct container_names *names)
{
	struct json_object *inner = engine_member(config, "Config");
	const char *name = engine_string(config, "Name");
	const char *signal = engine_string(inner, "StopSignal");
	const char *file_id = engine_string(config, "ID");

	*names = (struct container_names){ 0 };
	if (!file_id || strcmp(file_id, query->id) || !name)
		return false;
	if ((query->user ||
	     !parse_labels(engine_member(inner, "Labels"), names)) &&
	    !engine_copy(names->name, name + (*name == '/')))
		return false;
	names->stop_signal = signal ? signal_number(signal) : 0;
	return true;
}

static bool read_config(const char *root, const char *remapped,
			const struct names_query *query,
			struct container_names *names)
{
	struct json_object *config;
	bool found;

	config = engine_read_json(query->user,
				  "%s/%s/containers/%s/config.v2.json", root,
				  remapped, query->id);
	found = names_parse_docker(config, query, names);
	json_object_put(config);
	return found;
}

/* Whether @name is UID.GID. */
static bool is_remapped(const char *name)
{
	static const char digits[] = "0123456789";
	size_t uid = strspn(name, digits), gid;

	if (!uid || name[uid] != '.')
		return false;
	gid = strspn(name + uid + 1, digits);
	return gid && !name[uid + 1 + gid];
}

static bool read_root(const char *root, const struct names_query *query,
		      struct container_names *names)
{
	const struct dirent *entry;
	bool found;
	DIR *dir;

	if (read_config(root, ".", query, names))
		return true;
	dir = engine_opendir(root);
	if (!dir)
		return false;
	found = false;
	while (!found && (entry = readdir(dir)))
		found = is_remapped(entry->d_name) &&
			read_config(root, entry->d_name, query, names);
	closedir(dir);
	return found;
}

/* Reads the container below the data root that @folder/daemon.json names. */
static bool read_configured(const char *folder,
			    const struct names_query *query,
			    struct container_names *names)
{
	struct json_object *config;
	const char *root;
	bool found;

	config = engine_read_json(query->user, "%s/daemon.json", folder);
	root = engine_string(config, "data-root");
	/* Its name until 17.05. */
	if (!root)
		root = engine_string(config, "graph");
	found = root && *root == '/' && read_root(root, query, names);
	json_object_put(config);
	return found;
}

static bool read_of_user(const struct names_query *query,
			 const struct names_user *user,
			 struct container_names *names)
{
	char folder[CONTAINER_SIZE + 32];

	if (!user->home[0])
		return false;
	snprintf(folder, sizeof(folder), "%s/.config/docker", user->home);
	if (read_configured(folder, query, names))
		return true;
	snprintf(folder, sizeof(folder), "%s/.local/share/docker", user->home);
	return read_root(folder, query, names);
}

bool names_of_docker(const struct names_query *query,
		     const struct names_user *user,
		     struct container_names *names)
{
	size_t i;

	*names = (struct container_names){ 0 };
	if (user)
		return read_of_user(query, user, names);
	if (read_configured("/etc/docker", query, names))
		return true;
	for (i = 0; i < ARRAY_SIZE(system_roots); i++)
		if (read_root(system_roots[i], query, names))
			return true;
	return false;
}

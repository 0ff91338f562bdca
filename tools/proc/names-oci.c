// SPDX-License-Identifier: GPL-2.0
/*
 * The config.json of a bundle, by the OCI runtime specification, has the
 * engine's annotations: those of containerd's CRI plugin (pkg/cri/annotations),
 * of CRI-O (which takes over the labels of kubelet) and of nerdctl.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json.h>

#include "lib/signal-name.h"
#include "proc/engine-file.h"
#include "proc/names-engines.h"

/* Folder of the v2 shims in a state folder, see core/runtime/v2. */
#define TASKS	"io.containerd.runtime.v2.task"

/* State folders of containerd: Debian's, Docker's own, k3s's, microk8s's. */
static const char *const states[] = {
	"/run/containerd", "/run/docker/containerd/daemon",
	"/run/k3s/containerd", "/var/snap/microk8s/common/run/containerd",
};

/*
 * Bundles of CRI-O and podman are in the folder of the container that their
 * storage has for it, for CRI-O in its runtime folder, too.
 */
static const char *const storages[] = {
	"/run/containers/storage", "/var/lib/containers/storage",
};

/* Copies the first of @keys, which ends with NULL, that @annotations has. */
static bool copy_first(char to[CONTAINER_SIZE],
		       const struct json_object *annotations,
		       const char *const *keys)
{
	for (; *keys; keys++)
		if (engine_copy(to, engine_string(annotations, *keys)))
			return true;
	return false;
}

static bool is_sandbox(const struct json_object *annotations)
{
	static const char *const keys[] = {
		"io.kubernetes.cri.container-type",
		"io.kubernetes.cri-o.ContainerType", NULL,
	};
	char type[CONTAINER_SIZE];

	return copy_first(type, annotations, keys) && !strcmp(type, "sandbox");
}

bool names_parse_oci(const struct json_object *config,
		     struct container_names *names)
{
	static const char *const name_keys[] = {
		"io.kubernetes.cri.container-name",
		"io.kubernetes.container.name", "nerdctl/name", NULL,
	};
	static const char *const pod_keys[] = {
		"io.kubernetes.cri.sandbox-name", "io.kubernetes.pod.name",
		"io.kubernetes.cri-o.KubeName", NULL,
	};
	static const char *const namespace_keys[] = {
		"io.kubernetes.cri.sandbox-namespace",
		"io.kubernetes.pod.namespace", "io.kubernetes.cri-o.Namespace",
		NULL,
	};
	struct json_object *annotations = engine_member(config, "annotations");
	const char *signal;

	*names = (struct container_names){ 0 };
	/* One without the other names no pod. */
	if (!copy_first(names->pod, annotations, pod_keys) ||
	    !copy_first(names->pod_namespace, annotations, namespace_keys))
		*names = (struct container_names){ 0 };
	copy_first(names->name, annotations, name_keys);
	if (is_sandbox(annotations) && names->pod[0])
		names->name[0] = '\0';
	else if (!names->name[0])
		goto err_clear;
	signal = engine_string(annotations,
			       "org.opencontainers.image.stopSignal");
	names->stop_signal = signal ? signal_number(signal) : 0;
	return true;

err_clear:
	*names = (struct container_names){ 0 };
	return false;
}

bool names_of_bundle(const char *folder, uint32_t owner,
		     struct container_names *names)
{
	struct json_object *config;
	bool found;

	config = engine_read_json(owner, "%s/config.json", folder);
	found = names_parse_oci(config, names);
	json_object_put(config);
	return found;
}

bool names_of_shim(const char *folder, const char *namespace,
		   const struct names_query *query,
		   struct container_names *names)
{
	char bundle[ENGINE_PATH_SIZE];
	int len;

	len = snprintf(bundle, sizeof(bundle), "%s/" TASKS "/%s/%s", folder,
		       namespace, query->id);
	return len > 0 && (size_t)len < sizeof(bundle) &&
	       names_of_bundle(bundle, query->user, names);
}

/* Reads the bundle in any namespace of the containerd with state @folder. */
static bool read_state(const char *folder, const struct names_query *query,
		       struct container_names *names)
{
	char tasks[ENGINE_PATH_SIZE];
	const struct dirent *entry;
	bool found = false;
	DIR *dir;

	snprintf(tasks, sizeof(tasks), "%s/" TASKS, folder);
	dir = engine_opendir(tasks);
	if (!dir)
		return false;
	while (!found && (entry = readdir(dir)))
		found = entry->d_name[0] != '.' &&
			names_of_shim(folder, entry->d_name, query, names);
	closedir(dir);
	return found;
}

static bool read_storage(const char *folder, const struct names_query *query,
			 struct container_names *names)
{
	char bundle[ENGINE_PATH_SIZE];

	snprintf(bundle, sizeof(bundle), "%s/overlay-containers/%s/userdata",
		 folder, query->id);
	return names_of_bundle(bundle, query->user, names);
}

/* Users have containerd in a mount namespace of its own, and no CRI-O. */
bool names_of_oci(const struct names_query *query,
		  const struct names_user *user,
		  struct container_names *names)
{
	size_t i;

	*names = (struct container_names){ 0 };
	if (user)
		return false;
	for (i = 0; i < ARRAY_SIZE(states); i++)
		if (read_state(states[i], query, names))
			return true;
	for (i = 0; i < ARRAY_SIZE(storages); i++)
		if (read_storage(storages[i], query, names))
			return true;
	return false;
}

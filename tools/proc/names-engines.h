/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What each kind of engine's files tells of a container. Called in the process
 * of names-lookup.h only: see engine-file.h. names_of_*() read files;
 * names_parse_*() parse what is in them. All return false, and leave @names
 * empty, where there is no name of the container.
 */
#ifndef NSORPHAN_NAMES_ENGINES_H
#define NSORPHAN_NAMES_ENGINES_H

#include <stdbool.h>
#include <stddef.h>

#include "proc/container-names.h"

struct json_object;

/* kubelet: names of the links in /var/log/containers. */
bool names_of_kubelet(const struct names_query *query,
		      struct container_names *names);

/*
 * Parses the name @file of such a link, which may point to @target (NULL:
 * unknown); kubelet cuts names that are too long.
 */
bool names_parse_log(const char *file, const char *target, const char *id,
		     struct container_names *names);

/* Parses k8s_CONTAINER_POD_NAMESPACE_UID_ATTEMPT, as kubelet names them. */
bool names_parse_k8s(const char *name, struct container_names *names);

/*
 * Below, @user is the one whose engine it is; NULL: the system's engines.
 */

/* Docker: config.v2.json. */
bool names_of_docker(const struct names_query *query,
		     const struct names_user *user,
		     struct container_names *names);
bool names_parse_docker(const struct json_object *config,
			const struct names_query *query,
			struct container_names *names);

/* Bundles of OCI: annotations in config.json. */
bool names_of_oci(const struct names_query *query,
		  const struct names_user *user,
		  struct container_names *names);

/* The same, of the bundle in @folder. */
bool names_of_bundle(const char *folder, uint32_t owner,
		     struct container_names *names);

/* The same, of a shim whose containerd has its state in @folder. */
bool names_of_shim(const char *folder, const char *namespace,
		   const struct names_query *query,
		   struct container_names *names);
bool names_parse_oci(const struct json_object *config,
		     struct container_names *names);

/* podman and CRI-O: containers.json of their storage. */
bool names_of_storage(const struct names_query *query,
		      const struct names_user *user,
		      struct container_names *names);
bool names_parse_storage(const struct json_object *containers, const char *id,
			 struct container_names *names);

/* The command line of the monitor (conmon, shim) that main is a child of. */
bool names_of_monitor(const struct names_query *query,
		      struct container_names *names);

/* Parses a command line of @len bytes, of which the last one is a NUL. */
bool names_parse_monitor(const char *cmdline, size_t len,
			 const struct names_query *query,
			 struct container_names *names);

#endif

// SPDX-License-Identifier: GPL-2.0
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "explain/container-match.h"

static bool begins_with(const char *name, const char *text)
{
	return *text && !strncmp(name, text, strlen(text));
}

/* Whether @text is "NAMESPACE/POD" or "NAMESPACE/POD/NAME" of @names. */
static bool is_pod(const struct container_names *names, const char *text)
{
	size_t len = strlen(names->pod_namespace);

	if (!len || strncmp(text, names->pod_namespace, len) ||
	    text[len] != '/')
		return false;
	text += len + 1;
	len = strlen(names->pod);
	if (!len || strncmp(text, names->pod, len))
		return false;
	text += len;
	return !*text || (*text == '/' && *names->name &&
			  !strcmp(text + 1, names->name));
}

enum container_match container_match(const struct container *container,
				     const char *text)
{
	const struct container_names *names = &container->names;
	bool has_id = container_is_id(container->id);
	char label[CONTAINER_LABEL_SIZE];

	if (is_pod(names, text))
		return MATCH_POD;
	if (has_id && !strcmp(container->id, text))
		return MATCH_ID;
	if (*text && (!strcmp(names->name, text) ||
		      !strcmp(container_label(container, label), text)))
		return MATCH_NAME;
	if (has_id && begins_with(container->id, text))
		return MATCH_ID_PREFIX;
	return begins_with(names->name, text) ? MATCH_NAME_PREFIX : MATCH_NONE;
}

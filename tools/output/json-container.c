// SPDX-License-Identifier: GPL-2.0
#include "output/json-container.h"
#include "output/json-writer.h"

void json_container(const struct container *container)
{
	const struct container_names *names;

	if (!container)
		return;
	names = &container->names;
	json_string("container", container->id);
	if (names->name[0])
		json_string("container_name", names->name);
	if (names->pod[0]) {
		json_string("pod", names->pod);
		json_string("pod_namespace", names->pod_namespace);
	}
	if (names->user[0])
		json_string("container_user", names->user);
}

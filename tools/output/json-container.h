/* SPDX-License-Identifier: GPL-2.0 */
/* Containers in JSON. */
#ifndef NSORPHAN_JSON_CONTAINER_H
#define NSORPHAN_JSON_CONTAINER_H

#include "proc/container.h"

/*
 * Adds the id and the names of @container to the open object; nothing where it
 * is NULL.
 */
void json_container(const struct container *container);

#endif

// SPDX-License-Identifier: GPL-2.0
/*
 * For libFuzzer: whatever an engine's file holds, parsing it stays in its memory
 * and frees all of it, and what comes out is a name that is whole, or none.
 *
 * The first byte of the input says what the rest is.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json.h>

#include "proc/engine-file.h"
#include "proc/names-engines.h"
#include "proc/names-store.h"

#define ID "00000000000000000000000000000000000000000000000000000000000000aa"

/* What files the input leads to are not read. */
const char *engine_root(void)
{
	return "/nonexistent";
}

static void check(bool right)
{
	if (!right)
		abort();
}

static void check_name(const char name[CONTAINER_SIZE])
{
	check(memchr(name, '\0', CONTAINER_SIZE));
}

static void check_names(bool found, const struct container_names *names)
{
	static const struct container_names none;

	check_name(names->name);
	check_name(names->pod);
	check_name(names->pod_namespace);
	check(!names->pod[0] == !names->pod_namespace[0]);
	check(!names->user[0]);
	check(names->stop_signal <= 64);
	check(found == names_known(names));
	check(found || !memcmp(names, &none, sizeof(none)));
}

static void parse_docker(const char *text, size_t len)
{
	struct names_query query = { .id = ID };
	struct json_object *config = engine_parse(text, len);
	struct container_names names;

	check_names(names_parse_docker(config, &query, &names), &names);
	query.user = 5;
	check_names(names_parse_docker(config, &query, &names), &names);
	check(!names.pod[0]);
	json_object_put(config);
}

static void parse_oci(const char *text, size_t len)
{
	struct json_object *config = engine_parse(text, len);
	struct container_names names;

	check_names(names_parse_oci(config, &names), &names);
	json_object_put(config);
}

static void parse_storage(const char *text, size_t len)
{
	struct json_object *containers = engine_parse(text, len);
	struct container_names names;

	check_names(names_parse_storage(containers, ID, &names), &names);
	json_object_put(containers);
}

/* A file's name, and behind a newline the target of a link. */
static void parse_log(const char *text, size_t len)
{
	struct container_names names;
	char *file = strdup(text);
	char *target;

	(void)len;
	if (!file)
		return;
	target = strchr(file, '\n');
	if (target)
		*target++ = '\0';
	check_names(names_parse_log(file, target, ID, &names), &names);
	check(!names_known(&names) || names.name[0]);
	free(file);
}

static void parse_k8s(const char *text, size_t len)
{
	struct container_names names;

	(void)len;
	check_names(names_parse_k8s(text, &names), &names);
	check(!names_known(&names) || names.pod[0]);
}

static void parse_monitor(const char *text, size_t len)
{
	struct names_query query = { .id = ID };
	struct container_names names;

	check_names(names_parse_monitor(text, len + 1, &query, &names), &names);
	query.user = 5;
	check_names(names_parse_monitor(text, len + 1, &query, &names), &names);
	check(!names.pod[0]);
}

static void parse_store(const char *text, size_t len)
{
	struct container *list;
	size_t count, i;

	if (names_store_parse(text, len, &list, &count))
		check(!list && !count);
	for (i = 0; i < count; i++) {
		check_name(list[i].id);
		check(list[i].id[0]);
		check_name(list[i].names.user);
		list[i].names.user[0] = '\0';
		list[i].names.stop_signal = 0;
		check_names(true, &list[i].names);
	}
	free(list);
}

/* A cgroup's path, or /proc/PID/cgroup. */
static void parse_cgroup(const char *text, size_t len)
{
	char label[CONTAINER_LABEL_SIZE];
	struct container container = { .user = 0 };

	(void)len;
	check(container_of_path(text, container.id) == !!container.id[0]);
	check_name(container.id);
	container_user(text);
	check(container_of_proc(text, container.id, &container.user) ==
	      !!container.id[0]);
	check_name(container.id);
	container_label(&container, label);
}

/* libFuzzer calls it by its own name, which is none in this style. */
int fuzz_one(const unsigned char *data, size_t size)
	__asm__("LLVMFuzzerTestOneInput");

int fuzz_one(const unsigned char *data, size_t size)
{
	static void (*const parsers[])(const char *text, size_t len) = {
		parse_docker, parse_oci, parse_storage, parse_log, parse_k8s,
		parse_monitor, parse_store, parse_cgroup,
	};
	char *text;

	if (!size)
		return 0;
	/* Of just its size, so that reading behind it is seen. */
	text = malloc(size);
	if (!text)
		return 0;
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	parsers[(data[0] - '0') & 7](text, size - 1);
	free(text);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The process outside of a container that its main process is a child of: conmon
 * of podman and CRI-O, or containerd's shim. Their command lines say what the
 * container is called or where its bundle is.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proc/engine-file.h"
#include "proc/names-engines.h"
#include "proc/procfs.h"
#include "proc/task.h"

/* Generations in a container that are climbed at most. */
#define CLIMB_MAX	1000

/* Size of a command line that is read. */
#define CMDLINE_SIZE	65536

/* A command line: strings one after the other. */
struct cmdline {
	const char *text;
	const char *end;
};

/* Returns the argument behind @text, or NULL. */
static const char *next(const struct cmdline *line, const char *text)
{
	text += strlen(text) + 1;
	return text < line->end ? text : NULL;
}

/* Returns what follows the first argument that is @option or @alias, or NULL. */
static const char *value_of(const struct cmdline *line, const char *option,
			    const char *alias)
{
	const char *argument = line->text;

	while (argument && strcmp(argument, option) && strcmp(argument, alias))
		argument = next(line, argument);
	return argument ? next(line, argument) : NULL;
}

static const char *program_of(const struct cmdline *line)
{
	const char *slash = strrchr(line->text, '/');

	return slash ? slash + 1 : line->text;
}

static bool parse_conmon(const struct cmdline *line,
			 const struct names_query *query,
			 struct container_names *names)
{
	const char *id = value_of(line, "-c", "--cid");
	const char *name = value_of(line, "-n", "--name");
	const char *bundle = value_of(line, "-b", "--bundle");

	if (!id || strcmp(id, query->id))
		return false;
	if (bundle && names_of_bundle(bundle, query->user, names))
		return true;
	if (name && !query->user && names_parse_k8s(name, names))
		return true;
	return engine_copy(names->name, name);
}

/* A shim may be that of a pod: its -id need not be that of the container. */
static bool parse_shim(const struct cmdline *line,
		       const struct names_query *query,
		       struct container_names *names)
{
	const char *address = value_of(line, "-address", "--address");
	const char *namespace = value_of(line, "-namespace", "--namespace");
	char folder[ENGINE_PATH_SIZE];
	const char *slash;

	slash = address ? strrchr(address, '/') : NULL;
	if (!slash || *address != '/' || !namespace ||
	    strchr(namespace, '/') || *namespace == '.')
		return false;
	snprintf(folder, sizeof(folder), "%.*s", (int)(slash - address),
		 address);
	return names_of_shim(folder, namespace, query, names);
}

bool names_parse_monitor(const char *cmdline, size_t len,
			 const struct names_query *query,
			 struct container_names *names)
{
	static const char shim[] = "containerd-shim";
	const struct cmdline line = { cmdline, cmdline + len };
	const char *program;

	*names = (struct container_names){ 0 };
	if (!len)
		return false;
	program = program_of(&line);
	if (!strcmp(program, "conmon"))
		return parse_conmon(&line, query, names);
	if (!strncmp(program, shim, strlen(shim)))
		return parse_shim(&line, query, names);
	return false;
}

/*
 * Climbs from a process of the container to the first ancestor outside. Returns
 * its pid where it belongs to the owner of the container, or 0.
 */
static uint32_t find_monitor(const struct names_query *query)
{
	uint32_t pid = query->pid, found = 0;
	bool inside = true;
	struct task task;
	int i;

	for (i = 0; inside && pid && i < CLIMB_MAX; i++) {
		if (task_read(pid, &task)) {
			task_clear(&task);
			return 0;
		}
		inside = task.container && !strcmp(task.container, query->id);
		/* The process that the query names has to be in it. */
		if (!inside && i && task.process.uid == query->user)
			found = pid;
		pid = task.ppid;
		task_clear(&task);
	}
	return found;
}

bool names_of_monitor(const struct names_query *query,
		      struct container_names *names)
{
	char *cmdline = malloc(CMDLINE_SIZE);
	uint32_t pid = find_monitor(query);
	bool found = false;
	ssize_t len = 0;
	int dir;

	*names = (struct container_names){ 0 };
	dir = cmdline && pid ? procfs_open(pid, 0) : -1;
	if (dir >= 0) {
		len = procfs_read_file(dir, "cmdline", cmdline, CMDLINE_SIZE);
		close(dir);
	}
	/* With the NUL that it adds: arguments may be cut. */
	if (len > 0)
		found = names_parse_monitor(cmdline, (size_t)len + 1, query,
					    names);
	free(cmdline);
	return found;
}

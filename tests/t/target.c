// SPDX-License-Identifier: GPL-2.0
/*
 * Prints TAP: what a name stands for, among imaginary processes, containers that
 * are recorded, and names. Linked with
 * -Wl,--wrap=names_lookup,--wrap=error_print_of.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain/target.h"
#include "genl/history.h"
#include "lib/error.h"
#include "lib/util.h"
#include "proc/names-lookup.h"
#include "proc/procfs.h"
#include "proc/snapshot.h"

typeof(names_lookup) __wrap_names_lookup;
typeof(error_print_of) __wrap_error_print_of;

/* Full ids; what is behind the digits that differ is alike. */
#define ID(digits)	digits "00000000000000000000000000000000000000000000000000000000"

static const struct {
	const char *id;
	unsigned int user;
	const char *namespace, *pod, *name, *user_name;
} engine[] = {
	{ ID("aaaa0001"), 0, "", "", "web", "" },
	{ ID("aaaa0001"), 1000, "", "", "web", "alice" },
	{ ID("aaaa0002"), 0, "", "", "web2", "" },
	{ ID("bbbb0003"), 0, "", "", "db", "" },
	{ ID("00000017"), 0, "", "", "digits", "" },
	{ ID("cccc0005"), 0, "", "", "42", "" },
	{ ID("dddd0006"), 0, "shop", "web-0", "app", "" },
	{ ID("dddd0007"), 0, "shop", "web-0", "", "" },
	{ ID("dddd0008"), 0, "shop", "web-0", "log", "" },
	{ ID("dddd0009"), 0, "shop", "web-1", "app", "" },
	{ ID("eeee0010"), 0, "", "", "host", "" },
	{ ID("eeee0011"), 0, "", "", "gone", "" },
	{ ID("eeee0012"), 0, "", "", "gone", "" },
	{ ID("eeee0013"), 0, "", "", "we", "" },
	{ ID("eeee0014"), 0, "", "", "gone2", "" },
	{ ID("ffff0015"), 0, "old", "pod", "app", "" },
	{ ID("ffff0016"), 0, "old", "pod", "app", "" },
	{ ID("ffff0017"), 0, "old", "pod", "", "" },
};

/* Processes; the pid namespace of most is that of their container. */
static const struct {
	unsigned int pid;
	const char *container;
	unsigned int user, pidns, levels;
} processes[] = {
	{ 1, NULL, 0, PROCFS_PIDNS_INITIAL, 1 },
	{ 17, NULL, 0, PROCFS_PIDNS_INITIAL, 1 },
	{ 42, NULL, 0, 420, 2 },
	{ 100, ID("aaaa0001"), 0, 1, 2 },
	{ 101, ID("aaaa0001"), 0, 1, 2 },
	{ 102, ID("aaaa0001"), 1000, 2, 2 },
	{ 103, ID("aaaa0002"), 0, 3, 2 },
	{ 104, ID("bbbb0003"), 0, 4, 2 },
	{ 105, ID("bbbb0003"), 0, 5, 3 },
	{ 106, ID("00000017"), 0, 6, 2 },
	{ 107, ID("cccc0005"), 0, 7, 2 },
	{ 108, ID("dddd0007"), 0, 8, 2 },
	{ 109, ID("dddd0006"), 0, 9, 2 },
	{ 110, ID("dddd0008"), 0, 8, 2 },
	{ 111, ID("dddd0009"), 0, 11, 2 },
	{ 112, ID("eeee0010"), 0, PROCFS_PIDNS_INITIAL, 1 },
	{ 113, "lxc", 0, 13, 2 },
	{ 114, "x.service", 0, 14, 2 },
};

/* Teardowns that are recorded, the oldest first. */
static const struct {
	unsigned int pidns;
	const char *container;
} teardowns[] = {
	{ 50, ID("eeee0011") },
	{ 51, ID("eeee0012") },
	{ 52, ID("eeee0013") },
	{ 53, ID("eeee0014") },
	{ 54, ID("ffff0015") },
	{ 55, ID("ffff0017") },
	{ 56, ID("ffff0016") },
	{ 57, "" },
	{ 58, ID("99990099") },
};

static struct snapshot snapshot;
static struct history history;
static char message[8192];
static int tests, failed;

static void copy(char to[CONTAINER_SIZE], const char *from)
{
	snprintf(to, CONTAINER_SIZE, "%s", from);
}

size_t __wrap_names_lookup(const struct names_query *queries, size_t count,
			   struct container_names *names, int *error)
{
	size_t i, j;

	for (i = 0; i < count; i++) {
		names[i] = (struct container_names){ 0 };
		for (j = 0; j < ARRAY_SIZE(engine); j++) {
			if (strcmp(engine[j].id, queries[i].id) ||
			    engine[j].user != queries[i].user)
				continue;
			copy(names[i].name, engine[j].name);
			copy(names[i].pod, engine[j].pod);
			copy(names[i].pod_namespace, engine[j].namespace);
			copy(names[i].user, engine[j].user_name);
		}
	}
	*error = 0;
	return count;
}

void __wrap_error_print_of(const char *command, const char *format, ...)
{
	va_list args;

	(void)command;
	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
}

static void make_world(void)
{
	struct past_teardown *teardown;
	struct task *task;
	size_t i;

	snapshot.count = ARRAY_SIZE(processes);
	snapshot.list = calloc(snapshot.count, sizeof(*snapshot.list));
	history.nr_teardowns = ARRAY_SIZE(teardowns);
	history.teardowns = calloc(history.nr_teardowns,
				   sizeof(*history.teardowns));
	if (!snapshot.list || !history.teardowns)
		exit(1);
	for (i = 0; i < snapshot.count; i++) {
		task = &snapshot.list[i];
		task->process.pid = processes[i].pid;
		task->process.pidns = processes[i].pidns;
		task->process.ns_pid = 1;
		task->levels = processes[i].levels;
		task->container_user = processes[i].user;
		if (processes[i].container)
			task->container = strdup(processes[i].container);
	}
	for (i = 0; i < history.nr_teardowns; i++) {
		teardown = &history.teardowns[i];
		teardown->pidns = teardowns[i].pidns;
		snprintf(teardown->container, CONTAINER_SIZE, "%s",
			 teardowns[i].container);
	}
}

/*
 * Checks what @text stands for: @expected has the pids or pid namespaces, and
 * "gone" behind those that are; or the beginning of a message.
 */
static void is(const char *text, const char *expected)
{
	struct targets targets = { 0 };
	char got[8192] = "";
	enum target_found found;
	size_t i, len = 0;
	bool right;

	message[0] = '\0';
	found = target_find("explain", text, &snapshot, NULL, &targets);
	if (found == TARGET_UNREAD)
		found = target_find("explain", text, &snapshot, &history,
				    &targets);
	for (i = 0; i < targets.count && len < 1000; i++)
		len += (size_t)snprintf(got + len, sizeof(got) - len, "%s%u",
					i ? " " : "",
					targets.list[i].pid ?
						targets.list[i].pid :
						targets.list[i].pidns);
	snprintf(got + len, sizeof(got) - len, "%s%s%s",
		 found == TARGET_GONE ? " gone" : "",
		 message[0] && len ? ": " : "", message);
	right = !strncmp(got, expected, strlen(expected)) &&
		(found == TARGET_WRONG || !strcmp(got, expected));
	printf("%sok %d - %s: %s\n", right ? "" : "not ", ++tests, text,
	       expected);
	if (!right)
		printf("# got %s\n", got);
	failed += !right;
	free(targets.list);
}

int main(void)
{
	make_world();
	is("pidns:4", "4");
	is("pidns:999", "999 gone");
	is("pidns:x", "'pidns:x' is no pid namespace");
	is(ID("aaaa0002"), "3");
	is("web2", "3");
	is("db", "4");
	is("lxc", "13");
	is("x.service", "14");

	/* Of root and of a user. */
	is("web",
	   "2 containers are called 'web': web (aaaa00010000), web@alice (aaaa00010000)");
	is("web@alice", "2");

	/* Pids: behind a whole name, before the beginning of an id. */
	is("42", "7");
	is("17", "17");
	is("0000001", "6");
	is("100", "100");
	is("200", "there is no process 200");

	/* Beginnings. */
	is("bbbb", "4");
	is("digit", "6");
	is("dig", "6");
	is("aaaa0002", "3");
	is("aaaa", "3 containers begin with 'aaaa': ");
	is("web2x", "no process is in a container that begins with 'web2x'");
	is("WEB2", "no process is in a container that begins with 'WEB2'");
	is("", "no process is in a container that begins with ''");

	/* Pods; two containers of this one share a pid namespace. */
	is("shop/web-0", "9 8");
	is("shop/web-0/app", "9");
	is("shop/web-0/log", "8");
	is("shop/web-1", "11");
	is("shop/web", "no container of a pod 'shop/web' runs here or is recorded");
	is("shop/web-0/", "no container of a pod");
	is("/web-0", "no container of a pod");
	is("app",
	   "2 containers are called 'app': shop/web-0/app (dddd00060000), shop/web-1/app (");

	/* What is gone: a whole name comes before the beginning of another. */
	is("we", "52 gone");
	is("gone", "51 gone: 1 earlier: pidns:50");
	is("gon",
	   "2 containers that are gone begin with 'gon': pidns:53 (gone2), pidns:51 (gone)");
	is("eeee0011", "50 gone");
	is("old/pod/app", "56 gone: 1 earlier: pidns:54");
	is("old/pod", "56 55 gone: 1 earlier: pidns:54");
	is(ID("99990099"), "58 gone");
	is("9999", "58 gone");

	is("host",
	   "container host is in the initial pid namespace: name a process of it, such as 112");
	is("ssh.service", "'ssh.service' is a unit, and no container");
	is("pidns:4026531836", "pidns:4026531836 is the initial pid namespace");
	printf("1..%d\n", tests);
	return failed > 0;
}

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
#include "genl/life.h"
#include "lib/clock.h"
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
	{ ID("77770018"), 0, "", "", "kept", "" },
	{ ID("77770019"), 0, "", "", "kept", "" },
	{ ID("77770020"), 0, "", "", "kept2", "" },
	{ ID("88880021"), 0, "", "", "left", "" },
	{ ID("88880022"), 0, "", "", "again", "" },
};

/* Processes; the pid namespace of most is that of their container. */
static const struct {
	unsigned int pid;
	const char *container;
	unsigned int user, pidns, levels, ns_pid, ppid;
} processes[] = {
	{ 1, NULL, 0, PROCFS_PIDNS_INITIAL, 1, 1, 0 },
	{ 17, NULL, 0, PROCFS_PIDNS_INITIAL, 1, 17, 1 },
	{ 42, NULL, 0, 420, 2, 1, 1 },
	{ 100, ID("aaaa0001"), 0, 1, 2, 1, 17 },
	{ 101, ID("aaaa0001"), 0, 1, 2, 2, 100 },
	{ 102, ID("aaaa0001"), 1000, 2, 2, 1, 17 },
	{ 103, ID("aaaa0002"), 0, 3, 2, 1, 17 },
	{ 104, ID("bbbb0003"), 0, 4, 2, 1, 17 },
	{ 105, ID("bbbb0003"), 0, 5, 3, 1, 104 },
	{ 106, ID("00000017"), 0, 6, 2, 1, 17 },
	{ 107, ID("cccc0005"), 0, 7, 2, 1, 17 },
	{ 108, ID("dddd0007"), 0, 8, 2, 1, 17 },
	{ 109, ID("dddd0006"), 0, 9, 2, 1, 17 },
	{ 110, ID("dddd0008"), 0, 8, 2, 5, 17 },
	{ 111, ID("dddd0009"), 0, 11, 2, 1, 17 },
	{ 112, ID("eeee0010"), 0, PROCFS_PIDNS_INITIAL, 1, 112, 17 },
	{ 113, "lxc", 0, 13, 2, 1, 17 },
	{ 114, "x.service", 0, 14, 2, 1, 17 },
	/* Without a namespace: it made one, its child came from outside. */
	{ 115, ID("eeee0010"), 0, 15, 2, 1, 112 },
	{ 116, ID("eeee0010"), 0, PROCFS_PIDNS_INITIAL, 1, 116, 17 },
	{ 117, ID("88880021"), 0, PROCFS_PIDNS_INITIAL, 1, 117, 1 },
	{ 118, ID("88880022"), 0, PROCFS_PIDNS_INITIAL, 1, 118, 17 },
	{ 119, ID("88880022"), 0, PROCFS_PIDNS_INITIAL, 1, 119, 17 },
};

/* What the ledger has, in the order of begin. */
static const struct {
	const char *container;
	unsigned int main, pidns;
	bool ended;
} kept[] = {
	{ ID("aaaa0002"), 903, 30, true },
	{ ID("aaaa0002"), 103, 3, false },
	{ ID("77770018"), 918, 60, true },
	{ ID("77770019"), 919, 0, true },
	{ ID("77770020"), 920, 61, true },
	{ ID("88880021"), 921, 0, true },
	{ ID("88880022"), 922, 0, true },
	{ ID("88880022"), 119, 0, false },
	{ ID("88880022"), 923, 0, true },
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
	/* Within a container that the ledger has. */
	{ 59, ID("77770018") },
};

static struct snapshot snapshot;
static struct history history;
static struct lives lives;
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

static void make_lives(void)
{
	struct life life;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kept); i++) {
		life = (struct life){
			.main = { .has = 1, .pid = kept[i].main },
			.pidns = kept[i].pidns,
			.begin_ns = i + 1,
			.end_ns = kept[i].ended ? i + 100 : 0,
		};
		life.main.pidns = kept[i].pidns;
		life.main.start_ns = kept[i].main * clock_tick_ns();
		snprintf(life.path, sizeof(life.path), "/docker/%s",
			 kept[i].container);
		if (lives_add(&lives, &life))
			exit(1);
	}
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
		task->process.ns_pid = processes[i].ns_pid;
		task->start_ticks = processes[i].pid;
		task->ppid = processes[i].ppid;
		task->levels = processes[i].levels;
		task->container_user = processes[i].user;
		if (processes[i].container)
			task->container = strdup(processes[i].container);
	}
	for (i = 0; i < history.nr_teardowns; i++) {
		teardown = &history.teardowns[i];
		teardown->pidns = teardowns[i].pidns;
		teardown->end.boot_ns = i + 1;
		snprintf(teardown->container, CONTAINER_SIZE, "%s",
			 teardowns[i].container);
	}
}

static size_t print_target(const struct target *target, const char *before,
			   char *to, size_t size)
{
	int len = snprintf(to, size, "%s%u", before,
			   target->pid ? target->pid : target->pidns);

	if (target->earlier)
		len += snprintf(to + len, size - (size_t)len, "(%zu earlier)",
				target->earlier);
	return (size_t)len;
}

/*
 * Checks what @text stands for: @expected has the pids of main, or the pid
 * namespaces, each with how many earlier ones there are, and "gone" behind those
 * that are; or the beginning of a message.
 */
static void is(const char *text, const char *expected)
{
	struct targets targets = { 0 };
	char got[8192] = "";
	enum target_found found;
	size_t i, len = 0;
	bool right;

	message[0] = '\0';
	found = target_find("explain", text, &snapshot, &lives, NULL, &targets);
	if (found == TARGET_UNREAD)
		found = target_find("explain", text, &snapshot, &lives,
				    &history, &targets);
	for (i = 0; i < targets.count && len < 1000; i++)
		len += print_target(&targets.list[i], i ? " " : "", got + len,
				    sizeof(got) - len);
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

/* Of the lives of a container all but the last one were followed by another. */
static void check_restarted(void)
{
	static const bool expected[] = {
		[0] = true, [6] = true, [7] = true,
		[ARRAY_SIZE(kept) - 1] = false,
	};
	bool restarted;
	size_t i;

	for (i = 0; i < lives.count; i++) {
		restarted = lives_restarted(&lives, &lives.list[i]);
		printf("%sok %d - life %zu was %sfollowed by another\n",
		       restarted == expected[i] ? "" : "not ", ++tests, i,
		       expected[i] ? "" : "not ");
		failed += restarted != expected[i];
	}
}

int main(void)
{
	make_world();
	make_lives();
	is("pidns:4", "4");
	is("pidns:999", "999 gone");
	is("pidns:60", "60 gone");
	is("pidns:x", "'pidns:x' is no pid namespace");
	is("db", "104");
	is("lxc", "113");
	is("x.service", "114");

	/* Of one that lives the earlier ones are counted. */
	is(ID("aaaa0002"), "103(1 earlier)");
	is("web2", "103(1 earlier)");
	is("103", "103");

	/* Of root and of a user. */
	is("web",
	   "2 containers are called 'web': web (aaaa00010000), web@alice (aaaa00010000)");
	is("web@alice", "102");

	/* Pids: behind a whole name, before the beginning of an id. */
	is("42", "107");
	is("17", "17");
	is("0000001", "106");
	is("100", "100");
	is("200", "there is no process 200");
	is("918", "there is no process 918");

	/* A pid is its container's main. */
	is("101", "100");
	is("105", "104");
	is("110", "110");
	is("117", "921");

	/* Beginnings. */
	is("bbbb", "104");
	is("digit", "106");
	is("dig", "106");
	is("aaaa0002", "103(1 earlier)");
	is("aaaa", "3 containers begin with 'aaaa': ");
	is("web2x", "no process is in a container that begins with 'web2x'");
	is("WEB2", "no process is in a container that begins with 'WEB2'");
	is("", "no process is in a container that begins with ''");

	/* Pods; two containers of this one share a pid namespace. */
	is("shop/web-0", "109 110 108");
	is("shop/web-0/app", "109");
	is("shop/web-0/log", "110");
	is("shop/web-1", "111");
	is("shop/web", "no container of a pod 'shop/web' runs here or is recorded");
	is("shop/web-0/", "no container of a pod");
	is("/web-0", "no container of a pod");
	is("app",
	   "2 containers are called 'app': shop/web-0/app (dddd00060000), shop/web-1/app (");

	/* In the initial namespace: who came first, or as the ledger has it. */
	is("host", "112");
	is("115", "112");
	is("left", "921");
	is("again", "119(2 earlier)");

	/* What is gone: a whole name comes before the beginning of another. */
	is("we", "52 gone");
	is("gone", "51(1 earlier) gone");
	is("gon",
	   "2 containers that are gone begin with 'gon': gone2 (eeee00140000), gone (eeee00120000)");
	is("eeee0011", "50 gone");
	is("old/pod/app", "56(1 earlier) gone");
	is("old/pod", "56(1 earlier) 55 gone");
	is(ID("99990099"), "58 gone");
	is("9999", "58 gone");

	/* In the ledger. */
	is("kept", "919(1 earlier) gone");
	is(ID("77770018"), "918 gone");
	is("77770018", "918 gone");
	is("7777002", "920 gone");
	is("ke",
	   "2 containers that are gone begin with 'ke': kept2 (777700200000), kept (777700190000)");

	is("ssh.service", "'ssh.service' is a unit, and no container");
	is("pidns:4026531836", "pidns:4026531836 is the initial pid namespace");
	check_restarted();
	printf("1..%d\n", tests);
	return failed > 0;
}

// SPDX-License-Identifier: GPL-2.0
/* Prints TAP: what is said of the stop of a container, from given signals. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "explain/origin.h"
#include "explain/stop.h"
#include "lib/clock.h"
#include "lib/strbuf.h"
#include "lib/util.h"

#define MINUTES(n)	((n) * 60)
#define HOURS(n)	((n) * 3600)
#define END_S		HOURS(100)
#define DROPPED		NSORPHAN_SIGNAL_RESULT_IGNORED
#define OOM		NSORPHAN_SIGNAL_CAUSE_OOM
#define TEARDOWN	NSORPHAN_SIGNAL_CAUSE_TEARDOWN
#define CTRL_C		NSORPHAN_SIGNAL_CAUSE_TTY

/* A given signal: @before seconds before the end, from process @from. */
struct made {
	int signal;
	unsigned int before;
	unsigned int from;		/* 0: the kernel */
	unsigned int parent;
	enum nsorphan_signal_result result;
	unsigned int cause;
	unsigned int count;		/* 0: 1 */
	unsigned int since;		/* the first one, seconds before the end */
};

#define SENT(number, seconds, sender, its_parent, ...)	\
	{ .signal = number, .before = seconds, .from = sender,	\
	  .parent = its_parent, ##__VA_ARGS__ }

static const struct {
	const char *name;
	int exit_signal;		/* -1: it lives; -2: in teardown, SIGKILL */
	struct made sent[4];
	unsigned int stop_signal;
	const char *outcome;		/* NULL: no stop */
	int asked, killed;		/* numbers of sent, from 1; 0: none */
	unsigned int seconds;
} cases[] = {
	{ "by itself", 0, { { 0 } }, 0, "exited", 0, 0, 0 },
	{ "crashed", SIGSEGV, { { 0 } }, 0, "crashed", 0, 0, 0 },
	{ "nobody asks it to end", -1, { { 0 } }, 0, NULL, 0, 0, 0 },
	{ "daily life asks for nothing", -1,
	  { SENT(SIGHUP, 9, 5, 1), SENT(SIGWINCH, 8, 5, 1),
	    SENT(SIGCONT, 7, 5, 1, .result = DROPPED),
	    SENT(SIGURG, 6, 5, 1, .result = DROPPED) },
	  0, NULL, 0, 0, 0 },
	{ "a dropped SIGWINCH asks", -1,
	  { SENT(SIGWINCH, 9, 5, 1, .result = DROPPED) }, 0, "pending", 1, 0, 9 },
	{ "a dropped SIGHUP asks", -1, { SENT(SIGHUP, 9, 5, 1, .result = DROPPED) }, 0,
	  "pending", 1, 0, 9 },
	{ "the engine's own stop signal asks", -1,
	  { SENT(SIGWINCH, 9, 5, 1), SENT(SIGHUP, 8, 5, 1) }, SIGWINCH,
	  "pending", 1, 0, 9 },
	{ "asked days ago, and it lives", -1, { SENT(SIGTERM, HOURS(90), 5, 1) },
	  0, "pending", 1, 0, HOURS(90) },
	{ "asked, it ends well", 0, { SENT(SIGTERM, 3, 5, 1) }, 0,
	  "stopped", 1, 0, 3 },
	{ "it takes its time", 0, { SENT(SIGTERM, HOURS(23), 5, 1) }, 0,
	  "stopped", 1, 0, HOURS(23) },
	{ "what it took days ago did not end it", 0,
	  { SENT(SIGTERM, HOURS(25), 5, 1) }, 0, "exited", 0, 0, 0 },
	{ "what was dropped did not end it", 0,
	  { SENT(SIGTERM, 3, 5, 1, .result = DROPPED) }, 0, "exited", 0, 0, 0 },
	{ "asked before it crashed", SIGSEGV, { SENT(SIGTERM, 3, 5, 1) }, 0,
	  "stopped", 1, 0, 3 },
	{ "it ended before SIGKILL", 0,
	  { SENT(SIGTERM, 10, 5, 1), SENT(SIGKILL, 0, 6, 1) }, 0,
	  "stopped", 2, 0, 0 },
	{ "killed at once", SIGKILL, { SENT(SIGKILL, 0, 5, 1) }, 0,
	  "killed", 1, 1, 0 },
	{ "a stop that timed out", SIGKILL,
	  { SENT(SIGTERM, 10, 5, 1, .result = DROPPED),
	    SENT(SIGKILL, 0, 6, 1) }, 0,
	  "killed", 1, 2, 10 },
	{ "the last question counts", SIGKILL,
	  { SENT(SIGINT, 90, 4, 1),
	    SENT(SIGTERM, 10, 5, 1), SENT(SIGKILL, 0, 6, 1) },
	  0, "killed", 2, 3, 10 },
	{ "long patience of one engine", SIGKILL,
	  { SENT(SIGTERM, HOURS(2), 5, 1, .result = DROPPED),
	    SENT(SIGKILL, 0, 6, 1) }, 0,
	  "killed", 1, 2, HOURS(2) },
	{ "and of one process", SIGKILL,
	  { SENT(SIGTERM, HOURS(2), 5, 0, .result = DROPPED),
	    SENT(SIGKILL, 0, 5, 0) }, 0,
	  "killed", 1, 2, HOURS(2) },
	{ "a day is too long", SIGKILL,
	  { SENT(SIGTERM, HOURS(25), 5, 1, .result = DROPPED),
	    SENT(SIGKILL, 0, 6, 1) }, 0,
	  "killed", 2, 2, 0 },
	{ "soon after another one's question", SIGKILL,
	  { SENT(SIGTERM, MINUTES(9), 5, 1, .result = DROPPED),
	    SENT(SIGKILL, 0, 6, 2) }, 0,
	  "killed", 1, 2, MINUTES(9) },
	{ "long after another one's question", SIGKILL,
	  { SENT(SIGTERM, MINUTES(11), 5, 1, .result = DROPPED),
	    SENT(SIGKILL, 0, 6, 2) }, 0,
	  "killed", 2, 2, 0 },
	{ "the first SIGKILL is the one", SIGKILL,
	  { SENT(SIGTERM, 20, 5, 1),
	    SENT(SIGKILL, 9, 6, 1), SENT(SIGKILL, 5, 7, 1) },
	  0, "killed", 1, 2, 20 },
	{ "a SIGKILL that was dropped is not", SIGKILL,
	  { SENT(SIGKILL, 9, 5, 1, .result = DROPPED),
	    SENT(SIGKILL, 0, 6, 1) }, 0,
	  "killed", 1, 2, 9 },
	{ "out of memory", SIGKILL, { SENT(SIGKILL, 0, 0, 0, .cause = OOM) }, 0,
	  "oom-killed", 0, 1, 0 },
	{ "out of memory while it is stopped", SIGKILL,
	  { SENT(SIGTERM, 3, 5, 1), SENT(SIGKILL, 0, 0, 0, .cause = OOM) }, 0,
	  "oom-killed", 1, 2, 3 },
	{ "its pid namespace ended", SIGKILL,
	  { SENT(SIGKILL, 0, 0, 0, .cause = TEARDOWN) }, 0, "killed", 0, 1, 0 },
	{ "runc was faster than the OOM killer", SIGKILL,
	  { SENT(SIGKILL, 0, 5, 1),
	    SENT(SIGKILL, 0, 0, 0, .result = DROPPED, .cause = OOM) }, 0,
	  "killed", 1, 1, 0 },
	{ "nobody knows who killed it", SIGKILL, { { 0 } }, 0,
	  "killed", 0, 0, 0 },
	{ "from the terminal", SIGINT, { SENT(SIGINT, 1, 0, 0, .cause = CTRL_C) }, 0,
	  "stopped", 1, 0, 1 },
	{ "repeated: the first counts", 0,
	  { SENT(SIGTERM, 3, 5, 1, .count = 4, .since = 90) }, 0, "stopped", 1, 0, 90 },
	{ "repeated for days: the last counts", 0,
	  { SENT(SIGTERM, 3, 5, 1, .count = 4, .since = HOURS(40)) }, 0, "stopped", 1, 0, 3 },
	{ "its teardown goes on", -2,
	  { SENT(SIGTERM, 10, 5, 1, .result = DROPPED),
	    SENT(SIGKILL, 0, 6, 1) }, 0,
	  "pending", 1, 2, 10 },
};

static struct process make_process(unsigned int pid, const char *comm)
{
	struct process process = {
		.has = pid ? 1U << NSORPHAN_A_PROCESS_PID : 0,
		.pid = pid,
	};

	snprintf(process.comm, COMM_MAX, "%s", comm);
	return process;
}

static void make_signal(const struct made *made, struct outside_signal *sent)
{
	unsigned long long last_s = END_S - made->before;

	*sent = (struct outside_signal){
		.signal = (unsigned int)made->signal,
		.sender = make_process(made->from, "runc"),
		.sender_parent = make_process(made->parent, "shim"),
		.result = made->result ? made->result :
					 NSORPHAN_SIGNAL_RESULT_DELIVERED,
		.cause = made->cause,
		.count = made->count ? made->count : 1,
		.first_ns = (made->since ? END_S - made->since : last_s) *
			    NS_PER_SEC,
		.last_ns = last_s * NS_PER_SEC,
	};
}

static void make_life(size_t i, struct life *life)
{
	int exit_signal = cases[i].exit_signal;
	const struct made *made = cases[i].sent;

	*life = (struct life){ .main = make_process(100, "main") };
	if (exit_signal != -1)
		life->end_ns = END_S * NS_PER_SEC;
	if (exit_signal == -2) {
		life->teardown_begin_ns = life->end_ns;
		exit_signal = SIGKILL;
	}
	if (exit_signal > 0)
		life->main.exit_signal = (unsigned int)exit_signal;
	while (life->nr_signals < ARRAY_SIZE(cases[i].sent) && made->signal)
		make_signal(made++, &life->signals[life->nr_signals++]);
}

static int number_of(const struct life *life, const struct outside_signal *sent)
{
	return sent ? (int)(sent - life->signals) + 1 : 0;
}

static void print_ok(bool good, const char *name)
{
	static unsigned int count;

	printf("%s %u - %s\n", good ? "ok" : "not ok", ++count, name);
}

static void check(size_t i)
{
	const char *outcome = "none", *wanted;
	unsigned int seconds = 0;
	struct stop stop = { 0 };
	struct life life;
	bool good;

	make_life(i, &life);
	if (stop_of_life(&life, cases[i].stop_signal, &stop)) {
		outcome = stop_outcome_name(stop.outcome);
		seconds = (unsigned int)(stop_duration_ns(&stop, END_S * NS_PER_SEC) /
					 NS_PER_SEC);
	}
	wanted = cases[i].outcome;
	good = !strcmp(outcome, wanted ? wanted : "none") &&
	       number_of(&life, stop.asked) == cases[i].asked &&
	       number_of(&life, stop.kill) == cases[i].killed &&
	       seconds == cases[i].seconds;
	print_ok(good, cases[i].name);
	if (!good)
		printf("# got %s, asked %d, killed %d, %u s\n", outcome,
		       number_of(&life, stop.asked),
		       number_of(&life, stop.kill), seconds);
}

static const struct {
	const char *comm, *parent, *path;
	unsigned int uid;
	const char *origin, *log;
} origins[] = {
	{ "runc", "containerd-shim", "/system.slice/docker.service", 0,
	  "runc 7 (containerd-shim, docker.service)", "docker events" },
	{ "runc", "containerd-shim", "/system.slice/containerd.service", 0,
	  "runc 7 (containerd-shim, containerd.service)",
	  "journalctl -u containerd.service" },
	{ "kill", "bash", "/user.slice/user-1000.slice/session-3.scope", 1000,
	  "kill 7 (session-3.scope, uid 1000)", "" },
	{ "kill", "bash", "/user.slice/user-0.slice/session-3.scope", 0,
	  "kill 7 (session-3.scope, uid 0)", "" },
	{ "podman", "bash", "/user.slice/user-0.slice/session-3.scope", 0,
	  "podman 7 (session-3.scope, uid 0)", "podman events" },
	{ "kill", "bash", "ice/user@1000.service/app.slice/app-1.scope", 1000,
	  "kill 7 (app-1.scope, uid 1000)", "" },
	{ "x", "worker", "/system.slice/app.service/workers", 33,
	  "x 7 (worker, app.service, uid 33)", "journalctl -u app.service" },
	{ "kill", "bash", "", 0, "kill 7 (bash, uid 0)", "" },
	{ "kill", "bash", "/", 0, "kill 7 (bash, uid 0)", "" },
	{ "kill", "bash", "/.service", 0, "kill 7 (bash, uid 0)", "" },
};

static void check_origin(size_t i)
{
	struct strbuf origin = { .string = NULL }, log = { .string = NULL };
	struct outside_signal sent = {
		.sender = make_process(7, origins[i].comm),
		.sender_parent = make_process(6, origins[i].parent),
	};

	sent.sender.uid = origins[i].uid;
	snprintf(sent.sender_cgroup, sizeof(sent.sender_cgroup), "%s",
		 origins[i].path);
	origin_append(&origin, &sent);
	print_ok(!strcmp(origin.string, origins[i].origin), origins[i].origin);
	if (strcmp(origin.string, origins[i].origin))
		printf("# got %s\n", origin.string);
	strbuf_addf(&log, "%s", "");
	print_ok(origin_append_log(&log, &sent) == !!*origins[i].log &&
		 !strcmp(log.string, origins[i].log), "and where to read more");
}

int main(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		check(i);
	for (i = 0; i < ARRAY_SIZE(origins); i++)
		check_origin(i);
	printf("1..%zu\n", ARRAY_SIZE(cases) + 2 * ARRAY_SIZE(origins));
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
/* Prints TAP: the verdict, the processes and flags in it, from given facts. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "proc/task.h"
#include "lib/util.h"
#include "explain/verdict-text.h"

#define BIT(signal)	(UINT64_C(1) << ((signal) - 1))
#define SEC(n)		((n) * NS_PER_SEC)

/* A given process: its state, its signal masks, and the last signal to it. */
struct made {
	char letter;
	unsigned long long pending, blocked, ignored, caught;
	unsigned int sent;			/* 0: nothing */
	enum nsorphan_signal_result result;
	enum signal_coverage record;
	bool unread;			/* masks could not be read */
	bool waits;			/* for a child */
	unsigned int waits_for;
	bool outside_parent, outside_tracer, dumping;
	bool parent_traces;
	enum frozen frozen;
	unsigned int live_thread;
	bool recorded;			/* begin and end of the teardown */
};

static const struct {
	const char *name;
	enum condition condition;
	struct made init;
	struct made others[3];		/* up to the first with letter 0 */
	const char *verdict;
	const char *findings;		/* PID:CAUSE[:FLAG]... */
	const char *text;		/* part of the sentence */
} cases[] = {
	{ "nothing was sent", NS_ALIVE, { .letter = 'S' }, { { 0 } },
	  "healthy", "", "No signal that would end it is recorded" },
	{ "init runs", NS_ALIVE, { .letter = 'R' }, { { .letter = 'S' } },
	  "healthy", "", "runs, with 1 living child." },
	{ "waits for children, and no signal was sent", NS_ALIVE,
	  { .letter = 'S', .waits = true }, { { .letter = 'S' } },
	  "healthy", "", "sleeps in wait4" },
	{ "masks could not be read", NS_ALIVE, { .letter = 'S', .unread = true },
	  { { 0 } }, "healthy", "", "" },
	{ "no handler", NS_ALIVE,
	  { .letter = 'S', .sent = SIGTERM, .result = NSORPHAN_SIGNAL_RESULT_IGNORED },
	  { { .letter = 'S' } }, "init-ignores-signal",
	  "100:init-ignores-signal", "it has no handler, and the init" },
	{ "init ignores the signal", NS_ALIVE,
	  { .letter = 'S', .ignored = BIT(SIGTERM), .sent = SIGTERM,
	    .result = NSORPHAN_SIGNAL_RESULT_IGNORED },
	  { { 0 } }, "init-ignores-signal", "100:init-ignores-signal",
	  "the process ignores SIGTERM." },
	{ "the handler was installed after the signal", NS_ALIVE,
	  { .letter = 'S', .caught = BIT(SIGTERM), .sent = SIGTERM,
	    .result = NSORPHAN_SIGNAL_RESULT_IGNORED },
	  { { 0 } }, "init-ignores-signal", "100:init-ignores-signal",
	  "send SIGTERM again" },
	{ "SIGKILL from inside", NS_ALIVE,
	  { .letter = 'S', .sent = SIGKILL, .result = NSORPHAN_SIGNAL_RESULT_IGNORED },
	  { { 0 } }, "init-ignores-signal", "100:init-ignores-signal",
	  "cannot be killed from inside. SIGKILL from outside ends it (kill -KILL 100)." },
	{ "SIGHUP without a handler", NS_ALIVE,
	  { .letter = 'S', .sent = SIGHUP, .result = NSORPHAN_SIGNAL_RESULT_IGNORED },
	  { { 0 } }, "init-ignores-signal", "100:init-ignores-signal",
	  "SIGKILL from outside ends it (kill -KILL 100); SIGHUP needs a handler." },
	{ "blocked and pending", NS_ALIVE,
	  { .letter = 'S', .pending = BIT(SIGTERM), .blocked = BIT(SIGTERM) },
	  { { 0 } }, "init-blocks-signal", "100:init-blocks-signal",
	  "was sent SIGTERM, which is pending: the process blocks it." },
	{ "blocked by its own handler", NS_ALIVE,
	  { .letter = 'S', .pending = BIT(SIGTERM), .blocked = BIT(SIGTERM),
	    .caught = BIT(SIGTERM), .sent = SIGTERM, .result = NSORPHAN_SIGNAL_RESULT_PENDING },
	  { { 0 } }, "init-blocks-signal", "100:init-blocks-signal",
	  "or is in its handler" },
	{ "of two blocked signals the one that asks to end is reported", NS_ALIVE,
	  { .letter = 'S', .pending = BIT(SIGHUP) | BIT(SIGTERM),
	    .blocked = UINT64_MAX },
	  { { 0 } }, "init-blocks-signal", "100:init-blocks-signal",
	  "SIGTERM" },
	{ "blocked, not pending", NS_ALIVE,
	  { .letter = 'S', .blocked = BIT(SIGTERM) }, { { 0 } },
	  "healthy", "", "" },
	{ "pending, not blocked: about to be delivered", NS_ALIVE,
	  { .letter = 'R', .pending = BIT(SIGTERM) }, { { 0 } },
	  "healthy", "", "" },
	{ "SIGCHLD is blocked and pending", NS_ALIVE,
	  { .letter = 'S', .pending = BIT(SIGCHLD), .blocked = BIT(SIGCHLD) },
	  { { 0 } }, "healthy", "", "" },
	{ "a child that handles SIGTERM", NS_ALIVE,
	  { .letter = 'S', .caught = BIT(SIGTERM), .sent = SIGTERM,
	    .waits = true },
	  { { .letter = 'S', .caught = BIT(SIGTERM), .sent = SIGTERM } },
	  "init-waits-for-child", "101:init-waits-for-child:handles",
	  "which it handles without ending" },
	{ "a child that ignores SIGTERM", NS_ALIVE,
	  { .letter = 'S', .caught = BIT(SIGTERM), .sent = SIGTERM,
	    .waits = true },
	  { { .letter = 'S', .ignored = BIT(SIGTERM), .sent = SIGTERM,
	      .result = NSORPHAN_SIGNAL_RESULT_IGNORED } },
	  "init-waits-for-child", "101:init-waits-for-child:ignores",
	  "which it ignores" },
	{ "a child that blocks SIGTERM", NS_ALIVE,
	  { .letter = 'S', .caught = BIT(SIGTERM), .sent = SIGTERM,
	    .waits = true },
	  { { .letter = 'S', .blocked = BIT(SIGTERM), .pending = BIT(SIGTERM),
	      .sent = SIGTERM } },
	  "init-waits-for-child", "101:init-waits-for-child:blocks",
	  "was sent a signal that it blocks" },
	{ "a child that was sent no signal", NS_ALIVE,
	  { .letter = 'S', .caught = BIT(SIGTERM), .sent = SIGTERM,
	    .waits = true },
	  { { .letter = 'S', .caught = BIT(SIGTERM) } },
	  "init-waits-for-child", "101:init-waits-for-child:sent-none",
	  "was sent no signal since; it would handle SIGTERM" },
	{ "a child whose signals may be lost", NS_ALIVE,
	  { .letter = 'S', .caught = BIT(SIGTERM), .sent = SIGTERM,
	    .waits = true },
	  { { .letter = 'S', .record = COVERAGE_SOME } },
	  "init-waits-for-child", "101:init-waits-for-child",
	  "was sent no signal that is recorded, but not all are." },
	{ "a child whose signals are not recorded any more", NS_ALIVE,
	  { .letter = 'S', .caught = BIT(SIGTERM), .sent = SIGTERM,
	    .waits = true, .record = COVERAGE_OFF },
	  { { .letter = 'T', .record = COVERAGE_OFF } },
	  "init-waits-for-child", "101:init-waits-for-child",
	  "may have been sent a signal: they are not recorded, and is stopped." },
	{ "no signal is recorded", NS_ALIVE,
	  { .letter = 'S', .record = COVERAGE_OFF }, { { 0 } },
	  "healthy", "", "is pending; others are not recorded" },
	{ "some signals are lost", NS_ALIVE,
	  { .letter = 'S', .record = COVERAGE_SOME }, { { 0 } },
	  "healthy", "", "but events were lost" },
	{ "a stopped child with a pending fatal signal", NS_ALIVE,
	  { .letter = 'S', .caught = BIT(SIGTERM), .sent = SIGTERM,
	    .waits = true },
	  { { .letter = 'T', .sent = SIGTERM } },
	  "init-waits-for-child", "101:init-waits-for-child",
	  "which should end it, and is stopped: SIGCONT lets it go on" },
	{ "init waits for one child", NS_ALIVE,
	  { .letter = 'S', .caught = BIT(SIGTERM), .sent = SIGTERM,
	    .waits = true, .waits_for = 3 },
	  { { .letter = 'S' }, { .letter = 'S' } },
	  "init-waits-for-child", "102:init-waits-for-child:sent-none", "" },
	{ "init waits for any child", NS_ALIVE,
	  { .letter = 'S', .caught = BIT(SIGTERM), .sent = SIGTERM,
	    .waits = true },
	  { { .letter = 'S' }, { .letter = 'S' } },
	  "init-waits-for-child",
	  "101:init-waits-for-child:sent-none 102:init-waits-for-child:sent-none",
	  "2 of its children live" },
	{ "a signal taken by sigtimedwait, as tini does", NS_ALIVE,
	  { .letter = 'S', .blocked = UINT64_MAX, .sent = SIGTERM },
	  { { .letter = 'S', .caught = BIT(SIGTERM), .sent = SIGTERM } },
	  "init-waits-for-child", "101:init-waits-for-child:handles", "" },
	{ "init handled the signal and has no child", NS_ALIVE,
	  { .letter = 'S', .caught = BIT(SIGTERM), .sent = SIGTERM }, { { 0 } },
	  "healthy", "", "which it handled, and goes on" },
	{ "a handled SIGHUP does not ask to end", NS_ALIVE,
	  { .letter = 'S', .caught = BIT(SIGHUP), .sent = SIGHUP,
	    .waits = true },
	  { { .letter = 'S' } }, "healthy", "", "which it handled" },
	{ "the signal was lost", NS_ALIVE,
	  { .letter = 'S', .caught = BIT(SIGTERM), .sent = SIGTERM,
	    .result = NSORPHAN_SIGNAL_RESULT_LOST, .waits = true },
	  { { .letter = 'S' } }, "healthy", "", "send it again" },
	{ "stopped", NS_ALIVE,
	  { .letter = 'T', .sent = SIGTERM, .result = NSORPHAN_SIGNAL_RESULT_IGNORED },
	  { { 0 } }, "init-stopped", "100:init-stopped", "kill -CONT 100" },
	{ "stopped by a tracer", NS_ALIVE,
	  { .letter = 't', .outside_tracer = true }, { { 0 } },
	  "init-stopped", "100:init-stopped", "traced by gdb 400" },
	{ "paused", NS_ALIVE, { .letter = 'S', .frozen = FROZEN_V2 }, { { 0 } },
	  "init-stopped", "100:init-stopped:frozen", "frozen by its cgroup" },
	{ "disk sleep", NS_ALIVE, { .letter = 'D' }, { { 0 } },
	  "init-disk-sleep", "100:init-disk-sleep", "not even SIGKILL" },

	{ "a zombie's parent outside", NS_TEARDOWN, { .letter = 'S' },
	  { { .letter = 'Z', .outside_parent = true } },
	  "teardown-outside-parent",
	  "101:teardown-outside-parent:outside-parent",
	  "Reap 101 (child): its parent is parent 300, outside" },
	{ "the parent outside of a living process is not the cause", NS_TEARDOWN,
	  { .letter = 'S' }, { { .letter = 'D', .outside_parent = true } },
	  "teardown-disk-sleep", "101:teardown-disk-sleep:outside-parent", "" },
	{ "a zombie's parent inside", NS_TEARDOWN, { .letter = 'S' },
	  { { .letter = 'Z' } }, "teardown-running", "101:teardown-running",
	  "about to be reaped" },
	{ "a zombie that is traced", NS_TEARDOWN, { .letter = 'S' },
	  { { .letter = 'Z', .outside_tracer = true } }, "teardown-traced",
	  "101:teardown-traced:outside-tracer", "its tracer gdb 400 has to detach" },
	{ "the tracer is the parent", NS_TEARDOWN, { .letter = 'S' },
	  { { .letter = 'Z', .outside_tracer = true, .parent_traces = true,
	      .outside_parent = true } },
	  "teardown-outside-parent",
	  "101:teardown-outside-parent:outside-parent:outside-tracer", "" },
	{ "a running tracee is not held", NS_TEARDOWN, { .letter = 'S' },
	  { { .letter = 'R', .outside_tracer = true } }, "teardown-running",
	  "101:teardown-running:outside-tracer", "" },
	{ "a leader whose thread lives", NS_TEARDOWN, { .letter = 'S' },
	  { { .letter = 'D', .live_thread = 150, .outside_parent = true } },
	  "teardown-live-thread", "101:teardown-live-thread:outside-parent:live-thread",
	  "its thread 150 lives" },
	{ "frozen", NS_TEARDOWN, { .letter = 'S' },
	  { { .letter = 'D', .frozen = FROZEN_V1 } }, "teardown-frozen",
	  "101:teardown-frozen:frozen", "Thaw 101" },
	{ "a v2 freezer does not hold a killed process", NS_TEARDOWN,
	  { .letter = 'S' }, { { .letter = 'S', .frozen = FROZEN_V2 } },
	  "teardown-running", "101:teardown-running", "" },
	{ "dumping", NS_TEARDOWN, { .letter = 'S' },
	  { { .letter = 'D', .dumping = true } }, "teardown-dumping",
	  "101:teardown-dumping:dumping", "core dump" },
	{ "still dying", NS_TEARDOWN, { .letter = 'S' }, { { .letter = 'R' } },
	  "teardown-running", "101:teardown-running", "still dying" },
	{ "no process left", NS_TEARDOWN, { .letter = 'S' }, { { 0 } },
	  "teardown-running", "", "0 processes are left" },
	{ "of several processes the one that needs an action", NS_TEARDOWN,
	  { .letter = 'S' },
	  { { .letter = 'R' }, { .letter = 'D' },
	    { .letter = 'Z', .outside_parent = true } },
	  "teardown-outside-parent",
	  "101:teardown-running 102:teardown-disk-sleep 103:teardown-outside-parent:outside-parent",
	  "3 processes are left. 102 (child) is in disk sleep" },
	{ "gone, not recorded", NS_GONE, { 0 }, { { 0 } }, "gone", "",
	  "how it ended is not recorded" },
	{ "gone, recorded", NS_GONE, { .recorded = true }, { { 0 } }, "gone", "",
	  "sh 99/1 was killed by SIGKILL 10.0 s ago; it was empty 21.3 ms later, after 1" },
};

static struct process named(const char *comm, unsigned int pid, unsigned int ns_pid)
{
	struct process process = { .has = 1, .pid = pid, .ns_pid = ns_pid };

	snprintf(process.comm, sizeof(process.comm), "%s", comm);
	return process;
}

static void make(const struct made *made, const char *comm, unsigned int pid,
		 unsigned int ns_pid, struct view *view)
{
	*view = (struct view){
		.process = named(comm, pid, ns_pid),
		.letter = made->letter,
		.has_signals = !made->unread,
		.pending = made->pending, .blocked = made->blocked,
		.ignored = made->ignored, .caught = made->caught,
		.parent = named("parent", 300, 300),
		.outside_parent = made->outside_parent,
		.outside_tracer = made->outside_tracer,
		.dumping = made->dumping,
		.frozen = made->frozen,
		.live_thread = made->live_thread,
	};
	if (made->outside_tracer)
		view->tracer = made->parent_traces ? view->parent :
						     named("gdb", 400, 400);
	view->process.state = task_state(made->live_thread ? 'Z' :
							     made->letter);
	view->thread_state = task_state(made->letter);
	if (made->sent)
		view->sent = (struct last_signal){
			.known = true, .signal = made->sent,
			.result = made->result, .boot_ns = SEC(90),
			.sender = named("sh", 500, 500),
		};
	view->sent.record = made->record;
	view->blocked_in.for_child = made->waits;
	view->blocked_in.child = made->waits_for;
	if (made->waits)
		snprintf(view->blocked_in.syscall, sizeof(view->blocked_in.syscall),
			 "wait4");
}

static void make_teardown(struct event *begin, struct event *end)
{
	struct process init = named("sh", 99, 1);

	init.has |= 1U << NSORPHAN_A_PROCESS_EXIT_SIGNAL;
	init.exit_signal = SIGKILL;
	*begin = (struct event){ .boot_ns = SEC(90) };
	begin->process[ROLE_INIT] = init;
	*end = (struct event){ .duration_ns = 21390000, .killed = 1 };
	end->process[ROLE_INIT] = init;
}

static void list_findings(const struct verdict *verdict, char *list,
			  size_t size)
{
	const struct finding *finding = verdict->findings;
	unsigned int flag;
	size_t i, len = 0;

	list[0] = '\0';
	for (i = 0; i < verdict->count; i++, finding++) {
		len += (size_t)snprintf(list + len, size - len, "%s%u:%s",
					i ? " " : "", finding->view->process.pid,
					verdict_name(finding->cause));
		for (flag = 0; flag < FINDING_FLAGS; flag++)
			if (finding->flags & 1U << flag && finding_flag_name(flag))
				len += (size_t)snprintf(list + len, size - len,
					":%s", finding_flag_name(flag));
	}
}

static bool test(size_t n)
{
	struct view others[ARRAY_SIZE(cases[0].others)];
	struct facts facts = {
		.condition = cases[n].condition, .now_ns = SEC(100),
		.has_init = cases[n].condition != NS_GONE,
		.own_ns = true, .others = others,
	};
	struct event begin, end;
	struct verdict verdict;
	char findings[512], *text;
	bool ok;

	make(&cases[n].init, "init", 100, 1, &facts.init);
	while (facts.count < ARRAY_SIZE(others) &&
	       cases[n].others[facts.count].letter) {
		unsigned int i = (unsigned int)facts.count;

		make(&cases[n].others[i], "child", 101 + i, 2 + i, &others[i]);
		facts.count++;
	}
	if (cases[n].init.recorded) {
		make_teardown(&begin, &end);
		facts.begin = &begin;
		facts.end = &end;
	}
	if (verdict_find(&facts, &verdict))
		return false;
	text = verdict_text(&facts, &verdict);
	if (!text)
		return false;
	list_findings(&verdict, findings, sizeof(findings));
	ok = !strcmp(verdict_name(verdict.kind), cases[n].verdict) &&
	     !strcmp(findings, cases[n].findings) &&
	     strstr(text, cases[n].text);
	printf("%sok %zu - %s\n", ok ? "" : "not ", n + 1, cases[n].name);
	if (!ok)
		printf("# got %s; %s; %s\n# wanted %s; %s; %s\n",
		       verdict_name(verdict.kind), findings, text,
		       cases[n].verdict, cases[n].findings, cases[n].text);
	free(text);
	free(verdict.findings);
	return ok;
}

int main(void)
{
	size_t i, failed = 0;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		failed += !test(i);
	printf("1..%zu\n", ARRAY_SIZE(cases));
	return failed > 0;
}

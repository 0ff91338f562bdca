// SPDX-License-Identifier: GPL-2.0
/* Prints TAP: the verdict, the processes and flags in it, from given facts. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain/asks.h"
#include "lib/array.h"
#include "lib/clock.h"
#include "proc/task.h"
#include "lib/util.h"
#include "explain/verdict-text.h"

/* A case ends with its last member that matters. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#define BIT(signal)	(UINT64_C(1) << ((signal) - 1))
#define SEC(n)		((n) * NS_PER_SEC)

/* A given process: its state, its signal masks, and the last signal to it. */
struct made {
	char letter;
	unsigned long long pending, blocked, ignored, caught;
	unsigned int sent;			/* 0: nothing */
	enum nsorphan_signal_result result;
	bool daily;			/* it does not ask to end, after all */
	enum signal_coverage record;
	bool unread;			/* masks could not be read */
	bool waits;			/* init, for all the others */
	enum wait_kind wait;		/* in this way, and only if waits is set */
	const char *thing;		/* for a thing, and not for the others */
	const char *remedy;		/* at the end of each wait */
	bool killed, exiting, killable;
	unsigned int zombies;
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
	const char *advised;		/* PID or thing, and the remedy; NULL: any */
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
	  "cannot be killed from inside. SIGKILL from outside ends it (kill -KILL 100).",
	  "100 kill -KILL 100" },
	{ "SIGHUP without a handler", NS_ALIVE,
	  { .letter = 'S', .sent = SIGHUP, .result = NSORPHAN_SIGNAL_RESULT_IGNORED },
	  { { 0 } }, "init-ignores-signal", "100:init-ignores-signal",
	  "SIGKILL from outside ends it (kill -KILL 100). SIGHUP needs a handler." },
	{ "SIGWINCH without a handler, as a stop signal", NS_ALIVE,
	  { .letter = 'S', .sent = SIGWINCH, .result = NSORPHAN_SIGNAL_RESULT_IGNORED },
	  { { 0 } }, "init-ignores-signal", "100:init-ignores-signal",
	  "SIGWINCH ends nobody who does not handle it", "100 kill -KILL 100" },
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
	{ "the module was loaded later", NS_ALIVE,
	  { .letter = 'S', .record = COVERAGE_LATE }, { { 0 } }, "healthy", "",
	  "what it was sent before the module was loaded, 40.0 s ago, is not known." },
	{ "some signals are lost", NS_ALIVE,
	  { .letter = 'S', .record = COVERAGE_SOME }, { { 0 } },
	  "healthy", "", "but events were lost" },
	{ "a stopped child with a pending fatal signal", NS_ALIVE,
	  { .letter = 'S', .caught = BIT(SIGTERM), .sent = SIGTERM,
	    .waits = true },
	  { { .letter = 'T', .sent = SIGTERM } },
	  "init-waits-for-child", "101:init-waits-for-child",
	  "which should end it, and is stopped: SIGCONT lets it go on" },
	{ "init waits for any child", NS_ALIVE,
	  { .letter = 'S', .caught = BIT(SIGTERM), .sent = SIGTERM,
	    .waits = true },
	  { { .letter = 'S' }, { .letter = 'S' } },
	  "init-waits-for-child",
	  "101:init-waits-for-child:sent-none 102:init-waits-for-child:sent-none",
	  "It waits for 2 of them." },
	{ "a signal taken by sigtimedwait, and passed on, as tini does", NS_ALIVE,
	  { .letter = 'S', .blocked = UINT64_MAX, .sent = SIGTERM,
	    .waits = true },
	  { { .letter = 'S', .caught = BIT(SIGTERM), .sent = SIGTERM } },
	  "init-waits-for-child", "101:init-waits-for-child:handles", "" },
	{ "init handled the signal and has no child", NS_ALIVE,
	  { .letter = 'S', .caught = BIT(SIGTERM), .sent = SIGTERM }, { { 0 } },
	  "init-handles-signal", "100:init-handles-signal",
	  "took SIGTERM from sh 500 10.0 s ago, and goes on: its handler is over, it sleeps" },
	{ "init handled the signal and runs, with a child", NS_ALIVE,
	  { .letter = 'R', .caught = BIT(SIGTERM), .sent = SIGTERM },
	  { { .letter = 'S' } },
	  "init-handles-signal", "100:init-handles-signal",
	  "it runs, and waits for nobody that is known" },
	{ "init takes the signal by sigtimedwait and goes on", NS_ALIVE,
	  { .letter = 'S', .blocked = BIT(SIGTERM), .sent = SIGTERM }, { { 0 } },
	  "init-handles-signal", "100:init-handles-signal", "" },
	{ "init is in its handler", NS_ALIVE,
	  { .letter = 'S', .blocked = BIT(SIGTERM), .caught = BIT(SIGTERM),
	    .sent = SIGTERM }, { { 0 } },
	  "init-in-handler", "100:init-in-handler",
	  "took SIGTERM from sh 500 10.0 s ago, and is in its handler still",
	  "100 kill -KILL 100" },
	{ "the handler has yet to run", NS_ALIVE,
	  { .letter = 'R', .pending = BIT(SIGTERM), .caught = BIT(SIGTERM),
	    .sent = SIGTERM }, { { 0 } }, "healthy", "", "" },
	{ "init's own child sent the signal", NS_ALIVE,
	  { .letter = 'S', .caught = BIT(SIGTERM), .sent = SIGTERM,
	    .daily = true }, { { 0 } },
	  "healthy", "", "which it handled, and goes on." },
	{ "init's own child sent a signal that was dropped", NS_ALIVE,
	  { .letter = 'S', .sent = SIGTERM, .daily = true,
	    .result = NSORPHAN_SIGNAL_RESULT_IGNORED }, { { 0 } },
	  "healthy", "", "which was dropped." },
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
	{ "paused", NS_ALIVE,
	  { .letter = 'S', .frozen = FROZEN_V2, .wait = WAIT_FREEZER,
	    .thing = "the freezer of /docker/1", .remedy = "echo 0 >thaw" },
	  { { 0 } }, "init-stopped", "100:init-stopped:frozen",
	  "is held by the freezer of /docker/1 (as made). To let it go on (echo 0 >thaw).",
	  "the freezer of /docker/1 echo 0 >thaw" },
	{ "stopped by a tracer", NS_ALIVE,
	  { .letter = 't', .waits = true, .outside_tracer = true },
	  { { .letter = 'S' } }, "init-stopped", "100:init-stopped",
	  "is held by its tracer child 101/2", "101 " },
	{ "disk sleep", NS_ALIVE,
	  { .letter = 'D', .wait = WAIT_FILESYSTEM, .thing = "a disk" }, { { 0 } },
	  "init-disk-sleep", "100:init-disk-sleep", "not even SIGKILL",
	  "a disk " },
	{ "disk sleep that SIGKILL ends", NS_ALIVE,
	  { .letter = 'D', .killable = true, .wait = WAIT_FILESYSTEM,
	    .thing = "a server" }, { { 0 } },
	  "init-disk-sleep", "100:init-disk-sleep",
	  "SIGKILL may end that sleep. To end the wait (kill -KILL 100).",
	  "a server kill -KILL 100" },
	{ "memory.high, and asked for nothing", NS_ALIVE,
	  { .letter = 'D', .killable = true, .wait = WAIT_THROTTLE,
	    .thing = "memory.high of /docker/1", .remedy = "echo max >high" },
	  { { 0 } }, "init-throttled", "100:init-throttled",
	  "SIGKILL ends it, too (kill -KILL 100).",
	  "memory.high of /docker/1 echo max >high" },
	{ "killed, and throttled", NS_ALIVE,
	  { .letter = 'R', .killed = true, .wait = WAIT_THROTTLE,
	    .thing = "cpu.max of /docker/1", .remedy = "echo max >cpu" },
	  { { 0 } }, "init-throttled", "100:init-throttled",
	  "is throttled by cpu.max", "cpu.max of /docker/1 echo max >cpu" },
	{ "killed, and about to end", NS_ALIVE,
	  { .letter = 'R', .killed = true }, { { 0 } },
	  "init-exiting", "100:init-exiting", "is about to end: runs", "100 " },
	{ "in its exit, on a frozen file system", NS_ALIVE,
	  { .letter = 'D', .killed = true, .exiting = true,
	    .wait = WAIT_FILESYSTEM, .thing = "the frozen file system on /mnt",
	    .remedy = "fsfreeze -u /mnt" }, { { .letter = 'S' } },
	  "init-exiting", "100:init-exiting",
	  "No other process of its namespace has been killed yet. To let it end (fsfreeze -u /mnt).",
	  "the frozen file system on /mnt fsfreeze -u /mnt" },
	{ "created, not started", NS_ALIVE,
	  { .letter = 'S', .wait = WAIT_START, .thing = "the start of the container",
	    .remedy = "runc start web" }, { { 0 } },
	  "init-not-started", "100:init-not-started", "To start it (runc start web).",
	  "the start of the container runc start web" },
	{ "a lock, after the signal", NS_ALIVE,
	  { .letter = 'S', .caught = BIT(SIGTERM), .sent = SIGTERM,
	    .waits = true, .wait = WAIT_LOCK }, { { .letter = 'S' } },
	  "init-waits", "101:init-waits", "and waits for a lock of child 101/2",
	  "101 kill -KILL 100" },
	{ "a lock, but asked for nothing", NS_ALIVE,
	  { .letter = 'S', .waits = true, .wait = WAIT_LOCK },
	  { { .letter = 'S' } }, "healthy", "", "" },
	{ "zombies", NS_ALIVE, { .letter = 'S', .zombies = 2 }, { { 0 } },
	  "init-does-not-reap", "100:init-does-not-reap",
	  "it has 2 zombies (dead), the oldest dead 201, started", "100 " },
	{ "one zombie", NS_ALIVE, { .letter = 'S', .zombies = 1 }, { { 0 } },
	  "healthy", "", "" },
	{ "main may wait for an older child, and has a sharper signal", NS_ALIVE,
	  { .letter = 'S', .caught = BIT(SIGTERM) | BIT(SIGINT),
	    .sent = SIGTERM }, { { .letter = 'S' } },
	  "init-handles-signal", "100:init-handles-signal",
	  "1 of its children are older than the signal: it may wait for one of these",
	  "100 kill -INT 100" },

	{ "a zombie's parent outside", NS_TEARDOWN, { .letter = 'S' },
	  { { .letter = 'Z', .outside_parent = true } },
	  "teardown-outside-parent",
	  "101:teardown-outside-parent:outside-parent",
	  "parent 300 does not reap it; that parent is outside" },
	{ "the parent outside of a living process is not the cause", NS_TEARDOWN,
	  { .letter = 'S' }, { { .letter = 'D', .outside_parent = true } },
	  "teardown-disk-sleep", "101:teardown-disk-sleep:outside-parent", "" },
	{ "a zombie's parent inside", NS_TEARDOWN, { .letter = 'S' },
	  { { .letter = 'Z' } }, "teardown-running", "101:teardown-running",
	  "about to be reaped" },
	{ "a zombie that is traced", NS_TEARDOWN, { .letter = 'S' },
	  { { .letter = 'Z', .outside_tracer = true } }, "teardown-traced",
	  "101:teardown-traced:outside-tracer", "is held by its tracer gdb 400." },
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
	  "another of its threads has not ended" },
	{ "frozen", NS_TEARDOWN, { .letter = 'S' },
	  { { .letter = 'D', .frozen = FROZEN_V1 } }, "teardown-frozen",
	  "101:teardown-frozen:frozen", "it is frozen" },
	{ "a v2 freezer does not hold a killed process", NS_TEARDOWN,
	  { .letter = 'S' }, { { .letter = 'S', .frozen = FROZEN_V2 } },
	  "teardown-running", "101:teardown-running", "" },
	{ "dumping", NS_TEARDOWN, { .letter = 'S' },
	  { { .letter = 'D', .dumping = true } }, "teardown-dumping",
	  "101:teardown-dumping:dumping", "it dumps core" },
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
	  "3 processes are left. child 102/3 is in disk sleep" },
	{ "left behind", NS_LEFT_BEHIND, { 0 },
	  { { .letter = 'S' }, { .letter = 'D', .frozen = FROZEN_V2 } },
	  "left-behind", "101:left-behind 102:left-behind:frozen",
	  "a child of parent 300. End them (kill -KILL 101 102).",
	  "101 kill -KILL 101 102" },
	{ "dead, and not reaped", NS_GONE,
	  { .letter = 'Z', .waits = true, .wait = WAIT_ENGINE },
	  { { .letter = 'S' } }, "init-not-reaped", "100:init-not-reaped",
	  "is dead, and waits to be reaped by its parent child 101/2", "101 " },
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

/* In what way init waits: for a child, where it is not said. */
static enum wait_kind kind_of(const struct made *made)
{
	if (made->outside_tracer)
		return WAIT_TRACER;
	return made->wait ? made->wait : WAIT_CHILD;
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
			.asks = !made->daily &&
				signal_asks(made->sent, made->result, 0),
		};
	view->sent.record = made->record;
	view->killed = made->killed;
	view->exiting = made->exiting;
	view->killable = made->killable;
	view->blocked_in.for_child = made->waits && kind_of(made) == WAIT_CHILD;
	if (view->blocked_in.for_child)
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

static void make_chain(const struct made *made, const struct view *other,
		       struct facts *facts)
{
	struct chain *chain = array_add(&facts->init.chains.list,
					&facts->init.chains.count,
					sizeof(*chain));
	struct chain_link *link;

	link = array_add(&chain->links, &chain->count, sizeof(*link));
	link->process = facts->init.process;
	link->letter = facts->init.letter;
	link->waits = true;
	link->kind = kind_of(made);
	link->detail = strdup("as made");
	link = array_add(&chain->links, &chain->count, sizeof(*link));
	if (made->thing)
		link->what = strdup(made->thing);
	else
		link->process = other->process;
	if (made->remedy)
		chain->remedy = strdup(made->remedy);
}

static void make_chains(const struct made *made, struct facts *facts)
{
	static const struct view thing;
	size_t i;

	if (made->thing)
		make_chain(made, &thing, facts);
	for (i = 0; made->waits && i < facts->count; i++)
		make_chain(made, &facts->others[i], facts);
	/* What init waits for is in the place of the others, if it lives. */
	if (facts->condition == NS_ALIVE)
		facts->count = facts->init.chains.count;
	if (facts->condition == NS_GONE)
		facts->count = 0;
	if (made->thing)
		facts->others[0] = thing;
}

static void make_zombies(const struct made *made, struct facts *facts)
{
	unsigned int i;

	for (i = 0; i < made->zombies; i++)
		*(struct process *)array_add(&facts->zombies.list,
					     &facts->zombies.count,
					     sizeof(struct process)) =
			named("dead", 201 + i, 201 + i);
	facts->zombies.oldest = named("dead", 201, 201);
}

/* "PID REMEDY" or "THING REMEDY" */
static void put_advice(const struct advice *advice, char *text, size_t size)
{
	const char *remedy = advice->remedy ? advice->remedy : "";

	if (advice->process)
		snprintf(text, size, "%u %s", advice->process->pid, remedy);
	else
		snprintf(text, size, "%s %s", advice->what ? advice->what : "",
			 remedy);
}

static const char *or_any(const char *advised)
{
	if (!advised)
		return "any";
	return advised;
}

static bool test(size_t n)
{
	struct view others[ARRAY_SIZE(cases[0].others)];
	struct facts facts = {
		.condition = cases[n].condition, .now_ns = SEC(100), .loaded_ns = SEC(60),
		.has_init = cases[n].init.letter,
		.own_ns = true, .others = others,
	};
	struct event begin, end;
	struct verdict verdict;
	const char *wanted = cases[n].advised;
	struct advice advice;
	char findings[512], advised[256], *text;
	bool ok;

	make(&cases[n].init, "init", 100, 1, &facts.init);
	while (facts.count < ARRAY_SIZE(others) &&
	       cases[n].others[facts.count].letter) {
		unsigned int i = (unsigned int)facts.count;

		make(&cases[n].others[i], "child", 101 + i, 2 + i, &others[i]);
		facts.count++;
	}
	facts.nr_children = facts.count;
	facts.nr_elders = facts.count;
	make_chains(&cases[n].init, &facts);
	make_zombies(&cases[n].init, &facts);
	if (cases[n].init.recorded) {
		make_teardown(&begin, &end);
		facts.begin = &begin;
		facts.end = &end;
	}
	if (verdict_find(&facts, &verdict))
		return false;
	if (advice_find(&facts, &verdict, &advice))
		return false;
	text = verdict_text(&facts, &verdict, &advice);
	if (!text)
		return false;
	put_advice(&advice, advised, sizeof(advised));
	list_findings(&verdict, findings, sizeof(findings));
	ok = !strcmp(verdict_name(verdict.kind), cases[n].verdict) &&
	     !strcmp(findings, cases[n].findings) &&
	     strstr(text, cases[n].text) &&
	     (!wanted || !strcmp(advised, wanted));
	printf("%sok %zu - %s\n", ok ? "" : "not ", n + 1, cases[n].name);
	if (!ok)
		printf("# got %s; %s; %s; %s\n# wanted %s; %s; %s; %s\n",
		       verdict_name(verdict.kind), findings, text, advised,
		       cases[n].verdict, cases[n].findings, cases[n].text,
		       or_any(wanted));
	advice_free(&advice);
	chains_free(&facts.init.chains);
	free(facts.zombies.list);
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

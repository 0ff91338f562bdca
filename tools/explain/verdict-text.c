// SPDX-License-Identifier: GPL-2.0
/* A verdict in words that a person can act on. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/clock.h"
#include "proc/task.h"
#include "lib/signal-name.h"
#include "lib/util.h"
#include "explain/verdict.h"

/* Of many that are waited for, so many are told. */
#define TOLD_MAX	5

__printf(2, 3)
static void say(struct verdict *verdict, const char *format, ...)
{
	size_t len = strlen(verdict->text);
	va_list args;

	va_start(args, format);
	vsnprintf(verdict->text + len, sizeof(verdict->text) - len, format,
		  args);
	va_end(args);
}

static void say_process(struct verdict *verdict, const struct process *process)
{
	say(verdict, "%s %u", process->comm, process->pid);
	if (process->ns_pid && process->ns_pid != process->pid)
		say(verdict, "/%u", process->ns_pid);
}

/* "init NAME PID/1", or "NAME PID" of one that is no namespace's init. */
static void say_init(const struct facts *facts, struct verdict *verdict)
{
	if (facts->own_ns)
		say(verdict, "init ");
	say_process(verdict, &facts->init.process);
}

static void say_duration(struct verdict *verdict, uint64_t ns)
{
	unsigned long long seconds = ns / NS_PER_SEC;

	if (seconds < 120)
		say(verdict, "%llu.%llu s", seconds,
		    (unsigned long long)(ns % NS_PER_SEC) / 100000000);
	else if (seconds < 2ULL * 60 * 60)
		say(verdict, "%llu min", seconds / 60);
	else
		say(verdict, "%llu h", seconds / 60 / 60);
}

static void say_ago(const struct facts *facts, struct verdict *verdict,
		    uint64_t boot_ns)
{
	if (boot_ns > facts->now_ns)
		boot_ns = facts->now_ns;
	say_duration(verdict, facts->now_ns - boot_ns);
	say(verdict, " ago");
}

/* " in wait4 for its child 7 to end (do_wait)", or nothing. */
static void say_waits(struct verdict *verdict, const struct blocked *blocked_in)
{
	if (blocked_in->syscall[0])
		say(verdict, " in %s", blocked_in->syscall);
	if (blocked_in->what[0])
		say(verdict, " %s", blocked_in->what);
	if (blocked_in->wchan[0])
		say(verdict, blocked_in->syscall[0] || blocked_in->what[0] ? " (%s)" :
		    " in the kernel's %s", blocked_in->wchan);
}

static void say_sent(const struct facts *facts, struct verdict *verdict,
		     const struct last_signal *sent)
{
	char name[SIGNAL_NAME_SIZE];

	say(verdict, "%s", signal_name(sent->signal, name));
	if (sent->sender.has) {
		say(verdict, " from ");
		say_process(verdict, &sent->sender);
	}
	say(verdict, " ");
	say_ago(facts, verdict, sent->boot_ns);
}

static void tell_ignores(const struct facts *facts, struct verdict *verdict)
{
	const struct view *init = &facts->init;
	char name[SIGNAL_NAME_SIZE];

	signal_name(verdict->signal, name);
	say_init(facts, verdict);
	say(verdict, " was sent ");
	say_sent(facts, verdict, &init->sent);
	say(verdict, ", and the kernel dropped it: ");
	if (init->has_signals && task_mask_has(init->ignored, verdict->signal))
		say(verdict, "it has asked to ignore it.");
	else if (view_handles(init, verdict->signal))
		say(verdict, "it had no handler then. It has one now: send %s again.",
		    name);
	else if (facts->own_ns && signal_asks_to_end(verdict->signal))
		say(verdict, "it has no handler, and the init of a namespace is spared then.");
	else if (facts->own_ns)
		say(verdict, "the init of a namespace is spared that from inside.");
	else
		say(verdict, "it ignored it at that time.");
	if (!view_handles(init, verdict->signal))
		say(verdict, " SIGKILL from outside ends it (kill -KILL %u); %s needs a handler.",
		    init->process.pid, name);
}

static void tell_blocks(const struct facts *facts, struct verdict *verdict)
{
	const struct view *init = &facts->init;
	char name[SIGNAL_NAME_SIZE];

	say_init(facts, verdict);
	say(verdict, " was sent %s, which waits: it blocks it",
	    signal_name(verdict->signal, name));
	if (task_mask_has(init->caught, verdict->signal))
		say(verdict, ", or is in its handler");
	say(verdict, ". It sits");
	say_waits(verdict, &init->blocked_in);
	say(verdict, ". It acts on it when it unblocks it; SIGKILL ends it now (kill -KILL %u).",
	    init->process.pid);
}

static void tell_child(const struct facts *facts, struct verdict *verdict,
		       const struct finding *finding)
{
	const struct view *child = finding->view;
	uint32_t signal = child->sent.signal;
	char name[SIGNAL_NAME_SIZE];

	say(verdict, " Child ");
	say_process(verdict, &child->process);
	if (finding->flags & 1U << FLAG_SENT_NONE) {
		say(verdict, " was sent no signal since");
	} else if (finding->flags & 1U << FLAG_BLOCKS) {
		say(verdict, " was sent one that it blocks");
	} else if (!child->sent.known) {
		say(verdict, child->sent.record == COVERAGE_OFF ?
		    " may have been sent one: they are not recorded" :
		    " was sent no signal that is recorded, but not all are");
	} else {
		say(verdict, " was sent ");
		say_sent(facts, verdict, &child->sent);
		if (finding->flags & 1U << FLAG_IGNORES)
			say(verdict, ", which it ignores");
		else if (finding->flags & 1U << FLAG_HANDLES)
			say(verdict, ", which it handles without ending");
		else if (!child->has_signals)
			say(verdict, "; what it does with it could not be read");
		else
			say(verdict, ", of which it is to die");
	}
	if (child->letter == 'T' || child->letter == 't')
		say(verdict, ", and is stopped");
	else if (child->letter == 'D')
		say(verdict, ", and is in disk sleep");
	if (finding->flags & 1U << FLAG_SENT_NONE &&
	    task_mask_has(child->caught, facts->init.sent.signal))
		say(verdict, "; it would handle %s",
		    signal_name(facts->init.sent.signal, name));
	else if (signal && child->letter == 'T')
		say(verdict, ": SIGCONT lets it go on");
	say(verdict, ".");
}

static void tell_waits_for_child(const struct facts *facts,
				 struct verdict *verdict)
{
	size_t i;

	char name[SIGNAL_NAME_SIZE];

	say_init(facts, verdict);
	if (facts->init.blocked_in.for_vfork) {
		say(verdict, " has %s pending, but still waits",
		    signal_name(verdict->signal, name));
	} else {
		say(verdict, " took ");
		say_sent(facts, verdict, &facts->init.sent);
		say(verdict, ", and now waits");
	}
	say_waits(verdict, &facts->init.blocked_in);
	say(verdict, ", while %zu of its children %s.", facts->count,
	    facts->count == 1 ? "lives" : "live");
	for (i = 0; i < verdict->count && i < TOLD_MAX; i++)
		tell_child(facts, verdict, &verdict->findings[i]);
	if (verdict->count > TOLD_MAX)
		say(verdict, " And %zu more.", verdict->count - TOLD_MAX);
	say(verdict, " It has to end its children itself; to end one for it: kill -KILL %u.",
	    verdict->findings[0].view->process.pid);
}

static void tell_stopped(const struct facts *facts, struct verdict *verdict)
{
	const struct view *init = &facts->init;

	say_init(facts, verdict);
	if (init->frozen) {
		say(verdict, " is frozen by its cgroup, as by docker pause, until that is thawed.");
	} else if (init->tracer.has) {
		say(verdict, " is traced by ");
		say_process(verdict, &init->tracer);
		say(verdict, ", which holds it stopped: it has to let it go, or to end.");
	} else {
		say(verdict, " is stopped, until it gets SIGCONT (kill -CONT %u).",
		    init->process.pid);
	}
}

static void tell_disk_sleep(const struct facts *facts, struct verdict *verdict)
{
	say_init(facts, verdict);
	say(verdict, " is in disk sleep");
	say_waits(verdict, &facts->init.blocked_in);
	say(verdict, ", which no signal ends, SIGKILL neither: ");
	say(verdict, "what it waits for has to come, from a disk or a server most often.");
}

static void tell_sent_none(struct verdict *verdict, enum signal_coverage record)
{
	static const char *const words[] = {
		[COVERAGE_ALL] = " recorded or pending.",
		[COVERAGE_SOME] = " recorded or pending; but events were lost.",
		[COVERAGE_OFF] = " pending; others are not recorded: the parameter signals.",
	};

	say(verdict, ". No signal that would end it is%s", words[record]);
}

static void tell_healthy(const struct facts *facts, struct verdict *verdict)
{
	const struct view *init = &facts->init;

	say(verdict, "Nothing holds it: ");
	say_init(facts, verdict);
	if (init->letter == 'R') {
		say(verdict, " runs");
	} else {
		say(verdict, " sleeps");
		say_waits(verdict, &init->blocked_in);
	}
	say(verdict, ", with %zu living %s", facts->count,
	    facts->count == 1 ? "child" : "children");
	if (!init->sent.known) {
		tell_sent_none(verdict, init->sent.record);
		return;
	}
	say(verdict, ". It was sent ");
	say_sent(facts, verdict, &init->sent);
	if (init->sent.result == NSORPHAN_SIGNAL_RESULT_LOST)
		say(verdict, ", which was lost, since too many were queued: send it again.");
	else if (view_handles(init, init->sent.signal))
		say(verdict, ", which it handled, and goes on.");
	else
		say(verdict, ".");
	if (!init->has_signals)
		say(verdict, " What it does with signals could not be read.");
}

/* Who must act: "reap 4711: its parent is nsenter 4200, outside". */
static void tell_remaining(struct verdict *verdict, const struct finding *finding)
{
	const struct view *remaining = finding->view;
	const char *comm = remaining->process.comm;
	uint32_t pid = remaining->process.pid;

	switch (finding->cause) {
	case VERDICT_OUTSIDE_PARENT:
		say(verdict, " reap %u (%s): its parent is ", pid, comm);
		say_process(verdict, &remaining->parent);
		say(verdict, ", outside, and does not wait for it: end %u, or make it wait.",
		    remaining->parent.pid);
		break;
	case VERDICT_TRACED:
		say(verdict, " let %u (%s) go: its tracer ", pid, comm);
		say_process(verdict, &remaining->tracer);
		say(verdict, " has to detach, to wait for it, or to end.");
		break;
	case VERDICT_LIVE_THREAD:
		say(verdict, " %u (%s) cannot be reaped: its thread %u lives",
		    pid, comm, remaining->live_thread);
		say_waits(verdict, &remaining->blocked_in);
		say(verdict, ".");
		break;
	case VERDICT_FROZEN:
		say(verdict, " thaw %u (%s): its cgroup is frozen.", pid, comm);
		break;
	case VERDICT_DUMPING:
		say(verdict, " %u (%s) writes a core dump, which its disk has to take.",
		    pid, comm);
		break;
	case VERDICT_DISK_SLEEP:
		say(verdict, " %u (%s) is in disk sleep", pid, comm);
		say_waits(verdict, &remaining->blocked_in);
		say(verdict, ", which SIGKILL does not end.");
		break;
	default:
		say(verdict, " %u (%s) is %s.", pid, comm,
		    remaining->letter == 'Z' ? "dead, and about to be reaped"
					: "still dying");
	}
}

static void say_end(struct verdict *verdict, const struct process *process)
{
	char name[SIGNAL_NAME_SIZE];

	if (process_has(process, NSORPHAN_A_PROCESS_EXIT_SIGNAL))
		say(verdict, "was killed by %s",
		    signal_name(process->exit_signal, name));
	else if (process_has(process, NSORPHAN_A_PROCESS_EXIT_CODE))
		say(verdict, "exited with status %u", process->exit_code);
	else
		say(verdict, "ended");
}

/* "init NAME PID/1 was killed by SIGKILL 3 min ago" */
static void say_begin(const struct facts *facts, struct verdict *verdict)
{
	const struct process *init = &facts->begin->process[ROLE_INIT];

	say(verdict, "init ");
	say_process(verdict, init);
	say(verdict, " ");
	say_end(verdict, init);
	say(verdict, " ");
	say_ago(facts, verdict, facts->begin->boot_ns);
}

static void tell_teardown(const struct facts *facts, struct verdict *verdict)
{
	int wanted, told = 0;
	size_t i;

	if (facts->begin) {
		say_begin(facts, verdict);
	} else {
		say_init(facts, verdict);
		say(verdict, " is dying");
	}
	say(verdict, ", and the kernel tears the namespace down: %zu %s left.",
	    facts->count, facts->count == 1 ? "process is" : "processes are");
	/* First those that somebody has to do something about. */
	for (wanted = 1; wanted >= 0; wanted--)
		for (i = 0; i < verdict->count && told < TOLD_MAX; i++) {
			bool acts = verdict_severity(verdict->findings[i].cause) ==
				    SEVERITY_STUCK;

			if (acts != wanted)
				continue;
			tell_remaining(verdict, &verdict->findings[i]);
			told++;
		}
	if (verdict->count > TOLD_MAX)
		say(verdict, " And %zu more.", verdict->count - TOLD_MAX);
}

static void tell_gone(const struct facts *facts, struct verdict *verdict)
{
	say(verdict, "The namespace is gone");
	if (!facts->begin && !facts->end) {
		say(verdict, "; how it ended is not recorded.");
		return;
	}
	if (facts->begin) {
		say(verdict, ": ");
		say_begin(facts, verdict);
	}
	if (facts->end) {
		say(verdict, "; it was empty ");
		say_duration(verdict, facts->end->duration_ns);
		say(verdict, " later, after %u %s killed",
		    facts->end->killed, facts->end->killed == 1 ?
		    "process was" : "processes were");
	}
	say(verdict, ".");
	/* Reaped it would not be there: it was just seen. */
	if (facts->has_init && facts->init.parent.has) {
		say(verdict, " Its init %u is a zombie that ",
		    facts->init.process.pid);
		say_process(verdict, &facts->init.parent);
		say(verdict, " has not reaped yet.");
	}
}

void verdict_tell(const struct facts *facts, struct verdict *verdict)
{
	static void (*const tell[VERDICT_KINDS])(const struct facts *facts,
					  struct verdict *verdict) = {
		[VERDICT_HEALTHY]			= tell_healthy,
		[VERDICT_INIT_IGNORES_SIGNAL]	= tell_ignores,
		[VERDICT_INIT_BLOCKS_SIGNAL]	= tell_blocks,
		[VERDICT_INIT_WAITS_FOR_CHILD]	= tell_waits_for_child,
		[VERDICT_INIT_STOPPED]		= tell_stopped,
		[VERDICT_INIT_DISK_SLEEP]		= tell_disk_sleep,
		[VERDICT_GONE]			= tell_gone,
	};

	verdict->text[0] = '\0';
	(tell[verdict->kind] ? tell[verdict->kind] : tell_teardown)(facts,
								      verdict);
}

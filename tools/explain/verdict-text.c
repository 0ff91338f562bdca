// SPDX-License-Identifier: GPL-2.0
#include <signal.h>

#include "explain/verdict-text.h"
#include "lib/duration.h"
#include "lib/process-name.h"
#include "lib/signal-name.h"
#include "lib/strbuf.h"
#include "proc/task.h"

/* Maximum number of processes that are described one by one. */
#define LISTED_MAX	5

static void append_process(struct strbuf *text, const struct process *process)
{
	char name[PROCESS_NAME_SIZE];

	strbuf_addf(text, "%s", process->has ? process_name(process, name) :
					       "an unknown process");
}

/* "init NAME PID/1", or "NAME PID" for a process of the initial namespace. */
static void append_init(struct strbuf *text, const struct facts *facts)
{
	if (facts->own_ns)
		strbuf_addf(text, "init ");
	append_process(text, &facts->init.process);
}

static void append_ago(struct strbuf *text, const struct facts *facts,
		       uint64_t boot_ns)
{
	char duration[DURATION_SIZE];

	if (boot_ns > facts->now_ns)
		boot_ns = facts->now_ns;
	strbuf_addf(text, "%s ago",
		    duration_text(facts->now_ns - boot_ns, duration));
}

/* " in wait4 for its child 7 to end (do_wait)", as far as it is known. */
static void append_blocked(struct strbuf *text,
			   const struct blocked *blocked_in)
{
	bool alone = true;

	if (blocked_in->syscall[0]) {
		strbuf_addf(text, " in %s", blocked_in->syscall);
		alone = false;
	}
	if (blocked_in->what[0]) {
		strbuf_addf(text, " %s", blocked_in->what);
		alone = false;
	}
	if (blocked_in->wchan[0])
		strbuf_addf(text, alone ? " in the kernel's %s" : " (%s)",
			    blocked_in->wchan);
}

/* "SIGTERM from NAME PID 3.0 s ago" */
static void append_signal(struct strbuf *text, const struct facts *facts,
			  const struct last_signal *sent)
{
	char name[SIGNAL_NAME_SIZE];

	strbuf_addf(text, "%s", signal_name(sent->signal, name));
	if (sent->sender.has) {
		strbuf_addf(text, " from ");
		append_process(text, &sent->sender);
	}
	strbuf_addf(text, " ");
	append_ago(text, facts, sent->boot_ns);
}

/* Why the kernel dropped @signal: see sig_task_ignored() in kernel/signal.c. */
static void append_drop_reason(struct strbuf *text, const struct facts *facts,
			       uint32_t signal)
{
	const struct view *init = &facts->init;
	char name[SIGNAL_NAME_SIZE];

	signal_name(signal, name);
	if (init->has_signals && task_mask_has(init->ignored, signal))
		strbuf_addf(text, "the process ignores %s.", name);
	else if (view_handles(init, signal))
		strbuf_addf(text,
			    "it had no handler then. It has one now: send %s again.",
			    name);
	else if (!facts->own_ns)
		strbuf_addf(text, "the process ignored %s at that time.", name);
	else if (signal == SIGKILL)
		strbuf_addf(text,
			    "the init of a namespace cannot be killed from inside.");
	else
		strbuf_addf(text,
			    "it has no handler, and the init of a namespace only gets signals that it handles.");
}

static void describe_ignores(struct strbuf *text, const struct facts *facts,
			     uint32_t signal)
{
	const struct view *init = &facts->init;
	char name[SIGNAL_NAME_SIZE];

	append_init(text, facts);
	strbuf_addf(text, " was sent ");
	append_signal(text, facts, &init->sent);
	strbuf_addf(text, ", and the kernel dropped it: ");
	append_drop_reason(text, facts, signal);
	if (view_handles(init, signal))
		return;
	strbuf_addf(text, " SIGKILL%s ends it (kill -KILL %u)",
		    facts->own_ns ? " from outside" : "", init->process.pid);
	if (signal != SIGKILL)
		strbuf_addf(text, "; %s needs a handler",
			    signal_name(signal, name));
	strbuf_addf(text, ".");
}

static void describe_blocks(struct strbuf *text, const struct facts *facts,
			    uint32_t signal)
{
	const struct view *init = &facts->init;
	char name[SIGNAL_NAME_SIZE];

	append_init(text, facts);
	strbuf_addf(text, " was sent %s, which is pending: the process blocks it",
		    signal_name(signal, name));
	if (task_mask_has(init->caught, signal))
		strbuf_addf(text, ", or is in its handler");
	strbuf_addf(text, ". It waits");
	append_blocked(text, &init->blocked_in);
	strbuf_addf(text,
		    ". %s takes effect when it is unblocked; SIGKILL ends the process now (kill -KILL %u).",
		    name, init->process.pid);
}

/* Which signal the child was sent, and what it does with it. */
static void append_child_signal(struct strbuf *text, const struct facts *facts,
				const struct finding *finding)
{
	const struct view *child = finding->view;

	if (finding->flags & 1U << FINDING_SENT_NONE) {
		strbuf_addf(text, " was sent no signal since");
	} else if (finding->flags & 1U << FINDING_BLOCKS) {
		strbuf_addf(text, " was sent a signal that it blocks");
	} else if (!child->sent.known) {
		strbuf_addf(text, child->sent.record == COVERAGE_OFF ?
			    " may have been sent a signal: they are not recorded" :
			    " was sent no signal that is recorded, but not all are");
	} else {
		strbuf_addf(text, " was sent ");
		append_signal(text, facts, &child->sent);
		if (finding->flags & 1U << FINDING_IGNORES)
			strbuf_addf(text, ", which it ignores");
		else if (finding->flags & 1U << FINDING_HANDLES)
			strbuf_addf(text, ", which it handles without ending");
		else if (!child->has_signals)
			strbuf_addf(text,
				    "; what it does with it could not be read");
		else
			strbuf_addf(text, ", which should end it");
	}
}

static void describe_child(struct strbuf *text, const struct facts *facts,
			   const struct finding *finding)
{
	uint32_t signal = facts->init.sent.signal;
	const struct view *child = finding->view;
	char name[SIGNAL_NAME_SIZE];

	strbuf_addf(text, " Child ");
	append_process(text, &child->process);
	append_child_signal(text, facts, finding);
	if (child->letter == 'T' || child->letter == 't')
		strbuf_addf(text, ", and is stopped");
	else if (child->letter == 'D')
		strbuf_addf(text, ", and is in disk sleep");
	if (finding->flags & 1U << FINDING_SENT_NONE &&
	    task_mask_has(child->caught, signal))
		strbuf_addf(text, "; it would handle %s",
			    signal_name(signal, name));
	else if (child->sent.signal && child->letter == 'T')
		strbuf_addf(text, ": SIGCONT lets it go on");
	strbuf_addf(text, ".");
}

static void describe_waits_for_child(struct strbuf *text,
				     const struct facts *facts,
				     const struct verdict *verdict)
{
	char name[SIGNAL_NAME_SIZE];
	size_t i;

	append_init(text, facts);
	if (facts->init.blocked_in.for_vfork) {
		strbuf_addf(text, " has %s pending, but still waits",
			    signal_name(verdict->signal, name));
	} else {
		strbuf_addf(text, " took ");
		append_signal(text, facts, &facts->init.sent);
		strbuf_addf(text, ", and now waits");
	}
	append_blocked(text, &facts->init.blocked_in);
	strbuf_addf(text, ", while %zu of its children %s.", facts->count,
		    facts->count == 1 ? "lives" : "live");
	for (i = 0; i < verdict->count && i < LISTED_MAX; i++)
		describe_child(text, facts, &verdict->findings[i]);
	if (verdict->count > LISTED_MAX)
		strbuf_addf(text, " And %zu more.",
			    verdict->count - LISTED_MAX);
	strbuf_addf(text,
		    " %s has to end its children itself; to end one for it: kill -KILL %u.",
		    facts->own_ns ? "Init" : "The process",
		    verdict->findings[0].view->process.pid);
}

static void describe_stopped(struct strbuf *text, const struct facts *facts)
{
	const struct view *init = &facts->init;

	append_init(text, facts);
	if (init->frozen) {
		strbuf_addf(text,
			    " is frozen by its cgroup, as by docker pause, until that is thawed.");
	} else if (init->tracer.has) {
		strbuf_addf(text, " is traced by ");
		append_process(text, &init->tracer);
		strbuf_addf(text,
			    ", which holds it stopped: it has to let it go, or to end.");
	} else {
		strbuf_addf(text,
			    " is stopped, until it gets SIGCONT (kill -CONT %u).",
			    init->process.pid);
	}
}

static void describe_disk_sleep(struct strbuf *text, const struct facts *facts)
{
	append_init(text, facts);
	strbuf_addf(text, " is in disk sleep");
	append_blocked(text, &facts->init.blocked_in);
	strbuf_addf(text,
		    ", which no signal ends, not even SIGKILL: what it waits for has to answer, most often a disk or a server.");
}

static void append_no_signal(struct strbuf *text, enum signal_coverage record)
{
	static const char *const words[] = {
		[COVERAGE_ALL] = " recorded or pending.",
		[COVERAGE_SOME] = " recorded or pending; but events were lost.",
		[COVERAGE_OFF] = " pending; others are not recorded (module parameter signals).",
	};

	strbuf_addf(text, ". No signal that would end it is%s", words[record]);
}

static void describe_healthy(struct strbuf *text, const struct facts *facts)
{
	const struct view *init = &facts->init;

	strbuf_addf(text, "Nothing holds it: ");
	append_init(text, facts);
	if (init->letter == 'R') {
		strbuf_addf(text, " runs");
	} else {
		strbuf_addf(text, " sleeps");
		append_blocked(text, &init->blocked_in);
	}
	strbuf_addf(text, ", with %zu living %s", facts->count,
		    facts->count == 1 ? "child" : "children");
	if (!init->sent.known) {
		append_no_signal(text, init->sent.record);
		return;
	}
	strbuf_addf(text, ". It was sent ");
	append_signal(text, facts, &init->sent);
	if (init->sent.result == NSORPHAN_SIGNAL_RESULT_LOST)
		strbuf_addf(text,
			    ", which was lost, since too many were queued: send it again.");
	else if (view_handles(init, init->sent.signal))
		strbuf_addf(text, ", which it handled, and goes on.");
	else
		strbuf_addf(text, ".");
	if (!init->has_signals)
		strbuf_addf(text,
			    " What it does with signals could not be read.");
}

/* What holds the process, and who has to act. */
static void describe_remaining(struct strbuf *text,
			       const struct finding *finding)
{
	const struct view *remaining = finding->view;
	const char *comm = remaining->process.comm;
	uint32_t pid = remaining->process.pid;

	switch (finding->cause) {
	case VERDICT_OUTSIDE_PARENT:
		strbuf_addf(text, " Reap %u (%s): its parent is ", pid, comm);
		append_process(text, &remaining->parent);
		strbuf_addf(text,
			    ", outside, and does not wait for it: end %u, or make it wait.",
			    remaining->parent.pid);
		break;
	case VERDICT_TRACED:
		strbuf_addf(text, " Let %u (%s) go: its tracer ", pid, comm);
		append_process(text, &remaining->tracer);
		strbuf_addf(text,
			    " has to detach, to wait for it, or to end.");
		break;
	case VERDICT_LIVE_THREAD:
		strbuf_addf(text,
			    " %u (%s) cannot be reaped: its thread %u lives",
			    pid, comm, remaining->live_thread);
		append_blocked(text, &remaining->blocked_in);
		strbuf_addf(text, ".");
		break;
	case VERDICT_FROZEN:
		strbuf_addf(text, " Thaw %u (%s): its cgroup is frozen.", pid,
			    comm);
		break;
	case VERDICT_DUMPING:
		strbuf_addf(text,
			    " %u (%s) is writing a core dump, which its disk has to take.",
			    pid, comm);
		break;
	case VERDICT_DISK_SLEEP:
		strbuf_addf(text, " %u (%s) is in disk sleep", pid, comm);
		append_blocked(text, &remaining->blocked_in);
		strbuf_addf(text, ", which SIGKILL does not end.");
		break;
	default:
		strbuf_addf(text, " %u (%s) is %s.", pid, comm,
			    remaining->letter == 'Z' ?
			    "dead, and about to be reaped" : "still dying");
	}
}

/* "init NAME PID/1 was killed by SIGKILL 3.0 s ago" */
static void append_begin(struct strbuf *text, const struct facts *facts)
{
	const struct process *init = &facts->begin->process[ROLE_INIT];
	char name[SIGNAL_NAME_SIZE];

	strbuf_addf(text, "init ");
	append_process(text, init);
	if (process_has(init, NSORPHAN_A_PROCESS_EXIT_SIGNAL))
		strbuf_addf(text, " was killed by %s ",
			    signal_name(init->exit_signal, name));
	else if (process_has(init, NSORPHAN_A_PROCESS_EXIT_CODE))
		strbuf_addf(text, " exited with status %u ", init->exit_code);
	else
		strbuf_addf(text, " ended ");
	append_ago(text, facts, facts->begin->boot_ns);
}

static void describe_teardown(struct strbuf *text, const struct facts *facts,
			      const struct verdict *verdict)
{
	const struct finding *finding;
	int stuck, listed = 0;
	size_t i;

	if (facts->begin) {
		append_begin(text, facts);
	} else {
		append_init(text, facts);
		strbuf_addf(text, " is dying");
	}
	strbuf_addf(text,
		    ", and the kernel tears the namespace down: %zu %s left.",
		    facts->count,
		    facts->count == 1 ? "process is" : "processes are");
	/* Those first that end only when somebody acts. */
	for (stuck = 1; stuck >= 0; stuck--) {
		for (i = 0; i < verdict->count && listed < LISTED_MAX; i++) {
			finding = &verdict->findings[i];
			if ((verdict_severity(finding->cause) ==
			     SEVERITY_STUCK) != stuck)
				continue;
			describe_remaining(text, finding);
			listed++;
		}
	}
	if (verdict->count > LISTED_MAX)
		strbuf_addf(text, " And %zu more.",
			    verdict->count - LISTED_MAX);
}

static void describe_gone(struct strbuf *text, const struct facts *facts)
{
	char duration[DURATION_SIZE];

	strbuf_addf(text, "The namespace is gone");
	if (!facts->begin && !facts->end) {
		strbuf_addf(text, "; how it ended is not recorded.");
		return;
	}
	if (facts->begin) {
		strbuf_addf(text, ": ");
		append_begin(text, facts);
	}
	if (facts->end) {
		strbuf_addf(text, "; it was empty %s later, after %u %s killed",
			    duration_text(facts->end->duration_ns, duration),
			    facts->end->killed, facts->end->killed == 1 ?
			    "process was" : "processes were");
	}
	strbuf_addf(text, ".");
	/* A reaped init would not have been found in /proc. */
	if (facts->has_init && facts->init.parent.has) {
		strbuf_addf(text, " Its init %u is a zombie that ",
			    facts->init.process.pid);
		append_process(text, &facts->init.parent);
		strbuf_addf(text, " has not reaped yet.");
	}
}

char *verdict_text(const struct facts *facts, const struct verdict *verdict)
{
	struct strbuf text = { .string = NULL };

	switch (verdict->kind) {
	case VERDICT_HEALTHY:
		describe_healthy(&text, facts);
		break;
	case VERDICT_INIT_IGNORES_SIGNAL:
		describe_ignores(&text, facts, verdict->signal);
		break;
	case VERDICT_INIT_BLOCKS_SIGNAL:
		describe_blocks(&text, facts, verdict->signal);
		break;
	case VERDICT_INIT_WAITS_FOR_CHILD:
		describe_waits_for_child(&text, facts, verdict);
		break;
	case VERDICT_INIT_STOPPED:
		describe_stopped(&text, facts);
		break;
	case VERDICT_INIT_DISK_SLEEP:
		describe_disk_sleep(&text, facts);
		break;
	case VERDICT_GONE:
		describe_gone(&text, facts);
		break;
	default:
		describe_teardown(&text, facts, verdict);
	}
	return strbuf_detach(&text);
}

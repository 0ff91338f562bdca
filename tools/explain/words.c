// SPDX-License-Identifier: GPL-2.0
#include "explain/words.h"
#include "lib/duration.h"
#include "lib/process-name.h"
#include "lib/signal-name.h"
#include "lib/strbuf.h"

void words_process(struct strbuf *text, const struct process *process)
{
	char name[PROCESS_NAME_SIZE];

	strbuf_addf(text, "%s", process->has ? process_name(process, name) :
					       "an unknown process");
}

void words_init(struct strbuf *text, const struct facts *facts)
{
	if (facts->own_ns)
		strbuf_addf(text, "init ");
	words_process(text, &facts->init.process);
}

void words_ago(struct strbuf *text, const struct facts *facts, uint64_t boot_ns)
{
	char duration[DURATION_SIZE];

	if (boot_ns > facts->now_ns)
		boot_ns = facts->now_ns;
	strbuf_addf(text, "%s ago",
		    duration_text(facts->now_ns - boot_ns, duration));
}

void words_blocked(struct strbuf *text, const struct blocked *blocked_in)
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

void words_occupation(struct strbuf *text, const struct view *view)
{
	if (view->letter == 'R') {
		strbuf_addf(text, "runs");
		return;
	}
	strbuf_addf(text, "sleeps");
	words_blocked(text, &view->blocked_in);
}

void words_signal(struct strbuf *text, const struct facts *facts,
		  const struct last_signal *sent)
{
	char name[SIGNAL_NAME_SIZE];

	strbuf_addf(text, "%s", signal_name(sent->signal, name));
	if (sent->sender.has) {
		strbuf_addf(text, " from ");
		words_process(text, &sent->sender);
	}
	strbuf_addf(text, " ");
	words_ago(text, facts, sent->boot_ns);
	if (sent->count > 1)
		strbuf_addf(text, " (%u times in all)", sent->count);
}

void words_begin(struct strbuf *text, const struct facts *facts)
{
	const struct process *init = &facts->begin->process[ROLE_INIT];
	char name[SIGNAL_NAME_SIZE];

	strbuf_addf(text, "init ");
	words_process(text, init);
	if (process_has(init, NSORPHAN_A_PROCESS_EXIT_SIGNAL))
		strbuf_addf(text, " was killed by %s ",
			    signal_name(init->exit_signal, name));
	else if (process_has(init, NSORPHAN_A_PROCESS_EXIT_CODE))
		strbuf_addf(text, " exited with status %u ", init->exit_code);
	else
		strbuf_addf(text, " ended ");
	words_ago(text, facts, facts->begin->boot_ns);
}

void words_advice(struct strbuf *text, const char *action,
		  const struct advice *advice)
{
	if (advice->remedy)
		strbuf_addf(text, " %s (%s).", action, advice->remedy);
}

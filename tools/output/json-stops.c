// SPDX-License-Identifier: GPL-2.0
#include "explain/stop.h"
#include "genl/event.h"
#include "lib/clock.h"
#include "output/json-container.h"
#include "output/json-process.h"
#include "output/json-stops.h"
#include "output/json-writer.h"

static void put_asked(const struct stop *stop)
{
	const struct outside_signal *asked = stop->asked;

	if (!asked)
		return;
	json_number("signal", asked->signal);
	json_process("sender", &asked->sender);
	json_process("sender_parent", &asked->sender_parent);
	if (asked->sender_cgroup[0])
		json_string("sender_cgroup", asked->sender_cgroup);
	json_word("result", event_result_name(asked->result));
	json_time("asked_time", stop->asked_ns);
}

static void put_kill(const struct outside_signal *kill)
{
	if (!kill)
		return;
	json_process("killer", &kill->sender);
	json_process("killer_parent", &kill->sender_parent);
	if (kill->sender_cgroup[0])
		json_string("killer_cgroup", kill->sender_cgroup);
	if (!kill->sender.has)
		json_word("cause", event_cause_name(kill->cause));
	if (kill->oom_cgroup)
		json_number("oom_cgroup", kill->oom_cgroup);
	if (outside_signal_has(kill, NSORPHAN_A_CONTAINER_SIGNAL_OOM_LIMIT))
		json_number("oom_limit", kill->oom_limit);
}

static void put_stop(const struct container_stop *one)
{
	const struct process *main = &one->life->main;
	const struct stop *stop = &one->stop;

	json_begin_line();
	json_container(one->container);
	json_number("pidns", main->pidns);
	json_process("main", main);
	put_asked(stop);
	if (stop->ended_ns)
		json_time("ended_time", stop->ended_ns);
	if (stop->asked)
		json_seconds("seconds", stop_duration_ns(stop,
							 clock_boot_ns()));
	json_word("outcome", stop_outcome_name(stop->outcome));
	if (process_has(main, NSORPHAN_A_PROCESS_EXIT_CODE))
		json_number("exit_code", main->exit_code);
	if (process_has(main, NSORPHAN_A_PROCESS_EXIT_SIGNAL))
		json_number("exit_signal", main->exit_signal);
	put_kill(stop->kill);
	if (!life_is_late(one->life))
		json_number("killed", one->life->killed);
	json_end_line();
}

void json_stops(const struct container_stop *stops, size_t count, bool heading)
{
	(void)heading;
	for (; count; count--, stops++)
		put_stop(stops);
}

// SPDX-License-Identifier: GPL-2.0
#include "output/json-event.h"
#include "output/json-explain.h"
#include "output/json-list.h"
#include "output/json-signals.h"
#include "output/json-status.h"
#include "output/json-stops.h"
#include "output/json-teardown.h"
#include "output/json-tree.h"
#include "output/output.h"

const struct output_format output_json = {
	.name		= "json",
	.event		= json_event,
	.teardown	= json_teardown,
	.signals	= json_signals,
	.stops		= json_stops,
	.lost		= json_lost,
	.status		= json_status,
	.checks		= json_checks,
	.explain	= json_explain,
	.explain_one	= json_explain,
	.tree		= json_tree,
	.list		= json_list,
};

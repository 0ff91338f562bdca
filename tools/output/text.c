// SPDX-License-Identifier: GPL-2.0
#include "output/output.h"
#include "output/text-event.h"
#include "output/text-explain.h"
#include "output/text-list.h"
#include "output/text-signals.h"
#include "output/text-status.h"
#include "output/text-stops.h"
#include "output/text-teardown.h"
#include "output/text-tree.h"

const struct output_format output_text = {
	.name		= "text",
	.begin		= text_begin,
	.event		= text_event,
	.teardown	= text_teardown,
	.signals	= text_signals,
	.stops		= text_stops,
	.status		= text_status,
	.checks		= text_checks,
	.explain	= text_explain,
	.explain_one	= text_explain_one,
	.explain_none	= text_explain_none,
	.tree		= text_tree,
	.list		= text_list,
};

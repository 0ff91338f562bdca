// SPDX-License-Identifier: GPL-2.0
#include "output/json-container.h"
#include "output/json-process.h"
#include "output/json-tree.h"
#include "output/json-writer.h"
#include "proc/names-cache.h"

static void put_orphan(const struct orphan *orphan)
{
	json_open_map("lost");
	json_process("parent", &orphan->lost);
	json_number("seq", orphan->seq);
	json_time("time", orphan->boot_ns);
	json_number("boot_ns", orphan->boot_ns);
	json_close_map();
}

static void put_node(const struct tree_node *node)
{
	const struct task *task = node->task;
	struct container container;
	unsigned int i;

	json_begin_line();
	json_process("process", &task->process);
	json_open_array("ns_pids");
	for (i = 0; i < task->levels; i++)
		json_number_element(task->ns_pids[i]);
	json_close_array();
	if (node->parent)
		json_process("parent", &node->parent->process);
	json_container(names_of_task(task, &container));
	json_bool("zombie", task->letter == 'Z');
	json_bool("subreaper", node->subreaper);
	json_bool("outside_parent", node->outside);
	if (node->orphan)
		put_orphan(node->orphan);
	json_end_line();
}

void json_tree(const struct process_tree *tree)
{
	size_t i;

	for (i = 0; i < tree->count; i++)
		put_node(&tree->nodes[i]);
}

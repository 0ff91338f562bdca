/* SPDX-License-Identifier: GPL-2.0 */
/* A process tree in JSON, a line each process; see struct output_format. */
#ifndef NSORPHAN_JSON_TREE_H
#define NSORPHAN_JSON_TREE_H

#include "explain/process-tree.h"

void json_tree(const struct process_tree *tree);

#endif

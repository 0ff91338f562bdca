/* SPDX-License-Identifier: GPL-2.0 */
/* A process tree as text; see struct output_format. */
#ifndef NSORPHAN_TEXT_TREE_H
#define NSORPHAN_TEXT_TREE_H

#include "explain/process-tree.h"

void text_tree(const struct process_tree *tree);

#endif

// SPDX-License-Identifier: GPL-2.0
#include "proc/engine-file.h"

const char *engine_root(void)
{
	return "";
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Engines have their files in the folder $FAKE_ENGINES; without it they have
 * none. Linked with -Wl,--wrap=engine_root.
 */
#include <stdlib.h>

#include "proc/engine-file.h"

const char *__wrap_engine_root(void);

const char *__wrap_engine_root(void)
{
	const char *root = getenv("FAKE_ENGINES");

	return root ? root : "/nonexistent";
}

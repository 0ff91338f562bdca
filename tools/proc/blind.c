// SPDX-License-Identifier: GPL-2.0
#include <stdbool.h>

#include "proc/blind.h"
#include "proc/procfs.h"

#define BLIND		"the kernel calls no probe, so only signals are recorded: "
#define ENABLE_FTRACE	"sysctl kernel.ftrace_enabled=1"
#define ENABLE_KPROBES	"echo 1 >/sys/kernel/debug/kprobes/enabled"

const char *blind_sentence(void)
{
	bool ftrace = procfs_file_begins("/proc/sys/kernel/ftrace_enabled", "0");
	bool kprobes = procfs_file_begins("/sys/kernel/debug/kprobes/enabled", "0");

	if (ftrace && kprobes)
		return BLIND "ftrace and kprobes are switched off (" ENABLE_FTRACE "; "
		       ENABLE_KPROBES ")";
	if (ftrace)
		return BLIND "ftrace is switched off (" ENABLE_FTRACE ")";
	if (kprobes)
		return BLIND "kprobes are switched off (" ENABLE_KPROBES ")";
	return BLIND "the cause is not known (unload the module and load it again)";
}

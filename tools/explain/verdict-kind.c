// SPDX-License-Identifier: GPL-2.0
#include <stddef.h>

#include "explain/verdict-kind.h"

static const struct {
	const char *name;
	enum verdict_severity severity;
	const char *words;
} verdicts[VERDICT_KINDS] = {
	[VERDICT_HEALTHY] = { "healthy", SEVERITY_NONE, NULL },
	[VERDICT_INIT_NOT_STARTED] = {
		"init-not-started", SEVERITY_STUCK, NULL },
	[VERDICT_INIT_STOPPED] = { "init-stopped", SEVERITY_STUCK, NULL },
	[VERDICT_INIT_THROTTLED] = { "init-throttled", SEVERITY_STUCK, NULL },
	[VERDICT_INIT_DISK_SLEEP] = { "init-disk-sleep", SEVERITY_STUCK, NULL },
	[VERDICT_INIT_IGNORES_SIGNAL] = {
		"init-ignores-signal", SEVERITY_STUCK, NULL },
	[VERDICT_INIT_BLOCKS_SIGNAL] = {
		"init-blocks-signal", SEVERITY_STUCK, NULL },
	[VERDICT_INIT_WAITS_FOR_CHILD] = {
		"init-waits-for-child", SEVERITY_STUCK, NULL },
	[VERDICT_INIT_WAITS] = { "init-waits", SEVERITY_STUCK, NULL },
	[VERDICT_INIT_IN_HANDLER] = { "init-in-handler", SEVERITY_STUCK, NULL },
	[VERDICT_INIT_HANDLES_SIGNAL] = {
		"init-handles-signal", SEVERITY_STUCK, NULL },
	[VERDICT_INIT_DOES_NOT_REAP] = {
		"init-does-not-reap", SEVERITY_STUCK, NULL },
	[VERDICT_LEFT_BEHIND] = { "left-behind", SEVERITY_STUCK, NULL },
	[VERDICT_INIT_EXITING] = { "init-exiting", SEVERITY_STUCK, NULL },
	[VERDICT_OUTSIDE_PARENT] = {
		"teardown-outside-parent", SEVERITY_STUCK,
		"its parent, outside of the namespace, does not reap it" },
	[VERDICT_TRACED] = {
		"teardown-traced", SEVERITY_STUCK, "its tracer holds it" },
	[VERDICT_FROZEN] = {
		"teardown-frozen", SEVERITY_STUCK, "it is frozen" },
	[VERDICT_DUMPING] = {
		"teardown-dumping", SEVERITY_STUCK, "it dumps core" },
	[VERDICT_LIVE_THREAD] = {
		"teardown-live-thread", SEVERITY_STUCK,
		"another of its threads has not ended" },
	[VERDICT_DISK_SLEEP] = {
		"teardown-disk-sleep", SEVERITY_STUCK,
		"it waits for a device or file system that does not answer" },
	[VERDICT_THROTTLED] = {
		"teardown-throttled", SEVERITY_STUCK,
		"it gets no processor time" },
	[VERDICT_RUNNING] = {
		"teardown-running", SEVERITY_DYING, "it is still dying" },
	[VERDICT_INIT_NOT_REAPED] = {
		"init-not-reaped", SEVERITY_STUCK, NULL },
	[VERDICT_GONE] = { "gone", SEVERITY_OVER, NULL },
};

const char *verdict_name(enum verdict_kind kind)
{
	return verdicts[kind].name;
}

const char *verdict_words(enum verdict_kind kind)
{
	return verdicts[kind].words;
}

enum verdict_severity verdict_severity(enum verdict_kind kind)
{
	return verdicts[kind].severity;
}

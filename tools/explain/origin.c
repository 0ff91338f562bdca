// SPDX-License-Identifier: GPL-2.0
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "explain/origin.h"
#include "genl/event.h"
#include "lib/error.h"
#include "lib/process-name.h"
#include "lib/size.h"
#include "lib/strbuf.h"
#include "lib/util.h"
#include "nsorphan.h"
#include "proc/cgroup.h"

static bool ends_with(const char *text, size_t len, const char *suffix)
{
	size_t suffix_len = strlen(suffix);

	return len > suffix_len &&
	       !memcmp(text + len - suffix_len, suffix, suffix_len);
}

static bool begins_with(const char *name, const char *text)
{
	return !strncmp(name, text, strlen(text));
}

/*
 * Finds the unit of systemd in @path, that of a cgroup or its end:
 * "docker.service", "session-3.scope". Copies it to @unit; empty: none.
 */
static void find_unit(const char *path, char unit[SENDER_CGROUP_MAX])
{
	size_t len;

	unit[0] = '\0';
	for (; *path; path += len + (path[len] == '/')) {
		len = strcspn(path, "/");
		/* The innermost one. */
		if (len < SENDER_CGROUP_MAX &&
		    (ends_with(path, len, ".service") ||
		     ends_with(path, len, ".scope")))
			snprintf(unit, SENDER_CGROUP_MAX, "%.*s", (int)len,
				 path);
	}
}

static bool is_service(const char *unit)
{
	return ends_with(unit, strlen(unit), ".service");
}

/* Appends one more of what stands in brackets. */
static void append_detail(struct strbuf *text, bool *opened)
{
	strbuf_addf(text, *opened ? ", " : " (");
	*opened = true;
}

static void append_sender(struct strbuf *text,
			  const struct outside_signal *sent)
{
	const struct process *parent = &sent->sender_parent;
	char name[PROCESS_NAME_SIZE], unit[SENDER_CGROUP_MAX];
	bool opened = false;

	find_unit(sent->sender_cgroup, unit);
	strbuf_addf(text, "%s", process_name(&sent->sender, name));
	/* A user's parent is a shell; a service's tells who in it acted. */
	if (parent->has && parent->pid > 1 && (!unit[0] || is_service(unit))) {
		append_detail(text, &opened);
		strbuf_addf(text, "%s", parent->comm);
	}
	if (unit[0]) {
		append_detail(text, &opened);
		strbuf_addf(text, "%s", unit);
	}
	if (sent->sender.uid || !is_service(unit)) {
		append_detail(text, &opened);
		strbuf_addf(text, "uid %u", sent->sender.uid);
	}
	strbuf_addf(text, opened ? ")" : "");
}

static void append_kernel(struct strbuf *text,
			  const struct outside_signal *sent)
{
	const char *words = event_cause_words(sent->cause);
	char limit[SIZE_TEXT_SIZE];

	strbuf_addf(text, "the kernel");
	if (sent->cause != NSORPHAN_SIGNAL_CAUSE_OOM) {
		if (words)
			strbuf_addf(text, ": %s", words);
		return;
	}
	strbuf_addf(text, ": %s", words);
	if (!sent->oom_cgroup)
		return;
	strbuf_addf(text, " in its cgroup");
	if (outside_signal_has(sent, NSORPHAN_A_CONTAINER_SIGNAL_OOM_LIMIT))
		strbuf_addf(text, " (%s %s)", cgroup_memory_limit_file(),
			    size_text(sent->oom_limit, limit));
}

void origin_append(struct strbuf *text, const struct outside_signal *sent)
{
	if (sent->sender.has)
		append_sender(text, sent);
	else
		append_kernel(text, sent);
}

char *origin_text(const struct outside_signal *sent)
{
	struct strbuf buf = { .string = NULL };
	char *text;

	origin_append(&buf, sent);
	text = strbuf_detach(&buf);
	if (text)
		return text;
	error_no_memory();
}

bool origin_is_engine(const struct outside_signal *sent)
{
	/* Names of processes are cut to 15 bytes. */
	static const char *const names[] = {
		"containerd", "conmon", "crio", "crun", "docker", "kubelet",
		"lxc", "podman", "runc", "systemd-nspawn",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (begins_with(sent->sender.comm, names[i]) ||
		    begins_with(sent->sender_parent.comm, names[i]))
			return true;
	return false;
}

bool origin_append_log(struct strbuf *text, const struct outside_signal *sent)
{
	char unit[SENDER_CGROUP_MAX];

	find_unit(sent->sender_cgroup, unit);
	if (!sent->sender.has)
		return false;
	if (!strcmp(unit, "docker.service"))
		strbuf_addf(text, "docker events");
	else if (!strcmp(sent->sender.comm, "podman"))
		strbuf_addf(text, "podman events");
	else if (is_service(unit))
		strbuf_addf(text, "journalctl -u %s", unit);
	else
		return false;
	return true;
}

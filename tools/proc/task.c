// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/util.h"
#include "proc/container.h"
#include "proc/procfs.h"
#include "proc/task.h"

/* PF_* of the kernel's linux/sched.h: field 9 of stat. */
#define FLAG_EXITING	0x00000004UL
#define FLAG_WQ_WORKER	0x00000020UL
#define FLAG_KTHREAD	0x00200000UL

uint32_t task_state(char letter)
{
	switch (letter) {
	case 'R':
		return NSORPHAN_TASK_STATE_RUNNING;
	case 'D':
		return NSORPHAN_TASK_STATE_DISK_SLEEP;
	case 'T':
		return NSORPHAN_TASK_STATE_STOPPED;
	case 't':
		return NSORPHAN_TASK_STATE_TRACED;
	case 'X':
		return NSORPHAN_TASK_STATE_DEAD;
	case 'Z':
		return NSORPHAN_TASK_STATE_ZOMBIE;
	case 'P':
		return NSORPHAN_TASK_STATE_PARKED;
	case 'I':
		return NSORPHAN_TASK_STATE_IDLE;
	default:
		return NSORPHAN_TASK_STATE_SLEEPING;
	}
}

/*
 * Parses PID (NAME) STATE PPID ..., see proc(5); the name may hold anything.
 * Returns 0 or -EPROTO.
 */
static int parse_stat(const char *stat, struct task *task)
{
	const char *name = strchr(stat, '('), *end = strrchr(stat, ')');
	unsigned long flags;
	size_t len;

	if (!name || !end || end < name)
		return -EPROTO;
	len = (size_t)(end - name) - 1;
	memcpy(task->process.comm, name + 1,
	       len < COMM_MAX ? len : COMM_MAX - 1);
	if (sscanf(end + 1, " %c %u %*d %*d %*d %*d %lu", &task->letter,
		   &task->ppid, &flags) != 3)
		return -EPROTO;
	task->exiting = flags & FLAG_EXITING;
	task->kernel = flags & FLAG_KTHREAD;
	task->worker = flags & FLAG_WQ_WORKER;
	task->start_ticks = procfs_stat_start(stat);
	task->process.start_ns = task->start_ticks * clock_tick_ns();
	task->process.state = task_state(task->letter);
	return 0;
}

/*
 * Returns what follows "@key:" at the start of a line of @status, or NULL. The
 * name of the process cannot fake a line: its newlines are escaped.
 */
static const char *status_line(const char *status, const char *key)
{
	size_t len = strlen(key);
	const char *line;

	for (line = status; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, key, len) && line[len] == ':')
			return line + len + 1;
	}
	return NULL;
}

/*
 * Does what task_status_number() does for the rest of a status file from *@status
 * on, and moves that to the line. The lines have to be asked for in their order:
 * to begin anew for each takes longer than all else that is done with a process.
 */
static bool next_number(const char **status, const char *key, int base,
			uint64_t *number)
{
	const char *text = status_line(*status, key);
	char *end;

	if (!text)
		return false;
	*status = text;
	*number = strtoull(text, &end, base);
	return end != text;
}

bool task_status_number(const char *status, const char *key, int base,
			uint64_t *number)
{
	return next_number(&status, key, base, number);
}

static void parse_ns_pids(const char **status, struct task *task)
{
	const char *text = status_line(*status, "NSpid");
	char *end;

	if (text)
		*status = text;
	for (; text && task->levels < TASK_LEVELS; text = end) {
		text += strspn(text, "\t ");
		if (*text < '0' || *text > '9')
			break;
		task->ns_pids[task->levels++] =
			(uint32_t)strtoul(text, &end, 10);
	}
	if (task->levels)
		task->process.ns_pid = task->ns_pids[task->levels - 1];
}

/* Asks for lines in the order of proc_pid_status() in the kernel's fs/proc. */
static void parse_status(const char *status, struct task *task)
{
	uint64_t number, shared;

	if (next_number(&status, "TracerPid", 10, &number))
		task->tracer = (uint32_t)number;
	if (next_number(&status, "Uid", 10, &number))
		task->process.uid = (uint32_t)number;
	parse_ns_pids(&status, task);
	if (next_number(&status, "CoreDumping", 10, &number))
		task->dumping = number;
	if (next_number(&status, "Threads", 10, &number))
		task->threads = (unsigned int)number;
	task->has_signals =
		next_number(&status, "SigPnd", 16, &task->pending) &&
		next_number(&status, "ShdPnd", 16, &shared) &&
		next_number(&status, "SigBlk", 16, &task->blocked) &&
		next_number(&status, "SigIgn", 16, &task->ignored) &&
		next_number(&status, "SigCgt", 16, &task->caught);
	if (task->has_signals)
		task->pending |= shared;
}

/* All kernel threads are in the initial namespace and ignore all signals. */
static void fill_kernel_thread(struct task *task)
{
	task->process.ns_pid = task->process.pid;
	task->process.pidns = PROCFS_PIDNS_INITIAL;
	task->ns_pids[0] = task->process.pid;
	task->levels = 1;
	task->threads = 1;
	task->has_signals = true;
	task->ignored = UINT64_MAX;
}

/*
 * Takes from the status file what that of stat has, which cannot be read: all but
 * the start and the flags. Returns 0 or -ESRCH.
 */
static int read_without_stat(int dir, struct task *task)
{
	char status[8192];
	const char *text;
	uint64_t ppid;

	if (procfs_read_file(dir, "status", status, sizeof(status)) <= 0)
		return -ESRCH;
	text = status_line(status, "Name");
	if (!text || sscanf(text, " %15[^\n]", task->process.comm) != 1)
		return -ESRCH;
	text = status_line(status, "State");
	if (!text)
		return -ESRCH;
	task->letter = text[strspn(text, "\t ")];
	if (!task_status_number(status, "PPid", 10, &ppid))
		return -ESRCH;
	task->ppid = (uint32_t)ppid;
	task->process.state = task_state(task->letter);
	return 0;
}

/* Reads stat, or what stands for it. Returns 0 or a negative errno. */
static int read_stat(int dir, struct task *task)
{
	char text[1024];
	ssize_t len = procfs_read_file(dir, "stat", text, sizeof(text));

	if (len == -ETIMEDOUT)
		return read_without_stat(dir, task);
	return len > 0 ? parse_stat(text, task) : -ESRCH;
}

/* Reads what the stat file does not have. Returns 0 or -ESRCH. */
static int read_user_process(int dir, struct task *task)
{
	char id[CONTAINER_SIZE], text[8192];

	if (procfs_read_file(dir, "status", text, sizeof(text)) <= 0)
		return -ESRCH;
	parse_status(text, task);
	task->process.pidns = procfs_pidns(dir);
	/* A pid on one level only: that of the initial namespace. */
	if (!task->process.pidns && task->levels == 1)
		task->process.pidns = PROCFS_PIDNS_INITIAL;
	if (procfs_read_file(dir, "cgroup", text, sizeof(text)) > 0 &&
	    container_of_proc(text, id, &task->container_user))
		task->container = strdup(id);
	return 0;
}

int task_read(uint32_t pid, struct task *task)
{
	static const unsigned int attributes[] = {
		NSORPHAN_A_PROCESS_PID, NSORPHAN_A_PROCESS_NS_PID,
		NSORPHAN_A_PROCESS_PIDNS, NSORPHAN_A_PROCESS_COMM,
		NSORPHAN_A_PROCESS_START_NS, NSORPHAN_A_PROCESS_UID,
		NSORPHAN_A_PROCESS_STATE,
	};
	int dir, error;
	size_t i;

	*task = (struct task){ .process = { .pid = pid } };
	dir = procfs_open(pid, 0);
	if (dir < 0)
		return dir;
	error = read_stat(dir, task);
	if (!error && task->kernel)
		fill_kernel_thread(task);
	else if (!error)
		error = read_user_process(dir, task);
	close(dir);
	for (i = 0; !error && i < ARRAY_SIZE(attributes); i++)
		task->process.has |= 1U << attributes[i];
	return error;
}

void task_clear(struct task *task)
{
	free(task->container);
	task->container = NULL;
}

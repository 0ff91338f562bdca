// SPDX-License-Identifier: GPL-2.0
/*
 * Stands in for tools/genl/client.c: a module that does what the environment says.
 *   FAKE_NEXT	next_seq of the status
 *   FAKE_OLDEST	oldest_seq of the status; default: a number that shows where
 *		it is used
 *   FAKE_DUMPS	what each dump holds, separated by ';': numbers and ranges,
 *		'A' as its end where it waited too long for a writer (EAGAIN)
 *   FAKE_SENT	what is sent: numbers and ranges, '!' the socket overran,
 *		'~' nothing for now, 'W' nothing until poll() has timed out,
 *		'S' an announcement of the status, 'X' the module is gone
 *   FAKE_COMM	name of every process
 *   FAKE_SIGNALS
 *		what the events are, in turn, else reparentings: words
 *		SIGNAL:SENDER:TARGET:RESULT, which are numbers, the sender 0 for
 *		the kernel. A process of N million is in pid namespace N; where the
 *		target is '+', each event has another one. '-' is none. After :CAUSE
 *		the sender is the process of the thread that ended, and :CGROUP:LIMIT
 *		may follow, or :TID
 *   FAKE_RECORDED
 *		the number of enum nsorphan_signals in the status
 *   FAKE_MISSED, FAKE_MISMATCHED
 *		what the status says, one number for each time that it is
 *		read; the last one also from then on
 *   FAKE_VERIFY	verify is on
 *   FAKE_LOADED	loaded_ns of the status
 *   FAKE_STEP	time between two events in ns; default: 1000
 *   FAKE_TRACE	say on standard error what was asked for: "status",
 *		"dump SINCE", "rcvbuf BYTES"; "announced" for an 'S', and "sent"
 *		when all of FAKE_SENT was read
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "genl/client.h"
#include "lib/error.h"

/* Numbers still to come: a range, and what is behind it. */
struct list {
	const char *rest;
	unsigned long long at, last;
};

/* A number that changes each time that it is read. */
struct counter {
	const char *rest;
	unsigned long long now;
};

struct client {
	int fd;
	struct list dumps, sent;
	struct counter missed, mismatched;
	bool dumping;
	bool timer_set;		/* fd becomes readable soon */
	bool silent;		/* in a 'W' */
	bool exhausted;		/* said so */
};

static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value ? value : "";
}

static void trace(const char *what)
{
	if (getenv("FAKE_TRACE"))
		fprintf(stderr, "%s\n", what);
}

/* The word for event number @seq, or NULL. */
static const char *signal_word(unsigned long long seq)
{
	const char *word = variable("FAKE_SIGNALS"), *blank;
	unsigned long long count = 1;

	if (!*word)
		return NULL;
	for (blank = word; (blank = strchr(blank, ' ')); blank++)
		count++;
	for (seq = (seq - 1) % count; seq; seq--)
		word = strchr(word, ' ') + 1;
	return word;
}

static uint64_t boot_ns(unsigned long long seq)
{
	const char *step = variable("FAKE_STEP");

	return seq * (*step ? strtoull(step, NULL, 10) : 1000);
}

static void make_process(unsigned int pid, struct process *process)
{
	process->has = 1U << NSORPHAN_A_PROCESS_PID;
	process->pid = pid;
	process->pidns = pid / 1000000;
	process->ns_pid = process->pidns > 1 ? pid % 1000000 : pid;
	snprintf(process->comm, COMM_MAX, "%s", variable("FAKE_COMM"));
}

/* @word is what follows the result: see FAKE_SIGNALS. */
static void make_cause(const char *word, unsigned int thread,
		       struct event *event)
{
	struct process *process = &event->process[ROLE_THREAD];
	char *end;

	event->has |= 1ULL << NSORPHAN_A_EVENT_CAUSE;
	event->cause = (uint32_t)strtoul(word + 1, &end, 10);
	if (thread) {
		make_process(thread, process);
		process->has |= 1U << NSORPHAN_A_PROCESS_TID;
		process->tid = (uint32_t)strtoul(end + 1, NULL, 10);
		return;
	}
	if (*end != ':')
		return;
	event->has |= 1ULL << NSORPHAN_A_EVENT_OOM_CGROUP;
	event->oom_cgroup = strtoull(end + 1, &end, 10);
	if (*end != ':')
		return;
	event->has |= 1ULL << NSORPHAN_A_EVENT_OOM_LIMIT;
	event->oom_limit = strtoull(end + 1, NULL, 10);
}

static void make_signal(unsigned long long seq, const char *word,
			struct event *event)
{
	unsigned int sender, target = 5000000 + (unsigned int)seq;
	char *end;

	*event = (struct event){
		.has = 1U << NSORPHAN_A_EVENT_SIGNAL |
		       1U << NSORPHAN_A_EVENT_RESULT,
		.type = NSORPHAN_EVENT_TYPE_SIGNAL,
		.seq = seq, .boot_ns = boot_ns(seq),
	};
	event->signal = (uint32_t)strtoul(word, &end, 10);
	sender = (unsigned int)strtoul(end + 1, &end, 10);
	if (end[1] == '+')
		end += 2;
	else
		target = (unsigned int)strtoul(end + 1, &end, 10);
	event->result = (uint32_t)strtoul(end + 1, &end, 10);
	if (*end == ':')
		make_cause(end, sender, event);
	else if (sender)
		make_process(sender, &event->process[ROLE_SENDER]);
	make_process(target, &event->process[ROLE_TARGET]);
	event->pidns = event->process[ROLE_TARGET].pidns;
}

static void make_event(unsigned long long seq, struct event *event)
{
	static const enum role roles[] = {
		ROLE_CHILD, ROLE_OLD_PARENT, ROLE_NEW_PARENT
	};
	const char *word = signal_word(seq);
	size_t i;

	if (word && strncmp(word, "-", 1)) {
		make_signal(seq, word, event);
		return;
	}
	*event = (struct event){
		.type = NSORPHAN_EVENT_TYPE_REPARENT,
		.seq = seq, .boot_ns = boot_ns(seq), .pidns = 4026531836,
	};
	for (i = 0; i < 3; i++) {
		struct process *process = &event->process[roles[i]];

		process->has = 1U << NSORPHAN_A_PROCESS_PID;
		process->pid = (uint32_t)(5000000 + seq * 10 + i);
		process->ns_pid = process->pid;
		snprintf(process->comm, COMM_MAX, "%s", variable("FAKE_COMM"));
	}
}

/* The next number of @list; it stops at a word that is none. */
static bool next_number(struct list *list, unsigned long long *number)
{
	char *end;

	if (list->at > list->last) {
		list->rest += strspn(list->rest, " ");
		list->at = strtoull(list->rest, &end, 10);
		if (end == list->rest) {
			list->at = 1;
			list->last = 0;
			return false;
		}
		list->last = list->at;
		if (*end == '-')
			list->last = strtoull(end + 1, &end, 10);
		list->rest = end;
	}
	*number = list->at++;
	return true;
}

/* The next number, or the last one again. */
static unsigned long long next_count(struct counter *counter)
{
	char *end;
	unsigned long long number = strtoull(counter->rest, &end, 10);

	if (end != counter->rest)
		counter->now = number;
	counter->rest = end;
	return counter->now;
}

int client_open(struct client **client)
{
	*client = calloc(1, sizeof(**client));
	(*client)->fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	(*client)->dumps = (struct list){ variable("FAKE_DUMPS"), 1, 0 };
	(*client)->sent = (struct list){ variable("FAKE_SENT"), 1, 0 };
	(*client)->missed.rest = variable("FAKE_MISSED");
	(*client)->mismatched.rest = variable("FAKE_MISMATCHED");
	return 0;
}

void client_close(struct client *client)
{
	free(client);
}

static void make_status(struct client *client, struct status *status)
{
	unsigned long long missed = next_count(&client->missed);

	*status = (struct status){
		.version = "\"\\\xff\n", .kernel = "k",
		.reparent_probe = "find_alive_thread",
		.teardown_probe = "zap",
		.loaded_ns = strtoull(variable("FAKE_LOADED"), NULL, 10),
		.next_seq = strtoull(variable("FAKE_NEXT"), NULL, 10),
		.oldest_seq = *variable("FAKE_OLDEST") ?
			      strtoull(variable("FAKE_OLDEST"), NULL, 10) :
			      UINT64_MAX,
		.missed = missed,
		.mismatched = next_count(&client->mismatched),
		.verify = getenv("FAKE_VERIFY"),
		.signals = (uint32_t)strtoul(variable("FAKE_RECORDED"), NULL, 10),
		.nr_probes = 4,
		.probes = {
			{ "find_alive_thread.isra.0", missed > 1 ? 1 : 0 },
			{ "find_alive_threads", 0 },
			{ "zap", missed > 2 ? missed - 2 : 0 },
			{ "idr", missed > 0 ? 1 : 0 },
		},
	};
}

int client_status(struct client *client, struct status *status)
{
	/* As the real one has it. */
	if (client->dumping)
		abort();
	trace("status");
	make_status(client, status);
	return 0;
}

void client_set_rcvbuf(struct client *client, int bytes)
{
	(void)client;
	if (getenv("FAKE_TRACE"))
		fprintf(stderr, "rcvbuf %d\n", bytes);
}

int client_listen(struct client *client)
{
	(void)client;
	return 0;
}

int client_fd(const struct client *client)
{
	return client->fd;
}

/* Nothing to read now, but the descriptor becomes readable at once. */
static int pause_briefly(struct client *client)
{
	static const struct itimerspec at_once = { .it_value = { 0, 1 } };

	timerfd_settime(client->fd, 0, &at_once, NULL);
	client->timer_set = true;
	return -EAGAIN;
}

static int nothing_left(struct client *client)
{
	if (!client->exhausted)
		trace("sent");
	client->exhausted = true;
	return -EAGAIN;
}

int client_next(struct client *client, struct event *event,
		struct status *status)
{
	unsigned long long n;
	char waited[8];

	/*
	 * Called again though the descriptor never became readable: poll() has
	 * timed out. The reader still finds nothing, does what it is time for,
	 * and then polls a descriptor that is readable.
	 */
	if (client->silent) {
		client->silent = false;
		return pause_briefly(client);
	}
	/* The reader may call again before the timer has fired. */
	if (client->timer_set && read(client->fd, waited, sizeof(waited)) < 0)
		return -errno;
	client->timer_set = false;
	if (next_number(&client->sent, &n)) {
		make_event(n, event);
		return CLIENT_EVENT;
	}
	if (!*client->sent.rest)
		return nothing_left(client);
	switch (*client->sent.rest++) {
	case '!':
		return -ENOBUFS;
	case 'S':
		trace("announced");
		make_status(client, status);
		return CLIENT_STATUS;
	case 'X':
		return -ENODEV;
	case 'W':
		client->silent = true;
		return -EAGAIN;
	default:
		return pause_briefly(client);
	}
}

int client_teardowns(struct client *client, struct teardowns *teardowns)
{
	(void)client;
	(void)teardowns;
	return 0;
}

int client_lives(struct client *client, struct lives *lives)
{
	(void)client;
	(void)lives;
	return 0;
}

int client_dump(struct client *client, uint64_t since)
{
	if (getenv("FAKE_TRACE"))
		fprintf(stderr, "dump %llu\n", (unsigned long long)since);
	client->dumping = true;
	return 0;
}

int client_dump_next(struct client *client, struct event *event)
{
	unsigned long long n;
	int error = 0;

	if (next_number(&client->dumps, &n)) {
		make_event(n, event);
		return 1;
	}
	if (*client->dumps.rest == 'A') {
		client->dumps.rest++;
		error = -EAGAIN;
	}
	if (*client->dumps.rest == ';')
		client->dumps.rest++;
	client->dumping = false;
	return error;
}

void client_perror(int error)
{
	error_print("fake: %s", strerror(-error));
}

int client_threads(struct client *client, const struct thread_filter *wanted,
		   struct threads *threads)
{
	(void)client;
	(void)wanted;
	*threads = (struct threads){ .count = 0 };
	return 0;
}

int client_filesystem(struct client *client, int fd,
		      struct filesystem *filesystem)
{
	(void)client;
	(void)fd;
	*filesystem = (struct filesystem){ .count = 0 };
	return -ENOENT;
}

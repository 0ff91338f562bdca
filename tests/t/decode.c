// SPDX-License-Identifier: GPL-2.0
/*
 * Prints TAP: what genl/decode.c makes of messages, whole, cut off, changed at
 * random, and with attributes that a newer module may send. Every message has a
 * buffer of exactly its size, so that a checker of memory sees what reads more.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include "genl/decode.h"
#include "genl/event.h"
#include "genl/filesystem.h"
#include "genl/status.h"
#include "genl/teardown.h"
#include "genl/thread.h"

#define MUTATIONS	20000

static int tests, failed;

static void ok(bool good, const char *what)
{
	printf("%sok %d - %s\n", good ? "" : "not ", ++tests, what);
	failed += !good;
}

static struct nl_msg *start(void)
{
	struct nl_msg *msg = nlmsg_alloc();

	genlmsg_put(msg, 0, 0, 99, 0, 0, NSORPHAN_CMD_EVENT_NTF, 1);
	return msg;
}

/* A copy of @msg, of its first @len bytes, which says that it is as long. */
static struct nlmsghdr *copy(struct nl_msg *msg, size_t len)
{
	struct nlmsghdr *nlh = malloc(len);

	if (!nlh)
		abort();
	memcpy(nlh, nlmsg_hdr(msg), len);
	nlh->nlmsg_len = (uint32_t)len;
	return nlh;
}

static int decode(struct nl_msg *msg, struct event *event)
{
	struct nlmsghdr *nlh = copy(msg, nlmsg_hdr(msg)->nlmsg_len);
	int error = decode_event(nlh, event);

	free(nlh);
	nlmsg_free(msg);
	return error;
}

static void put_process(struct nl_msg *msg, int type, uint32_t pid)
{
	struct nlattr *nest = nla_nest_start(msg, type);

	nla_put_u32(msg, NSORPHAN_A_PROCESS_PID, pid);
	nla_put_u32(msg, NSORPHAN_A_PROCESS_NS_PID, 1);
	nla_put(msg, NSORPHAN_A_PROCESS_COMM, 16, "sixteen bytes...");
	nla_put_u32(msg, NSORPHAN_A_PROCESS_MAX + 3, 7);
	nla_put_u64(msg, NSORPHAN_A_PROCESS_START_NS, 1ULL << 40);
	nla_nest_end(msg, nest);
}

static struct nl_msg *whole_event(void)
{
	struct nl_msg *msg = start();

	nla_put_u64(msg, NSORPHAN_A_EVENT_SEQ, 1ULL << 33);
	nla_put_u32(msg, NSORPHAN_A_EVENT_EVENT, NSORPHAN_EVENT_TYPE_REPARENT);
	nla_put_u32(msg, NSORPHAN_A_EVENT_MAX + 3, 7);
	put_process(msg, NSORPHAN_A_EVENT_CHILD, 4711);
	nla_put_flag(msg, NSORPHAN_A_EVENT_CROSSED);
	put_process(msg, NSORPHAN_A_EVENT_NEW_PARENT, 1);
	return msg;
}

static void test_event(void)
{
	struct event event;
	struct process *child = &event.process[ROLE_CHILD];
	struct nl_msg *msg;

	ok(!decode(whole_event(), &event), "an event");
	ok(event.seq == 1ULL << 33 && event.crossed &&
	   event.type == NSORPHAN_EVENT_TYPE_REPARENT, "its members");
	ok(child->pid == 4711 && child->ns_pid == 1 &&
	   child->start_ns == 1ULL << 40, "a process of it");
	ok(!strcmp(child->comm, "sixteen bytes.."), "a name ends with a NUL");
	ok(event.process[ROLE_NEW_PARENT].pid == 1 &&
	   !event.process[ROLE_OLD_PARENT].has, "a process that is not in it");

	msg = start();
	nla_put_u32(msg, NSORPHAN_A_EVENT_EVENT, NSORPHAN_EVENT_TYPE_SIGNAL);
	ok(decode(msg, &event) == -EPROTO, "an event without a number is none");
	msg = start();
	nla_put_u64(msg, NSORPHAN_A_EVENT_SEQ, 1);
	ok(decode(msg, &event) == -EPROTO, "an event without a type is none");
	msg = whole_event();
	nla_put_u16(msg, NSORPHAN_A_EVENT_SIGNAL, 15);
	ok(decode(msg, &event) == -EPROTO, "a number that is too short");
}

static void test_cause(void)
{
	struct nl_msg *msg = start();
	struct event event;

	nla_put_u64(msg, NSORPHAN_A_EVENT_SEQ, 1);
	nla_put_u32(msg, NSORPHAN_A_EVENT_EVENT, NSORPHAN_EVENT_TYPE_SIGNAL);
	nla_put_u32(msg, NSORPHAN_A_EVENT_CAUSE, NSORPHAN_SIGNAL_CAUSE_OOM);
	put_process(msg, NSORPHAN_A_EVENT_THREAD, 4711);
	nla_put_u64(msg, NSORPHAN_A_EVENT_OOM_CGROUP, 1ULL << 34);
	nla_put_u64(msg, NSORPHAN_A_EVENT_OOM_LIMIT, 1ULL << 35);
	ok(!decode(msg, &event) && event.cause == NSORPHAN_SIGNAL_CAUSE_OOM &&
	   event.oom_cgroup == 1ULL << 34 && event.oom_limit == 1ULL << 35 &&
	   event.process[ROLE_THREAD].pid == 4711, "a cause");
	ok(event_has(&event, NSORPHAN_A_EVENT_OOM_LIMIT) &&
	   !event_has(&event, NSORPHAN_A_EVENT_RESULT) &&
	   !event_has(&event, NSORPHAN_A_EVENT_PAD),
	   "each attribute is told from the others");
}

static int try_event(const struct nlmsghdr *nlh)
{
	struct event event;

	return decode_event(nlh, &event);
}

static int try_thread(const struct nlmsghdr *nlh)
{
	struct thread thread;

	return decode_thread(nlh, &thread);
}

static int try_filesystem(const struct nlmsghdr *nlh)
{
	struct filesystem filesystem;
	int error = decode_filesystem(nlh, &filesystem);

	filesystem_free(&filesystem);
	return error;
}

/* Has @try decode @msg cut off anywhere, and changed at random; frees it. */
static void test_malformed(struct nl_msg *msg,
			   int (*try)(const struct nlmsghdr *nlh),
			   const char *what)
{
	size_t len, all = nlmsg_hdr(msg)->nlmsg_len;
	struct nlmsghdr *nlh;
	int i, k, error, odd = 0;

	for (len = NLMSG_HDRLEN; len < all; len++) {
		nlh = copy(msg, len);
		error = try(nlh);
		odd += error && error != -EPROTO;
		free(nlh);
	}
	srand(1);
	for (i = 0; i < MUTATIONS; i++) {
		nlh = copy(msg, all);
		for (k = 0; k < 3; k++)
			((unsigned char *)nlh)[NLMSG_HDRLEN + (size_t)rand() %
					       (all - NLMSG_HDRLEN)] =
				(unsigned char)rand();
		error = try(nlh);
		odd += error && error != -EPROTO;
		free(nlh);
	}
	nlmsg_free(msg);
	ok(!odd, what);
}

static void test_status(void)
{
	struct nl_msg *msg = start();
	struct status status;
	struct nlattr *nest;
	int i;

	nla_put_string(msg, NSORPHAN_A_STATUS_VERSION, "0.1.0");
	nla_put_u64(msg, NSORPHAN_A_STATUS_MISSED, 3);
	for (i = 0; i < PROBES_MAX + 2; i++) {
		nest = nla_nest_start(msg, NSORPHAN_A_STATUS_PROBE);
		nla_put_string(msg, NSORPHAN_A_PROBE_SYMBOL, "zap");
		nla_put_u64(msg, NSORPHAN_A_PROBE_MISSED, (uint64_t)i);
		nla_nest_end(msg, nest);
	}
	ok(!decode_status(nlmsg_hdr(msg), &status) && status.missed == 3 &&
	   !strcmp(status.version, "0.1.0"), "a status");
	ok(status.nr_probes == PROBES_MAX && status.probes[1].missed == 1 &&
	   !strcmp(status.probes[PROBES_MAX - 1].symbol, "zap"),
	   "no more probes than there is room for");
	nlmsg_free(msg);
}

static int add_teardown(struct teardowns *teardowns, uint32_t pidns,
			uint32_t pid)
{
	struct nl_msg *msg = start();
	struct nlattr *nest;
	int error;

	if (pidns)
		nla_put_u32(msg, NSORPHAN_A_TEARDOWN_PIDNS, pidns);
	put_process(msg, NSORPHAN_A_TEARDOWN_INIT, 100);
	nest = nla_nest_start(msg, NSORPHAN_A_TEARDOWN_PROCESSES);
	put_process(msg, NSORPHAN_A_REMAINING_PROCESS, pid);
	nla_put_u32(msg, NSORPHAN_A_REMAINING_FLAGS, 2);
	nla_nest_end(msg, nest);
	error = decode_teardown(nlmsg_hdr(msg), teardowns);
	nlmsg_free(msg);
	return error;
}

static void test_teardowns(void)
{
	struct teardowns all = { 0 };
	int i, error = 0;

	for (i = 0; i < 5; i++)
		error += add_teardown(&all, i < 3 ? 7 : 8, 200 + (uint32_t)i);
	ok(!error && all.count == 2 && all.teardown[0].count == 3 &&
	   all.teardown[1].count == 2, "messages of a teardown are one");
	ok(all.count == 2 && all.teardown[1].pidns == 8 &&
	   all.teardown[1].init.pid == 100 &&
	   all.teardown[1].remaining[1].process.pid == 204 &&
	   all.teardown[1].remaining[1].flags == 2, "its remaining processes");
	ok(add_teardown(&all, 0, 1) == -EPROTO && all.count == 2,
	   "a teardown without a namespace is none");
	teardowns_free(&all);
}

/* A thread of process @pid; tid 0: its leader. */
static struct nl_msg *whole_thread(unsigned int pid, unsigned int tid)
{
	struct nl_msg *msg = start();
	struct nlattr *nest = nla_nest_start(msg, NSORPHAN_A_TASK_PROCESS);

	nla_put_u32(msg, NSORPHAN_A_PROCESS_PID, pid);
	nla_put(msg, NSORPHAN_A_PROCESS_COMM, 5, "comm.");
	nla_put_u32(msg, NSORPHAN_A_PROCESS_STATE,
		    NSORPHAN_TASK_STATE_ZOMBIE);
	if (tid) {
		nla_put_u32(msg, NSORPHAN_A_PROCESS_TID, tid);
		nla_put_u32(msg, NSORPHAN_A_PROCESS_THREAD_STATE,
			    NSORPHAN_TASK_STATE_DISK_SLEEP);
	}
	nla_nest_end(msg, nest);
	nla_put_u64(msg, NSORPHAN_A_TASK_CGROUP, 1ULL << 36);
	nla_put_u32(msg, NSORPHAN_A_TASK_MAX + 3, 7);
	nla_put_u32(msg, NSORPHAN_A_TASK_HIERARCHY, NSORPHAN_HIERARCHY_PIDS);
	nla_put_u64(msg, NSORPHAN_A_TASK_CONTAINER, 1ULL << 37);
	nla_put_u32(msg, NSORPHAN_A_TASK_FLAGS,
		    NSORPHAN_TASK_FLAG_KILLABLE | NSORPHAN_TASK_FLAG_KILLED);
	return msg;
}

static int add_thread(struct threads *threads, uint32_t pid,
		      uint32_t tid)
{
	struct nl_msg *msg = whole_thread(pid, tid);
	struct nlmsghdr *nlh = copy(msg, nlmsg_hdr(msg)->nlmsg_len);
	struct thread thread;
	int error = decode_thread(nlh, &thread);

	free(nlh);
	nlmsg_free(msg);
	return error ? error : threads_add(threads, &thread);
}

static void test_threads(void)
{
	struct threads all = { 0 };
	const struct thread *thread;
	struct nl_msg *msg = start();

	ok(!add_thread(&all, 20, 0) && !add_thread(&all, 20, 30) &&
	   !add_thread(&all, 10, 25) && !add_thread(&all, 10, 0),
	   "messages of threads");
	threads_sort(&all);
	thread = threads_find(&all, 20, 30);
	ok(thread && thread->process.pid == 20 && thread_tid(thread) == 30 &&
	   thread_state(thread) == NSORPHAN_TASK_STATE_DISK_SLEEP &&
	   thread->process.state == NSORPHAN_TASK_STATE_ZOMBIE &&
	   thread->cgroup == 1ULL << 36 && thread->container == 1ULL << 37 &&
	   thread->hierarchy == NSORPHAN_HIERARCHY_PIDS &&
	   thread_is(thread, NSORPHAN_TASK_FLAG_KILLED) &&
	   !thread_is(thread, NSORPHAN_TASK_FLAG_FROZEN), "a thread of them");
	thread = threads_find(&all, 10, 10);
	ok(thread && thread_tid(thread) == 10 &&
	   thread_state(thread) == NSORPHAN_TASK_STATE_ZOMBIE, "a leader");
	ok(!threads_find(&all, 20, 25) && !threads_find(&all, 26, 26),
	   "a thread that is not among them");
	threads_free(&all);
	ok(!threads_find(&all, 20, 30), "nor in none");

	nla_put_u32(msg, NSORPHAN_A_TASK_FLAGS, 1);
	ok(try_thread(nlmsg_hdr(msg)) == -EPROTO,
	   "a thread without a process is none");
	nlmsg_free(msg);
}

static void test_flag_names(void)
{
	unsigned int bit = 0;

	while (thread_flag_name(bit))
		bit++;
	ok(1U << (bit - 1) == NSORPHAN_TASK_FLAG_VFORK_CHILD &&
	   !strcmp(thread_flag_name(1), "killable"),
	   "each flag of a thread has a name");
}

static void put_waiter(struct nl_msg *msg, uint32_t pid, uint32_t tid)
{
	struct nlattr *nest = nla_nest_start(msg, NSORPHAN_A_FILESYSTEM_WAITERS);

	nla_put_u32(msg, NSORPHAN_A_WAITER_PID, pid);
	nla_put_u32(msg, NSORPHAN_A_WAITER_MAX + 3, 7);
	if (tid)
		nla_put_u32(msg, NSORPHAN_A_WAITER_TID, tid);
	nla_nest_end(msg, nest);
}

static struct nl_msg *whole_filesystem(void)
{
	struct nl_msg *msg = start();

	nla_put_u32(msg, NSORPHAN_A_FILESYSTEM_DEV_MAJOR, 7);
	nla_put_u32(msg, NSORPHAN_A_FILESYSTEM_DEV_MINOR, 1);
	nla_put_string(msg, NSORPHAN_A_FILESYSTEM_TYPE, "ext4");
	nla_put_u32(msg, NSORPHAN_A_FILESYSTEM_FROZEN, 4);
	put_waiter(msg, 20, 30);
	put_waiter(msg, 10, 10);
	nla_put_flag(msg, NSORPHAN_A_FILESYSTEM_MORE);
	return msg;
}

static void test_filesystem(void)
{
	struct filesystem filesystem;
	struct nl_msg *msg = whole_filesystem();

	ok(!decode_filesystem(nlmsg_hdr(msg), &filesystem) &&
	   filesystem.dev_major == 7 && filesystem.dev_minor == 1 &&
	   !strcmp(filesystem.type, "ext4") && filesystem.frozen == 4 &&
	   filesystem.more && filesystem.count == 2, "a file system");
	ok(filesystem_is_waiter(&filesystem, 20, 30) &&
	   filesystem_is_waiter(&filesystem, 10, 10) &&
	   !filesystem_is_waiter(&filesystem, 10, 30), "who waits for it");
	filesystem_free(&filesystem);

	put_waiter(msg, 20, 0);
	ok(try_filesystem(nlmsg_hdr(msg)) == -EPROTO,
	   "a waiter without a thread is none");
	nlmsg_free(msg);

	msg = start();
	nla_put_u32(msg, NSORPHAN_A_FILESYSTEM_FROZEN, 4);
	ok(try_filesystem(nlmsg_hdr(msg)) == -EPROTO,
	   "a file system without a type is none");
	nlmsg_free(msg);
	msg = start();
	nla_put_string(msg, NSORPHAN_A_FILESYSTEM_TYPE,
		       "a type that is longer than there is room for");
	ok(!decode_filesystem(nlmsg_hdr(msg), &filesystem) &&
	   !strcmp(filesystem.type, "a type that is longer than ther"),
	   "a type that is too long is cut off");
	filesystem_free(&filesystem);
	nlmsg_free(msg);
}

int main(void)
{
	test_event();
	test_cause();
	test_malformed(whole_event(), try_event,
		       "a malformed event is decoded or refused");
	test_status();
	test_teardowns();
	test_threads();
	test_flag_names();
	test_malformed(whole_thread(10, 25), try_thread,
		       "a malformed thread is decoded or refused");
	test_filesystem();
	test_malformed(whole_filesystem(), try_filesystem,
		       "a malformed file system is decoded or refused");
	printf("1..%d\n", tests);
	return failed > 0;
}

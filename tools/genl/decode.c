// SPDX-License-Identifier: GPL-2.0
#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include "genl/decode.h"
#include "genl/event.h"
#include "genl/filesystem.h"
#include "genl/life.h"
#include "genl/status.h"
#include "genl/teardown.h"
#include "genl/thread.h"

/* The member has of these structs has a bit for each attribute. */
static_assert(NSORPHAN_A_PROCESS_MAX < 32, "fits into uint32_t has");
static_assert(NSORPHAN_A_EVENT_MAX < 64, "fits into uint64_t has");

/* The member of a struct that holds an attribute, a number of @size bytes. */
struct field {
	unsigned short offset;
	unsigned short size;
};

#define U32(type, member)	{ offsetof(struct type, member), 4 }
#define U64(type, member)	{ offsetof(struct type, member), 8 }

static const struct field process_fields[NSORPHAN_A_PROCESS_MAX + 1] = {
	[NSORPHAN_A_PROCESS_PID]		= U32(process, pid),
	[NSORPHAN_A_PROCESS_NS_PID]		= U32(process, ns_pid),
	[NSORPHAN_A_PROCESS_PIDNS]		= U32(process, pidns),
	[NSORPHAN_A_PROCESS_START_NS]		= U64(process, start_ns),
	[NSORPHAN_A_PROCESS_UID]		= U32(process, uid),
	[NSORPHAN_A_PROCESS_STATE]		= U32(process, state),
	[NSORPHAN_A_PROCESS_TID]		= U32(process, tid),
	[NSORPHAN_A_PROCESS_EXIT_CODE]		= U32(process, exit_code),
	[NSORPHAN_A_PROCESS_EXIT_SIGNAL]	= U32(process, exit_signal),
	[NSORPHAN_A_PROCESS_THREAD_STATE]	= U32(process, thread_state),
};

static const struct field event_fields[NSORPHAN_A_EVENT_MAX + 1] = {
	[NSORPHAN_A_EVENT_SEQ]			= U64(event, seq),
	[NSORPHAN_A_EVENT_BOOT_NS]		= U64(event, boot_ns),
	[NSORPHAN_A_EVENT_EVENT]		= U32(event, type),
	[NSORPHAN_A_EVENT_PIDNS]		= U32(event, pidns),
	[NSORPHAN_A_EVENT_CGROUP]		= U64(event, cgroup),
	[NSORPHAN_A_EVENT_REAPER]		= U32(event, reaper),
	[NSORPHAN_A_EVENT_PDEATH_SIGNAL]	= U32(event, pdeath_signal),
	[NSORPHAN_A_EVENT_LEVEL]		= U32(event, level),
	[NSORPHAN_A_EVENT_PROCESSES]		= U32(event, processes),
	[NSORPHAN_A_EVENT_DURATION_NS]		= U64(event, duration_ns),
	[NSORPHAN_A_EVENT_KILLED]		= U32(event, killed),
	[NSORPHAN_A_EVENT_WAITED_NS]		= U64(event, waited_ns),
	[NSORPHAN_A_EVENT_FLAGS]		= U32(event, flags),
	[NSORPHAN_A_EVENT_SIGNAL]		= U32(event, signal),
	[NSORPHAN_A_EVENT_RESULT]		= U32(event, result),
	[NSORPHAN_A_EVENT_HIERARCHY]		= U32(event, hierarchy),
	[NSORPHAN_A_EVENT_CONTAINER]		= U64(event, container),
	[NSORPHAN_A_EVENT_CAUSE]		= U32(event, cause),
	[NSORPHAN_A_EVENT_OOM_CGROUP]		= U64(event, oom_cgroup),
	[NSORPHAN_A_EVENT_OOM_LIMIT]		= U64(event, oom_limit),
};

/* Attributes that are processes: enum role + 1; 0: no process. */
static const unsigned char event_roles[NSORPHAN_A_EVENT_MAX + 1] = {
	[NSORPHAN_A_EVENT_CHILD]		= 1 + ROLE_CHILD,
	[NSORPHAN_A_EVENT_OLD_PARENT]		= 1 + ROLE_OLD_PARENT,
	[NSORPHAN_A_EVENT_NEW_PARENT]		= 1 + ROLE_NEW_PARENT,
	[NSORPHAN_A_EVENT_INIT]			= 1 + ROLE_INIT,
	[NSORPHAN_A_EVENT_INIT_PARENT]		= 1 + ROLE_INIT_PARENT,
	[NSORPHAN_A_EVENT_PROCESS]		= 1 + ROLE_PROCESS,
	[NSORPHAN_A_EVENT_PARENT]		= 1 + ROLE_PARENT,
	[NSORPHAN_A_EVENT_TRACER]		= 1 + ROLE_TRACER,
	[NSORPHAN_A_EVENT_SENDER]		= 1 + ROLE_SENDER,
	[NSORPHAN_A_EVENT_TARGET]		= 1 + ROLE_TARGET,
	[NSORPHAN_A_EVENT_THREAD]		= 1 + ROLE_THREAD,
};

static const struct field teardown_fields[NSORPHAN_A_TEARDOWN_MAX + 1] = {
	[NSORPHAN_A_TEARDOWN_PIDNS]		= U32(teardown, pidns),
	[NSORPHAN_A_TEARDOWN_LEVEL]		= U32(teardown, level),
	[NSORPHAN_A_TEARDOWN_CGROUP]		= U64(teardown, cgroup),
	[NSORPHAN_A_TEARDOWN_WAITED_NS]		= U64(teardown, waited_ns),
	[NSORPHAN_A_TEARDOWN_HIERARCHY]		= U32(teardown, hierarchy),
	[NSORPHAN_A_TEARDOWN_CONTAINER]		= U64(teardown, container),
};

static const struct field life_fields[NSORPHAN_A_CONTAINER_MAX + 1] = {
	[NSORPHAN_A_CONTAINER_ID]		= U64(life, cgroup),
	[NSORPHAN_A_CONTAINER_HIERARCHY]	= U32(life, hierarchy),
	[NSORPHAN_A_CONTAINER_BEGIN_NS]		= U64(life, begin_ns),
	[NSORPHAN_A_CONTAINER_END_NS]		= U64(life, end_ns),
	[NSORPHAN_A_CONTAINER_PIDNS]		= U32(life, pidns),
	[NSORPHAN_A_CONTAINER_TEARDOWN_BEGIN_NS] = U64(life, teardown_begin_ns),
	[NSORPHAN_A_CONTAINER_TEARDOWN_END_NS]	= U64(life, teardown_end_ns),
	[NSORPHAN_A_CONTAINER_KILLED]		= U32(life, killed),
	[NSORPHAN_A_CONTAINER_ADOPTIONS]	= U32(life, adoptions),
};

static const struct field
outside_signal_fields[NSORPHAN_A_CONTAINER_SIGNAL_MAX + 1] = {
	[NSORPHAN_A_CONTAINER_SIGNAL_SIGNAL]	= U32(outside_signal, signal),
	[NSORPHAN_A_CONTAINER_SIGNAL_CAUSE]	= U32(outside_signal, cause),
	[NSORPHAN_A_CONTAINER_SIGNAL_OOM_CGROUP] =
		U64(outside_signal, oom_cgroup),
	[NSORPHAN_A_CONTAINER_SIGNAL_OOM_LIMIT]	=
		U64(outside_signal, oom_limit),
	[NSORPHAN_A_CONTAINER_SIGNAL_RESULT]	= U32(outside_signal, result),
	[NSORPHAN_A_CONTAINER_SIGNAL_FIRST_NS]	= U64(outside_signal, first_ns),
	[NSORPHAN_A_CONTAINER_SIGNAL_LAST_NS]	= U64(outside_signal, last_ns),
	[NSORPHAN_A_CONTAINER_SIGNAL_COUNT]	= U32(outside_signal, count),
};

static const struct field thread_fields[NSORPHAN_A_TASK_MAX + 1] = {
	[NSORPHAN_A_TASK_CGROUP]		= U64(thread, cgroup),
	[NSORPHAN_A_TASK_HIERARCHY]		= U32(thread, hierarchy),
	[NSORPHAN_A_TASK_CONTAINER]		= U64(thread, container),
	[NSORPHAN_A_TASK_FLAGS]			= U32(thread, flags),
};

static const struct field filesystem_fields[NSORPHAN_A_FILESYSTEM_MAX + 1] = {
	[NSORPHAN_A_FILESYSTEM_DEV_MAJOR]	= U32(filesystem, dev_major),
	[NSORPHAN_A_FILESYSTEM_DEV_MINOR]	= U32(filesystem, dev_minor),
	[NSORPHAN_A_FILESYSTEM_FROZEN]		= U32(filesystem, frozen),
};

static const struct field waiter_fields[NSORPHAN_A_WAITER_MAX + 1] = {
	[NSORPHAN_A_WAITER_PID]			= U32(frozen_waiter, pid),
	[NSORPHAN_A_WAITER_TID]			= U32(frozen_waiter, tid),
};

static const struct nla_policy status_policy[NSORPHAN_A_STATUS_MAX + 1] = {
	[NSORPHAN_A_STATUS_VERSION]		= { .type = NLA_STRING },
	[NSORPHAN_A_STATUS_KERNEL]		= { .type = NLA_STRING },
	[NSORPHAN_A_STATUS_REPARENT_PROBE]	= { .type = NLA_STRING },
	[NSORPHAN_A_STATUS_TEARDOWN_PROBE]	= { .type = NLA_STRING },
	[NSORPHAN_A_STATUS_RECORDS]		= { .type = NLA_U32 },
	[NSORPHAN_A_STATUS_OLDEST_SEQ]		= { .type = NLA_U64 },
	[NSORPHAN_A_STATUS_NEXT_SEQ]		= { .type = NLA_U64 },
	[NSORPHAN_A_STATUS_OVERWRITTEN]		= { .type = NLA_U64 },
	[NSORPHAN_A_STATUS_DROPPED]		= { .type = NLA_U64 },
	[NSORPHAN_A_STATUS_MISSED]		= { .type = NLA_U64 },
	[NSORPHAN_A_STATUS_READERS]		= { .type = NLA_U32 },
	[NSORPHAN_A_STATUS_TEARDOWNS]		= { .type = NLA_U32 },
	[NSORPHAN_A_STATUS_MISMATCHED]		= { .type = NLA_U64 },
	[NSORPHAN_A_STATUS_VERIFY]		= { .type = NLA_FLAG },
	[NSORPHAN_A_STATUS_PROBE]		= { .type = NLA_NESTED },
	[NSORPHAN_A_STATUS_BYTES]		= { .type = NLA_U64 },
	[NSORPHAN_A_STATUS_STALL_MS]		= { .type = NLA_U32 },
	[NSORPHAN_A_STATUS_SIGNALS]		= { .type = NLA_U32 },
};

static const struct nla_policy probe_policy[NSORPHAN_A_PROBE_MAX + 1] = {
	[NSORPHAN_A_PROBE_SYMBOL]		= { .type = NLA_STRING },
	[NSORPHAN_A_PROBE_MISSED]		= { .type = NLA_U64 },
};

static uint32_t u32_of(struct nlattr *attr)
{
	return attr ? nla_get_u32(attr) : 0;
}

static uint64_t u64_of(struct nlattr *attr)
{
	return attr ? nla_get_u64(attr) : 0;
}

/*
 * Attributes are walked by hand, not with nla_parse() or nla_next(): an event
 * has thirty of them, and each would cost several calls into the library.
 */
static inline const struct nlattr *attr_first(const struct nlmsghdr *nlh,
					      int *len)
{
	*len = (int)nlh->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN;
	return (const void *)((const char *)nlh + NLMSG_HDRLEN + GENL_HDRLEN);
}

/* Whether @attr is whole in the @len bytes that are left. */
static inline bool attr_ok(const struct nlattr *attr, int len)
{
	return len >= NLA_HDRLEN && attr->nla_len >= NLA_HDRLEN &&
	       attr->nla_len <= len;
}

static inline const struct nlattr *attr_next(const struct nlattr *attr,
					     int *len)
{
	int size = NLA_ALIGN(attr->nla_len);

	*len -= size;
	return (const void *)((const char *)attr + size);
}

static inline const void *attr_data(const struct nlattr *attr)
{
	return (const char *)attr + NLA_HDRLEN;
}

static inline int decode_number(const struct nlattr *attr,
				const struct field *field, void *to)
{
	char *member = (char *)to + field->offset;

	if (attr->nla_len < NLA_HDRLEN + field->size)
		return -EPROTO;
	/* Size 0: a flag, or an attribute that this version does not use. */
	if (field->size == sizeof(uint32_t))
		memcpy(member, attr_data(attr), sizeof(uint32_t));
	else if (field->size == sizeof(uint64_t))
		memcpy(member, attr_data(attr), sizeof(uint64_t));
	return 0;
}

static void decode_comm(const struct nlattr *attr, struct process *process)
{
	size_t len = attr->nla_len - NLA_HDRLEN;

	memcpy(process->comm, attr_data(attr),
	       len < COMM_MAX ? len : COMM_MAX - 1);
}

static int decode_process(const struct nlattr *nest, struct process *process)
{
	const struct nlattr *attr = attr_data(nest);
	int len = nest->nla_len - NLA_HDRLEN;
	unsigned int type;

	for (; attr_ok(attr, len); attr = attr_next(attr, &len)) {
		type = attr->nla_type & NLA_TYPE_MASK;
		if (type > NSORPHAN_A_PROCESS_MAX)
			continue;
		process->has |= 1U << type;
		if (type == NSORPHAN_A_PROCESS_COMM)
			decode_comm(attr, process);
		else if (decode_number(attr, &process_fields[type], process))
			return -EPROTO;
	}
	return 0;
}

static int decode_member(const struct nlattr *attr, unsigned int type,
			 struct event *event)
{
	int role = event_roles[type] - 1;

	if (role < 0)
		return decode_number(attr, &event_fields[type], event);
	return decode_process(attr, &event->process[role]);
}

int decode_event(const struct nlmsghdr *nlh, struct event *event)
{
	const struct nlattr *attr;
	unsigned int type;
	int len;

	memset(event, 0, sizeof(*event));
	attr = attr_first(nlh, &len);
	for (; attr_ok(attr, len); attr = attr_next(attr, &len)) {
		type = attr->nla_type & NLA_TYPE_MASK;
		if (type > NSORPHAN_A_EVENT_MAX)
			continue;
		event->has |= 1ULL << type;
		if (decode_member(attr, type, event))
			return -EPROTO;
	}
	if (!event_has(event, NSORPHAN_A_EVENT_SEQ) ||
	    !event_has(event, NSORPHAN_A_EVENT_EVENT))
		return -EPROTO;
	event->crossed = event_has(event, NSORPHAN_A_EVENT_CROSSED);
	return 0;
}

static void copy_string(char *to, size_t size, struct nlattr *attr)
{
	to[0] = '\0';
	if (attr)
		nla_strlcpy(to, attr, size);
}

static int decode_probe(struct nlattr *nest, struct probe *probe)
{
	struct nlattr *tb[NSORPHAN_A_PROBE_MAX + 1];

	if (nla_parse_nested(tb, NSORPHAN_A_PROBE_MAX, nest, probe_policy))
		return -EPROTO;
	copy_string(probe->symbol, sizeof(probe->symbol),
		    tb[NSORPHAN_A_PROBE_SYMBOL]);
	probe->missed = u64_of(tb[NSORPHAN_A_PROBE_MISSED]);
	return 0;
}

/* The probe attribute is repeated, and a parsed table holds only the last. */
static int decode_probes(struct nlmsghdr *nlh, struct status *status)
{
	struct genlmsghdr *header = nlmsg_data(nlh);
	struct nlattr *attr;
	int len;

	status->nr_probes = 0;
	nla_for_each_attr(attr, genlmsg_attrdata(header, 0),
			  genlmsg_attrlen(header, 0), len) {
		if (nla_type(attr) != NSORPHAN_A_STATUS_PROBE ||
		    status->nr_probes == PROBES_MAX)
			continue;
		if (decode_probe(attr, &status->probes[status->nr_probes]))
			return -EPROTO;
		status->nr_probes++;
	}
	return 0;
}

int decode_status(struct nlmsghdr *nlh, struct status *status)
{
	struct nlattr *tb[NSORPHAN_A_STATUS_MAX + 1];

	if (genlmsg_parse(nlh, 0, tb, NSORPHAN_A_STATUS_MAX, status_policy))
		return -EPROTO;

	copy_string(status->version, sizeof(status->version),
		    tb[NSORPHAN_A_STATUS_VERSION]);
	copy_string(status->kernel, sizeof(status->kernel),
		    tb[NSORPHAN_A_STATUS_KERNEL]);
	status->loaded_ns = u64_of(tb[NSORPHAN_A_STATUS_LOADED_NS]);
	copy_string(status->reparent_probe, sizeof(status->reparent_probe),
		    tb[NSORPHAN_A_STATUS_REPARENT_PROBE]);
	copy_string(status->teardown_probe, sizeof(status->teardown_probe),
		    tb[NSORPHAN_A_STATUS_TEARDOWN_PROBE]);
	status->records = u32_of(tb[NSORPHAN_A_STATUS_RECORDS]);
	status->bytes = u64_of(tb[NSORPHAN_A_STATUS_BYTES]);
	status->oldest_seq = u64_of(tb[NSORPHAN_A_STATUS_OLDEST_SEQ]);
	status->next_seq = u64_of(tb[NSORPHAN_A_STATUS_NEXT_SEQ]);
	status->overwritten = u64_of(tb[NSORPHAN_A_STATUS_OVERWRITTEN]);
	status->dropped = u64_of(tb[NSORPHAN_A_STATUS_DROPPED]);
	status->missed = u64_of(tb[NSORPHAN_A_STATUS_MISSED]);
	status->blind = !!tb[NSORPHAN_A_STATUS_BLIND];
	status->blind_from_ns = u64_of(tb[NSORPHAN_A_STATUS_BLIND_FROM_NS]);
	status->blind_to_ns = u64_of(tb[NSORPHAN_A_STATUS_BLIND_TO_NS]);
	status->readers = u32_of(tb[NSORPHAN_A_STATUS_READERS]);
	status->teardowns = u32_of(tb[NSORPHAN_A_STATUS_TEARDOWNS]);
	status->mismatched = u64_of(tb[NSORPHAN_A_STATUS_MISMATCHED]);
	status->verify = !!tb[NSORPHAN_A_STATUS_VERIFY];
	status->stall_ms = u32_of(tb[NSORPHAN_A_STATUS_STALL_MS]);
	status->signals = u32_of(tb[NSORPHAN_A_STATUS_SIGNALS]);
	return decode_probes(nlh, status);
}

static int decode_remaining(const struct nlattr *nest,
			    struct remaining *remaining)
{
	static const struct field flags = U32(remaining, flags);
	const struct nlattr *attr = attr_data(nest);
	int len = nest->nla_len - NLA_HDRLEN;
	int error = 0;

	for (; attr_ok(attr, len) && !error; attr = attr_next(attr, &len)) {
		switch (attr->nla_type & NLA_TYPE_MASK) {
		case NSORPHAN_A_REMAINING_PROCESS:
			error = decode_process(attr, &remaining->process);
			break;
		case NSORPHAN_A_REMAINING_PARENT:
			error = decode_process(attr, &remaining->parent);
			break;
		case NSORPHAN_A_REMAINING_TRACER:
			error = decode_process(attr, &remaining->tracer);
			break;
		case NSORPHAN_A_REMAINING_FLAGS:
			error = decode_number(attr, &flags, remaining);
			break;
		}
	}
	return error;
}

static int decode_teardown_member(const struct nlattr *attr,
				  struct teardown *teardown)
{
	unsigned int type = attr->nla_type & NLA_TYPE_MASK;
	struct remaining *remaining;

	switch (type) {
	case NSORPHAN_A_TEARDOWN_INIT:
		memset(&teardown->init, 0, sizeof(teardown->init));
		return decode_process(attr, &teardown->init);
	case NSORPHAN_A_TEARDOWN_PROCESSES:
		remaining = teardown_add_remaining(teardown);
		return remaining ? decode_remaining(attr, remaining) : -ENOMEM;
	case NSORPHAN_A_TEARDOWN_BEFORE_LOAD:
		teardown->before_load = true;
		return 0;
	}
	if (type > NSORPHAN_A_TEARDOWN_MAX)
		return 0;
	return decode_number(attr, &teardown_fields[type], teardown);
}

/* Returns the pid namespace that @nlh is about; 0: it is no teardown. */
static uint32_t pidns_of_teardown(struct nlmsghdr *nlh)
{
	struct nlattr *attr;

	if (!genlmsg_valid_hdr(nlh, 0))
		return 0;
	attr = nlmsg_find_attr(nlh, GENL_HDRLEN, NSORPHAN_A_TEARDOWN_PIDNS);
	return attr && nla_len(attr) >= 4 ? nla_get_u32(attr) : 0;
}

int decode_teardown(struct nlmsghdr *nlh, struct teardowns *teardowns)
{
	struct teardown *teardown = NULL;
	const struct nlattr *attr;
	uint32_t pidns = pidns_of_teardown(nlh);
	int len, error = 0;

	if (!pidns)
		return -EPROTO;
	/* The messages of a teardown follow each other. */
	if (teardowns->count)
		teardown = &teardowns->teardown[teardowns->count - 1];
	if (!teardown || teardown->pidns != pidns)
		teardown = teardowns_add(teardowns);
	if (!teardown)
		return -ENOMEM;

	attr = attr_first(nlh, &len);
	for (; attr_ok(attr, len) && !error; attr = attr_next(attr, &len))
		error = decode_teardown_member(attr, teardown);
	return error;
}

/* Copies bytes that are no string of C to @to, of @size, with a NUL. */
static void decode_bytes(const struct nlattr *attr, char *to, size_t size)
{
	size_t len = attr->nla_len - NLA_HDRLEN;

	if (len >= size)
		len = size - 1;
	memcpy(to, attr_data(attr), len);
	to[len] = '\0';
}

static int decode_outside_signal(const struct nlattr *nest,
				 struct outside_signal *sent)
{
	const struct nlattr *attr = attr_data(nest);
	int len = nest->nla_len - NLA_HDRLEN;
	unsigned int type;
	int error = 0;

	for (; attr_ok(attr, len) && !error; attr = attr_next(attr, &len)) {
		type = attr->nla_type & NLA_TYPE_MASK;
		if (type > NSORPHAN_A_CONTAINER_SIGNAL_MAX)
			continue;
		sent->has |= 1U << type;
		switch (type) {
		case NSORPHAN_A_CONTAINER_SIGNAL_SENDER:
			error = decode_process(attr, &sent->sender);
			break;
		case NSORPHAN_A_CONTAINER_SIGNAL_SENDER_PARENT:
			error = decode_process(attr, &sent->sender_parent);
			break;
		case NSORPHAN_A_CONTAINER_SIGNAL_SENDER_CGROUP:
			decode_bytes(attr, sent->sender_cgroup,
				     sizeof(sent->sender_cgroup));
			break;
		default:
			error = decode_number(attr,
					      &outside_signal_fields[type],
					      sent);
		}
	}
	return error;
}

static int decode_life_member(const struct nlattr *attr, unsigned int type,
			      struct life *life)
{
	switch (type) {
	case NSORPHAN_A_CONTAINER_PATH:
		decode_bytes(attr, life->path, sizeof(life->path));
		return 0;
	case NSORPHAN_A_CONTAINER_MAIN:
		return decode_process(attr, &life->main);
	case NSORPHAN_A_CONTAINER_SIGNAL:
		/* More than the tool knows of: a newer module. */
		if (life->nr_signals == OUTSIDE_SIGNALS_MAX)
			return 0;
		return decode_outside_signal(attr,
					     &life->signals[life->nr_signals++]);
	}
	return decode_number(attr, &life_fields[type], life);
}

int decode_life(const struct nlmsghdr *nlh, struct life *life)
{
	const struct nlattr *attr;
	unsigned int type;
	int len;

	memset(life, 0, sizeof(*life));
	attr = attr_first(nlh, &len);
	for (; attr_ok(attr, len); attr = attr_next(attr, &len)) {
		type = attr->nla_type & NLA_TYPE_MASK;
		if (type <= NSORPHAN_A_CONTAINER_MAX &&
		    decode_life_member(attr, type, life))
			return -EPROTO;
	}
	return life->cgroup && life->main.has ? 0 : -EPROTO;
}

static int decode_thread_member(const struct nlattr *attr, unsigned int type,
				struct thread *thread)
{
	if (type == NSORPHAN_A_TASK_PROCESS)
		return decode_process(attr, &thread->process);
	return decode_number(attr, &thread_fields[type], thread);
}

int decode_thread(const struct nlmsghdr *nlh, struct thread *thread)
{
	const struct nlattr *attr;
	unsigned int type;
	int len;

	memset(thread, 0, sizeof(*thread));
	attr = attr_first(nlh, &len);
	for (; attr_ok(attr, len); attr = attr_next(attr, &len)) {
		type = attr->nla_type & NLA_TYPE_MASK;
		if (type <= NSORPHAN_A_TASK_MAX &&
		    decode_thread_member(attr, type, thread))
			return -EPROTO;
	}
	return thread->process.pid ? 0 : -EPROTO;
}

static int decode_waiter(const struct nlattr *nest, struct frozen_waiter *waiter)
{
	const struct nlattr *attr = attr_data(nest);
	int len = nest->nla_len - NLA_HDRLEN;
	unsigned int type;

	for (; attr_ok(attr, len); attr = attr_next(attr, &len)) {
		type = attr->nla_type & NLA_TYPE_MASK;
		if (type <= NSORPHAN_A_WAITER_MAX &&
		    decode_number(attr, &waiter_fields[type], waiter))
			return -EPROTO;
	}
	return waiter->tid ? 0 : -EPROTO;
}

static int decode_filesystem_member(const struct nlattr *attr,
				    unsigned int type,
				    struct filesystem *filesystem)
{
	struct frozen_waiter *waiter;

	switch (type) {
	case NSORPHAN_A_FILESYSTEM_TYPE:
		decode_bytes(attr, filesystem->type, sizeof(filesystem->type));
		return 0;
	case NSORPHAN_A_FILESYSTEM_WAITERS:
		waiter = filesystem_add_waiter(filesystem);
		return waiter ? decode_waiter(attr, waiter) : -ENOMEM;
	case NSORPHAN_A_FILESYSTEM_MORE:
		filesystem->more = true;
		return 0;
	}
	return decode_number(attr, &filesystem_fields[type], filesystem);
}

int decode_filesystem(const struct nlmsghdr *nlh, struct filesystem *filesystem)
{
	const struct nlattr *attr;
	unsigned int type;
	int len, error = 0;

	memset(filesystem, 0, sizeof(*filesystem));
	attr = attr_first(nlh, &len);
	for (; attr_ok(attr, len) && !error; attr = attr_next(attr, &len)) {
		type = attr->nla_type & NLA_TYPE_MASK;
		if (type <= NSORPHAN_A_FILESYSTEM_MAX)
			error = decode_filesystem_member(attr, type,
							 filesystem);
	}
	if (error)
		return error;
	return filesystem->type[0] ? 0 : -EPROTO;
}

int decode_cgroup_path(struct nlmsghdr *nlh, char path[CGROUP_PATH_MAX])
{
	struct nlattr *attr;

	if (!genlmsg_valid_hdr(nlh, 0))
		return -EPROTO;
	attr = nlmsg_find_attr(nlh, GENL_HDRLEN, NSORPHAN_A_CGROUP_PATH);
	if (!attr)
		return -EPROTO;
	decode_bytes(attr, path, CGROUP_PATH_MAX);
	return 0;
}

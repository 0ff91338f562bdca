// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <netlink/attr.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#include "genl/client.h"
#include "lib/error.h"
#include "genl/teardown.h"
#include "lib/poll.h"

/* The kernel makes no netlink message longer than 32 KiB in a dump. */
#define BUFFER_SIZE	65536

/* Room for a storm of events while standard output is busy. */
#define RECEIVE_SIZE	(4 << 20)

/* A socket, and the messages of its last datagram that are still to be seen. */
struct channel {
	struct nl_sock *sock;
	struct nlmsghdr *next;
	int left;
	union {
		struct nlmsghdr first;	/* aligns it */
		char bytes[BUFFER_SIZE];
	} buf;
};

/*
 * Requests have a socket of their own: an overrun is then always one of
 * events, and no answer has to be picked out from among them.
 */
struct client {
	struct channel requests;
	struct channel events;
	int rcvbuf;		/* of events */
	int family;
	uint32_t seq;		/* of the last request */
};

/* Where an attribute goes: a number of @size bytes. */
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
};

/* Those that are processes: 1 more than their role. */
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
};

static const struct field teardown_fields[NSORPHAN_A_TEARDOWN_MAX + 1] = {
	[NSORPHAN_A_TEARDOWN_PIDNS]		= U32(teardown, pidns),
	[NSORPHAN_A_TEARDOWN_LEVEL]		= U32(teardown, level),
	[NSORPHAN_A_TEARDOWN_CGROUP]		= U64(teardown, cgroup),
	[NSORPHAN_A_TEARDOWN_WAITED_NS]		= U64(teardown, waited_ns),
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

/* libnl has error numbers of its own, coarser than errno. */
static int nl_errno(int error)
{
	switch (-error) {
	case NLE_OBJ_NOTFOUND:
	case NLE_NOATTR:
		return -ENODEV;
	case NLE_PERM:
	case NLE_NOACCESS:
		return -EPERM;
	case NLE_NOMEM:
		return -ENOMEM;
	default:
		return -EIO;
	}
}

static uint32_t u32_of(struct nlattr *attr)
{
	return attr ? nla_get_u32(attr) : 0;
}

static uint64_t u64_of(struct nlattr *attr)
{
	return attr ? nla_get_u64(attr) : 0;
}

/*
 * Not nla_parse() nor nla_next(): an event has thirty attributes, and each costs
 * the library several calls.
 */
static inline bool attr_ok(const struct nlattr *attr, int left)
{
	return left >= NLA_HDRLEN && attr->nla_len >= NLA_HDRLEN &&
	       attr->nla_len <= left;
}

static inline const struct nlattr *attr_next(const struct nlattr *attr,
					     int *left)
{
	int size = NLA_ALIGN(attr->nla_len);

	*left -= size;
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
	/* Any other is no number: a flag, or of no use to this version. */
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
	int left = nest->nla_len - NLA_HDRLEN;
	unsigned int type;

	for (; attr_ok(attr, left); attr = attr_next(attr, &left)) {
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

int client_decode(const struct nlmsghdr *nlh, struct event *event)
{
	int left = (int)nlh->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN;
	const struct nlattr *attr;
	unsigned int type;

	memset(event, 0, sizeof(*event));
	attr = (const void *)((const char *)nlh + NLMSG_HDRLEN + GENL_HDRLEN);
	for (; attr_ok(attr, left); attr = attr_next(attr, &left)) {
		type = attr->nla_type & NLA_TYPE_MASK;
		if (type > NSORPHAN_A_EVENT_MAX)
			continue;
		event->has |= 1U << type;
		if (decode_member(attr, type, event))
			return -EPROTO;
	}
	if (!event_has(event, NSORPHAN_A_EVENT_SEQ) ||
	    !event_has(event, NSORPHAN_A_EVENT_EVENT))
		return -EPROTO;
	event->crossed = event_has(event, NSORPHAN_A_EVENT_CROSSED);
	return 0;
}

/* One datagram. Returns 0 (though none of its messages may be for us). */
static int channel_fill(struct channel *channel)
{
	struct sockaddr_nl from = { .nl_pid = 0 };
	socklen_t from_len = sizeof(from);
	ssize_t n;

	channel->left = 0;
	n = recvfrom(nl_socket_get_fd(channel->sock), &channel->buf,
		     sizeof(channel->buf), MSG_DONTWAIT | MSG_TRUNC,
		     (struct sockaddr *)&from, &from_len);
	if (n < 0)
		return errno == EINTR ? -EAGAIN : -errno;
	/* Cut off: as good as lost, and to be had again in a dump. */
	if ((size_t)n > sizeof(channel->buf))
		return -ENOBUFS;
	if (from.nl_pid)
		return 0;
	channel->next = &channel->buf.first;
	channel->left = (int)n;
	return 0;
}

/* The next message, or NULL when the datagram has no more. */
static struct nlmsghdr *channel_message(struct channel *channel)
{
	struct nlmsghdr *nlh = channel->next;

	if (!channel->left || !nlmsg_ok(nlh, channel->left)) {
		channel->left = 0;
		return NULL;
	}
	channel->next = nlmsg_next(nlh, &channel->left);
	return nlh;
}

static int send_request(struct client *client, int command, int flags,
			uint64_t since)
{
	struct nl_msg *msg;
	int error;

	msg = nlmsg_alloc();
	if (!msg)
		return -ENOMEM;
	if (!genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, client->family, 0,
			 NLM_F_REQUEST | flags, (uint8_t)command,
			 NSORPHAN_FAMILY_VERSION) ||
	    (since && nla_put_u64(msg, NSORPHAN_A_EVENT_SINCE, since))) {
		nlmsg_free(msg);
		return -ENOMEM;
	}
	error = nl_send_auto(client->requests.sock, msg);
	client->seq = nlmsg_hdr(msg)->nlmsg_seq;
	nlmsg_free(msg);
	client->requests.left = 0;
	return error < 0 ? nl_errno(error) : 0;
}

/*
 * The next message of the answer to the last request. Returns 1, 0 when the
 * answer is over, or the errno that the answer is.
 */
static int read_answer(struct client *client, struct nlmsghdr **nlh)
{
	struct pollfd fd = {
		.fd = nl_socket_get_fd(client->requests.sock),
		.events = POLLIN,
	};
	int error;

	for (;;) {
		*nlh = channel_message(&client->requests);
		if (!*nlh) {
			error = poll_wait(&fd, 1, -1);
			if (error < 0)
				return error;
			error = channel_fill(&client->requests);
			if (error && error != -EAGAIN)
				return error;
			continue;
		}
		if ((*nlh)->nlmsg_seq != client->seq)
			continue;
		if ((*nlh)->nlmsg_type != NLMSG_ERROR &&
		    (*nlh)->nlmsg_type != NLMSG_DONE)
			return 1;

		/* Both begin with an int that is 0 or a negative errno. */
		if (nlmsg_datalen(*nlh) < (int)sizeof(error))
			return 0;
		memcpy(&error, nlmsg_data(*nlh), sizeof(error));
		/* What the kernel says of a family that is no more. */
		return error == -ENOENT ? -ENODEV : error;
	}
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

/* The attribute probe comes once for each, and a parsed table holds one. */
static int decode_probes(struct nlmsghdr *nlh, struct status *status)
{
	struct genlmsghdr *header = nlmsg_data(nlh);
	struct nlattr *attr;
	int left;

	status->nr_probes = 0;
	nla_for_each_attr(attr, genlmsg_attrdata(header, 0),
			  genlmsg_attrlen(header, 0), left) {
		if (nla_type(attr) != NSORPHAN_A_STATUS_PROBE ||
		    status->nr_probes == PROBES_MAX)
			continue;
		if (decode_probe(attr, &status->probes[status->nr_probes]))
			return -EPROTO;
		status->nr_probes++;
	}
	return 0;
}

static int decode_status(struct nlmsghdr *nlh, struct status *status)
{
	struct nlattr *tb[NSORPHAN_A_STATUS_MAX + 1];

	if (genlmsg_parse(nlh, 0, tb, NSORPHAN_A_STATUS_MAX, status_policy))
		return -EPROTO;

	copy_string(status->version, sizeof(status->version),
		    tb[NSORPHAN_A_STATUS_VERSION]);
	copy_string(status->kernel, sizeof(status->kernel),
		    tb[NSORPHAN_A_STATUS_KERNEL]);
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
	status->readers = u32_of(tb[NSORPHAN_A_STATUS_READERS]);
	status->teardowns = u32_of(tb[NSORPHAN_A_STATUS_TEARDOWNS]);
	status->mismatched = u64_of(tb[NSORPHAN_A_STATUS_MISMATCHED]);
	status->verify = !!tb[NSORPHAN_A_STATUS_VERIFY];
	status->stall_ms = u32_of(tb[NSORPHAN_A_STATUS_STALL_MS]);
	status->signals = u32_of(tb[NSORPHAN_A_STATUS_SIGNALS]);
	return decode_probes(nlh, status);
}

int client_status(struct client *client, struct status *status)
{
	struct nlmsghdr *nlh;
	int error;

	error = send_request(client, NSORPHAN_CMD_STATUS_GET, 0, 0);
	if (error)
		return error;
	error = read_answer(client, &nlh);
	if (error <= 0)
		return error ? error : -EPROTO;
	return decode_status(nlh, status);
}

int client_dump(struct client *client, uint64_t since)
{
	return send_request(client, NSORPHAN_CMD_EVENT_GET, NLM_F_DUMP, since);
}

int client_dumped(struct client *client, struct event *event)
{
	struct nlmsghdr *nlh;
	int error;

	error = read_answer(client, &nlh);
	if (error <= 0)
		return error;
	error = client_decode(nlh, event);
	return error ? error : 1;
}

static int decode_remaining(const struct nlattr *nest, struct remaining *left)
{
	static const struct field flags = U32(remaining, flags);
	const struct nlattr *attr = attr_data(nest);
	int left_over = nest->nla_len - NLA_HDRLEN;
	int error = 0;

	for (; attr_ok(attr, left_over) && !error;
	     attr = attr_next(attr, &left_over)) {
		switch (attr->nla_type & NLA_TYPE_MASK) {
		case NSORPHAN_A_LEFT_PROCESS:
			error = decode_process(attr, &left->process);
			break;
		case NSORPHAN_A_LEFT_PARENT:
			error = decode_process(attr, &left->parent);
			break;
		case NSORPHAN_A_LEFT_TRACER:
			error = decode_process(attr, &left->tracer);
			break;
		case NSORPHAN_A_LEFT_FLAGS:
			error = decode_number(attr, &flags, left);
			break;
		}
	}
	return error;
}

static int decode_teardown_member(const struct nlattr *attr,
				  struct teardown *teardown)
{
	unsigned int type = attr->nla_type & NLA_TYPE_MASK;
	struct remaining *left;

	switch (type) {
	case NSORPHAN_A_TEARDOWN_INIT:
		memset(&teardown->init, 0, sizeof(teardown->init));
		return decode_process(attr, &teardown->init);
	case NSORPHAN_A_TEARDOWN_PROCESSES:
		left = teardown_add_remaining(teardown);
		return left ? decode_remaining(attr, left) : -ENOMEM;
	}
	if (type > NSORPHAN_A_TEARDOWN_MAX)
		return 0;
	return decode_number(attr, &teardown_fields[type], teardown);
}

/* The namespace that a message is about; 0: it is none of these. */
static uint32_t pidns_of_teardown(struct nlmsghdr *nlh)
{
	struct nlattr *attr;

	if (!genlmsg_valid_hdr(nlh, 0))
		return 0;
	attr = nlmsg_find_attr(nlh, GENL_HDRLEN, NSORPHAN_A_TEARDOWN_PIDNS);
	return attr && nla_len(attr) >= 4 ? nla_get_u32(attr) : 0;
}

/* Messages of one teardown follow each other. */
static int decode_teardown(struct nlmsghdr *nlh, struct teardowns *teardowns)
{
	struct teardown *teardown = NULL;
	const struct nlattr *attr;
	uint32_t pidns = pidns_of_teardown(nlh);
	int left, error = 0;

	if (!pidns)
		return -EPROTO;
	if (teardowns->count)
		teardown = &teardowns->teardown[teardowns->count - 1];
	if (!teardown || teardown->pidns != pidns)
		teardown = teardowns_add(teardowns);
	if (!teardown)
		return -ENOMEM;

	left = (int)nlh->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN;
	attr = (const void *)((const char *)nlh + NLMSG_HDRLEN + GENL_HDRLEN);
	for (; attr_ok(attr, left) && !error; attr = attr_next(attr, &left))
		error = decode_teardown_member(attr, teardown);
	return error;
}

int client_teardowns(struct client *client, struct teardowns *teardowns)
{
	struct nlmsghdr *nlh;
	int result;

	result = send_request(client, NSORPHAN_CMD_TEARDOWN_GET, NLM_F_DUMP, 0);
	if (result)
		return result;
	for (;;) {
		result = read_answer(client, &nlh);
		if (result <= 0)
			return result;
		result = decode_teardown(nlh, teardowns);
		if (result)
			return result;
	}
}

/* Whether @nlh says that our family was unregistered. */
static bool is_farewell(const struct client *client, struct nlmsghdr *nlh)
{
	struct nlattr *tb[CTRL_ATTR_MAX + 1];
	struct genlmsghdr *header;

	if (nlh->nlmsg_type != GENL_ID_CTRL || !genlmsg_valid_hdr(nlh, 0))
		return false;
	header = nlmsg_data(nlh);
	if (header->cmd != CTRL_CMD_DELFAMILY ||
	    genlmsg_parse(nlh, 0, tb, CTRL_ATTR_MAX, NULL) ||
	    !tb[CTRL_ATTR_FAMILY_ID])
		return false;
	return nla_get_u16(tb[CTRL_ATTR_FAMILY_ID]) == client->family;
}

int client_next(struct client *client, struct event *event,
		struct status *status)
{
	struct genlmsghdr *header;
	struct nlmsghdr *nlh;
	int error;

	for (;;) {
		nlh = channel_message(&client->events);
		if (!nlh) {
			error = channel_fill(&client->events);
			if (error)
				return error;
			continue;
		}
		if (is_farewell(client, nlh))
			return -ENODEV;
		if (nlh->nlmsg_type != client->family ||
		    !genlmsg_valid_hdr(nlh, 0))
			continue;
		header = nlmsg_data(nlh);
		switch (header->cmd) {
		case NSORPHAN_CMD_EVENT_NTF:
			error = client_decode(nlh, event);
			return error ? error : CLIENT_EVENT;
		case NSORPHAN_CMD_STATUS_NTF:
			error = decode_status(nlh, status);
			return error ? error : CLIENT_STATUS;
		}
	}
}

int client_fd(const struct client *client)
{
	return nl_socket_get_fd(client->events.sock);
}

static int channel_open(struct channel *channel)
{
	int error;

	channel->sock = nl_socket_alloc();
	if (!channel->sock)
		return -ENOMEM;
	nl_socket_disable_auto_ack(channel->sock);
	error = genl_connect(channel->sock);
	return error < 0 ? nl_errno(error) : 0;
}

static int join(struct client *client, const char *family, const char *name)
{
	int group, error;

	group = genl_ctrl_resolve_grp(client->requests.sock, family, name);
	if (group < 0)
		return nl_errno(group);
	error = nl_socket_add_membership(client->events.sock, group);
	return error < 0 ? nl_errno(error) : 0;
}

void client_set_rcvbuf(struct client *client, int bytes)
{
	client->rcvbuf = bytes;
}

int client_listen(struct client *client)
{
	int size = client->rcvbuf;
	int fd;

	fd = nl_socket_get_fd(client->events.sock);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	return join(client, NSORPHAN_FAMILY_NAME, NSORPHAN_MCGRP_EVENTS);
}

int client_open(struct client **clientp)
{
	struct client *client;
	int error;

	client = calloc(1, sizeof(*client));
	if (!client)
		return -ENOMEM;
	client->rcvbuf = RECEIVE_SIZE;
	error = channel_open(&client->requests);
	if (error)
		goto err_close;
	error = channel_open(&client->events);
	if (error)
		goto err_close;

	/* Before the family is looked up, or its end might go unseen. */
	error = join(client, "nlctrl", "notify");
	if (error)
		goto err_close;
	client->family = genl_ctrl_resolve(client->requests.sock,
					   NSORPHAN_FAMILY_NAME);
	if (client->family < 0) {
		error = nl_errno(client->family);
		goto err_close;
	}
	*clientp = client;
	return 0;

err_close:
	client_close(client);
	return error;
}

void client_close(struct client *client)
{
	if (!client)
		return;
	nl_socket_free(client->events.sock);
	nl_socket_free(client->requests.sock);
	free(client);
}

static const char not_loaded[] =
	"the module is not loaded: load it with 'modprobe nsorphan' (or 'insmod nsorphan.ko')";

void client_perror(int error)
{
	static const char not_here[] =
		"the module is not to be reached from this network namespace";
	static const char not_permitted[] =
		"not permitted: CAP_SYS_ADMIN in the initial user namespace is missing";
	static const char not_understood[] =
		"the module's answer makes no sense: is it of this version?";

	switch (-error) {
	case ENODEV:
		error_print("%s", access("/sys/module/nsorphan", F_OK) ? not_loaded
								   : not_here);
		break;
	case EPERM:
		error_print(not_permitted);
		break;
	case EPROTO:
		error_print(not_understood);
		break;
	default:
		error_print("cannot talk to the module: %s", strerror(-error));
	}
}

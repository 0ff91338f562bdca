// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
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
#include "genl/decode.h"
#include "lib/error.h"
#include "lib/poll.h"
#include "proc/container.h"

/* Twice the longest datagram of a dump: NLMSG_GOODSIZE is at most 32 KiB. */
#define BUFFER_SIZE	65536

/* Default receive buffer, for a burst of events while stdout is blocked. */
#define RCVBUF_DEFAULT	(4 << 20)

/* A socket, and its last datagram, which holds one or more messages. */
struct channel {
	struct nl_sock *sock;
	struct nlmsghdr *next;		/* the next message in buf */
	int unread;			/* bytes of buf from next on */
	uint32_t seq;			/* of the last request */
	union {
		struct nlmsghdr first;	/* for its alignment */
		char bytes[BUFFER_SIZE];
	} buf;
};

/*
 * Several sockets, so that only events are lost when a receive buffer overflows,
 * answers need not be searched for among events, and a cgroup can be asked for
 * in the middle of a dump.
 */
struct client {
	struct channel requests;
	struct channel cgroups;
	struct channel events;
	int rcvbuf;		/* receive buffer of events, in bytes */
	int family;		/* id of the generic netlink family */
};

/* Converts an error number of libnl, coarser than errno, to an errno. */
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

/*
 * Receives a datagram; never sleeps. Returns 0, even where it holds no message
 * for the tool, -EAGAIN when there is none, or another negative errno.
 */
static int channel_receive(struct channel *channel)
{
	struct sockaddr_nl from = { .nl_pid = 0 };
	socklen_t from_len = sizeof(from);
	ssize_t n;

	channel->unread = 0;
	n = recvfrom(nl_socket_get_fd(channel->sock), &channel->buf,
		     sizeof(channel->buf), MSG_DONTWAIT | MSG_TRUNC,
		     (struct sockaddr *)&from, &from_len);
	if (n < 0)
		return errno == EINTR ? -EAGAIN : -errno;
	/* Truncated: treat it as lost, a dump has its events again. */
	if ((size_t)n > sizeof(channel->buf))
		return -ENOBUFS;
	/* Not from the kernel: drop it. */
	if (from.nl_pid)
		return 0;
	channel->next = &channel->buf.first;
	channel->unread = (int)n;
	return 0;
}

/* Returns the next message of the datagram, or NULL at its end. */
static struct nlmsghdr *channel_next(struct channel *channel)
{
	struct nlmsghdr *nlh = channel->next;

	if (!channel->unread || !nlmsg_ok(nlh, channel->unread)) {
		channel->unread = 0;
		return NULL;
	}
	channel->next = nlmsg_next(nlh, &channel->unread);
	return nlh;
}

/* Returns a request without attributes, or NULL when memory is short. */
static struct nl_msg *make_request(struct client *client, int command,
				   int flags)
{
	struct nl_msg *msg = nlmsg_alloc();

	if (msg && !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, client->family,
				0, NLM_F_REQUEST | flags, (uint8_t)command,
				NSORPHAN_FAMILY_VERSION)) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

/* Sends @msg and frees it; NULL is a lack of memory. */
static int send_request(struct channel *channel, struct nl_msg *msg)
{
	int error;

	if (!msg)
		return -ENOMEM;
	error = nl_send_auto(channel->sock, msg);
	channel->seq = nlmsg_hdr(msg)->nlmsg_seq;
	nlmsg_free(msg);
	channel->unread = 0;
	return error < 0 ? nl_errno(error) : 0;
}

static int request(struct client *client, int command, int flags)
{
	return send_request(&client->requests,
			    make_request(client, command, flags));
}

/*
 * Waits for the next message of the answer to the last request, *@nlh. Returns
 * 1, 0 at the end of the answer, or a negative errno, as the answer may be.
 */
static int read_answer(struct channel *channel, struct nlmsghdr **nlh)
{
	struct pollfd fd = {
		.fd = nl_socket_get_fd(channel->sock),
		.events = POLLIN,
	};
	int error;

	for (;;) {
		*nlh = channel_next(channel);
		if (!*nlh) {
			error = poll_wait(&fd, 1, -1);
			if (error < 0)
				return error;
			error = channel_receive(channel);
			if (error && error != -EAGAIN)
				return error;
			continue;
		}
		if ((*nlh)->nlmsg_seq != channel->seq)
			continue;
		if ((*nlh)->nlmsg_type != NLMSG_ERROR &&
		    (*nlh)->nlmsg_type != NLMSG_DONE)
			return 1;

		/* Both begin with an int that is 0 or a negative errno. */
		if (nlmsg_datalen(*nlh) < (int)sizeof(error))
			return 0;
		memcpy(&error, nlmsg_data(*nlh), sizeof(error));
		/* ENOENT: the family was unregistered. */
		return error == -ENOENT ? -ENODEV : error;
	}
}

int client_status(struct client *client, struct status *status)
{
	struct nlmsghdr *nlh;
	int error;

	error = request(client, NSORPHAN_CMD_STATUS_GET, 0);
	if (error)
		return error;
	error = read_answer(&client->requests, &nlh);
	if (error <= 0)
		return error ? error : -EPROTO;
	return decode_status(nlh, status);
}

/*
 * Has the path of the cgroup of @container, in @hierarchy, learned. The module
 * answers while the request is being sent. Returns 0, also where the module
 * does not know that cgroup any more, or a negative errno.
 */
static int learn_container(struct client *client, uint32_t hierarchy,
			   uint64_t container)
{
	char path[CGROUP_PATH_MAX] = "";
	struct nlmsghdr *nlh;
	struct nl_msg *msg;
	int error;

	if (!container || container_is_learned(hierarchy, container))
		return 0;
	msg = make_request(client, NSORPHAN_CMD_CGROUP_GET, 0);
	if (!msg || nla_put_u64(msg, NSORPHAN_A_CGROUP_ID, container) ||
	    nla_put_u32(msg, NSORPHAN_A_CGROUP_HIERARCHY, hierarchy)) {
		nlmsg_free(msg);
		return -ENOMEM;
	}
	error = send_request(&client->cgroups, msg);
	if (error)
		return error;
	error = read_answer(&client->cgroups, &nlh);
	if (error > 0)
		error = decode_cgroup_path(nlh, path);
	/* Not found, or the module is unloaded: other requests tell. */
	else if (error != -ENODEV)
		return error ? error : -EPROTO;
	container_learn(hierarchy, container, path[0] ? path : NULL);
	return error == -ENODEV ? 0 : error;
}

int client_dump(struct client *client, uint64_t since)
{
	struct nl_msg *msg = make_request(client, NSORPHAN_CMD_EVENT_GET,
					  NLM_F_DUMP);

	if (msg && since && nla_put_u64(msg, NSORPHAN_A_EVENT_SINCE, since)) {
		nlmsg_free(msg);
		return -ENOMEM;
	}
	return send_request(&client->requests, msg);
}

/* Decodes an event, and learns its container. Returns 0 or a negative errno. */
static int take_event(struct client *client, struct nlmsghdr *nlh,
		      struct event *event)
{
	int error = decode_event(nlh, event);

	if (error)
		return error;
	return learn_container(client, event->hierarchy, event->container);
}

int client_dump_next(struct client *client, struct event *event)
{
	struct nlmsghdr *nlh;
	int error;

	error = read_answer(&client->requests, &nlh);
	if (error <= 0)
		return error;
	error = take_event(client, nlh, event);
	return error ? error : 1;
}

static int dump_teardowns(struct client *client, struct teardowns *teardowns)
{
	struct nlmsghdr *nlh;
	int result;

	result = request(client, NSORPHAN_CMD_TEARDOWN_GET, NLM_F_DUMP);
	if (result)
		return result;
	for (;;) {
		result = read_answer(&client->requests, &nlh);
		if (result <= 0)
			return result;
		result = decode_teardown(nlh, teardowns);
		if (result)
			return result;
	}
}

int client_teardowns(struct client *client, struct teardowns *teardowns)
{
	const struct teardown *teardown;
	size_t i;
	int error;

	error = client ? dump_teardowns(client, teardowns) : 0;
	for (i = 0; !error && i < teardowns->count; i++) {
		teardown = &teardowns->teardown[i];
		error = learn_container(client, teardown->hierarchy,
					teardown->container);
	}
	return error;
}

int client_lives(struct client *client, struct lives *lives)
{
	struct nlmsghdr *nlh;
	struct life life;
	int result;

	if (!client)
		return 0;
	result = request(client, NSORPHAN_CMD_CONTAINER_GET, NLM_F_DUMP);
	while (!result) {
		result = read_answer(&client->requests, &nlh);
		if (result <= 0)
			break;
		result = decode_life(nlh, &life);
		if (!result)
			result = lives_add(lives, &life);
	}
	lives_sort(lives);
	return result;
}

static int request_threads(struct client *client,
			   const struct thread_filter *wanted)
{
	struct nl_msg *msg = make_request(client, NSORPHAN_CMD_TASK_GET,
					  NLM_F_DUMP);

	/* A number that is 0 fits any thread. */
	if (msg && (nla_put_u32(msg, NSORPHAN_A_TASK_PID, wanted->pid) ||
		    nla_put_u32(msg, NSORPHAN_A_TASK_PIDNS, wanted->pidns) ||
		    nla_put_u64(msg, NSORPHAN_A_TASK_CONTAINER,
				wanted->container) ||
		    nla_put_u32(msg, NSORPHAN_A_TASK_HIERARCHY,
				wanted->hierarchy))) {
		nlmsg_free(msg);
		return -ENOMEM;
	}
	return send_request(&client->requests, msg);
}

static int dump_threads(struct client *client,
			const struct thread_filter *wanted,
			struct threads *threads)
{
	struct nlmsghdr *nlh;
	struct thread thread;
	int result;

	result = request_threads(client, wanted);
	while (!result) {
		result = read_answer(&client->requests, &nlh);
		if (result <= 0)
			break;
		result = decode_thread(nlh, &thread);
		if (!result)
			result = threads_add(threads, &thread);
	}
	return result;
}

int client_threads(struct client *client, const struct thread_filter *wanted,
		   struct threads *threads)
{
	const struct thread *thread;
	size_t i;
	int error;

	error = client ? dump_threads(client, wanted, threads) : 0;
	threads_sort(threads);
	for (i = 0; !error && i < threads->count; i++) {
		thread = &threads->list[i];
		error = learn_container(client, thread->hierarchy,
					thread->container);
	}
	return error;
}

int client_filesystem(struct client *client, int fd,
		      struct filesystem *filesystem)
{
	struct nlmsghdr *nlh;
	struct nl_msg *msg;
	int error;

	*filesystem = (struct filesystem){ .count = 0 };
	if (!client)
		return -ENODEV;
	msg = make_request(client, NSORPHAN_CMD_FILESYSTEM_GET, 0);
	if (msg && nla_put_u32(msg, NSORPHAN_A_FILESYSTEM_FD, (uint32_t)fd)) {
		nlmsg_free(msg);
		return -ENOMEM;
	}
	error = send_request(&client->requests, msg);
	if (error)
		return error;
	error = read_answer(&client->requests, &nlh);
	if (error <= 0)
		return error ? error : -EPROTO;
	return decode_filesystem(nlh, filesystem);
}

/* Whether @nlh announces that the module's family was unregistered. */
static bool is_family_removed(const struct client *client, struct nlmsghdr *nlh)
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
		nlh = channel_next(&client->events);
		if (!nlh) {
			error = channel_receive(&client->events);
			if (error)
				return error;
			continue;
		}
		if (is_family_removed(client, nlh))
			return -ENODEV;
		if (nlh->nlmsg_type != client->family ||
		    !genlmsg_valid_hdr(nlh, 0))
			continue;
		header = nlmsg_data(nlh);
		switch (header->cmd) {
		case NSORPHAN_CMD_EVENT_NTF:
			error = take_event(client, nlh, event);
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

/* Subscribes the event socket to multicast group @name of @family. */
static int join_group(struct client *client, const char *family,
		      const char *name)
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
	return join_group(client, NSORPHAN_FAMILY_NAME, NSORPHAN_MCGRP_EVENTS);
}

int client_open(struct client **clientp)
{
	struct client *client;
	int error;

	client = calloc(1, sizeof(*client));
	if (!client)
		return -ENOMEM;
	client->rcvbuf = RCVBUF_DEFAULT;
	error = channel_open(&client->requests);
	if (error)
		goto err_close;
	error = channel_open(&client->cgroups);
	if (error)
		goto err_close;
	error = channel_open(&client->events);
	if (error)
		goto err_close;

	/* Before the family is looked up: its removal must not be missed. */
	error = join_group(client, "nlctrl", "notify");
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
	nl_socket_free(client->cgroups.sock);
	nl_socket_free(client->requests.sock);
	free(client);
}

void client_perror(int error)
{
	static const char unreachable[] =
		"the module is not reachable from this network namespace: use the initial one";
	static const char not_permitted[] =
		"not permitted: CAP_SYS_ADMIN in the initial user namespace is missing";
	static const char malformed[] =
		"the module's answer is malformed: is it of this version?";

	switch (-error) {
	case ENODEV:
		error_print(unreachable);
		break;
	case EPERM:
		error_print(not_permitted);
		break;
	case EPROTO:
		error_print(malformed);
		break;
	case ENOMEM:
		error_print("out of memory");
		break;
	default:
		error_print("cannot talk to the module: %s", strerror(-error));
	}
}

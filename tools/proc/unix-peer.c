// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <sched.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

#include "proc/procfs.h"
#include "proc/reading.h"
#include "proc/unix-peer.h"

/* TCP_LISTEN of the kernel's net/tcp_states.h, a state of unix sockets, too. */
#define STATE_LISTEN	10

/* What is looked for. */
struct search {
	uint32_t	ino;
	struct unix_peer *peer;
	bool		found;
};

/* Takes the peer from the answer for one socket. */
static int take_peer(struct nl_msg *msg, void *context)
{
	struct search *search = context;
	struct nlattr *attr;

	attr = nlmsg_find_attr(nlmsg_hdr(msg), sizeof(struct unix_diag_msg),
			       UNIX_DIAG_PEER);
	if (!attr || nla_len(attr) < (int)sizeof(uint32_t))
		return NL_OK;
	search->peer->ino = nla_get_u32(attr);
	search->peer->listens = false;
	/* One that is not accepted yet has no inode. */
	search->found = search->peer->ino;
	return NL_OK;
}

/* Takes a listener, if the socket is in its queue. */
static int take_listener(struct nl_msg *msg, void *context)
{
	const struct unix_diag_msg *diag = nlmsg_data(nlmsg_hdr(msg));
	struct search *search = context;
	const uint32_t *waiting;
	struct nlattr *attr;
	int i, count;

	attr = nlmsg_find_attr(nlmsg_hdr(msg), sizeof(*diag), UNIX_DIAG_ICONS);
	if (!attr)
		return NL_OK;
	waiting = nla_data(attr);
	count = nla_len(attr) / (int)sizeof(*waiting);
	for (i = 0; i < count; i++) {
		if (waiting[i] != search->ino)
			continue;
		search->peer->ino = diag->udiag_ino;
		search->peer->listens = true;
		search->found = diag->udiag_ino;
	}
	return NL_OK;
}

/* Sends @request. Returns 0 once @take was called for all answers. */
static int ask(struct nl_sock *sock, const struct unix_diag_req *request,
	       int flags, nl_recvmsg_msg_cb_t take, struct search *search)
{
	int error;

	if (nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, take, search))
		return -ENOMEM;
	error = nl_send_simple(sock, SOCK_DIAG_BY_FAMILY, flags,
			       (void *)request, sizeof(*request));
	if (error >= 0)
		error = nl_recvmsgs_default(sock);
	return error < 0 ? -ENOENT : 0;
}

static int search_with(struct nl_sock *sock, struct search *search)
{
	struct unix_diag_req one = {
		.sdiag_family = AF_UNIX,
		.udiag_states = UINT32_MAX,
		.udiag_ino = search->ino,
		.udiag_show = UDIAG_SHOW_PEER,
		.udiag_cookie = { UINT32_MAX, UINT32_MAX },
	};
	struct unix_diag_req listeners = {
		.sdiag_family = AF_UNIX,
		.udiag_states = 1U << STATE_LISTEN,
		.udiag_show = UDIAG_SHOW_ICONS,
	};
	int error;

	error = ask(sock, &one, 0, take_peer, search);
	if (!error && !search->found)
		error = ask(sock, &listeners, NLM_F_DUMP, take_listener,
			    search);
	return error ? error : search->found ? 0 : -ENOENT;
}

static int search_by(struct nl_sock *sock, struct search *search)
{
	nl_socket_disable_auto_ack(sock);
	/* The kernel answers before send() returns: nothing is to wait for. */
	if (nl_connect(sock, NETLINK_SOCK_DIAG) ||
	    nl_socket_set_nonblocking(sock))
		return -ENOENT;
	return search_with(sock, search);
}

/*
 * Does what unix_peer_find() does, in the present network namespace. The kernel
 * may have to load a module first, by a program.
 */
static int search_here(struct search *search)
{
	struct nl_sock *sock;
	int error;

	if (!reading_begin(0, "sock_diag"))
		return -ETIMEDOUT;
	sock = nl_socket_alloc();
	error = sock ? search_by(sock, search) : -ENOMEM;
	nl_socket_free(sock);
	reading_end();
	return error;
}

/* Does it in network namespace @there, and returns to @home. */
static int search_in(int there, int home, struct search *search)
{
	int error;

	if (setns(there, CLONE_NEWNET))
		return -errno;
	error = search_here(search);
	if (setns(home, CLONE_NEWNET))
		error = -errno;
	return error;
}

int unix_peer_find(int dir, uint32_t ino, struct unix_peer *peer)
{
	struct search search = { .ino = ino, .peer = peer };
	int home, there, error = -ENOENT;

	home = procfs_open_netns(AT_FDCWD);
	if (home < 0)
		return home;
	there = procfs_open_netns(dir);
	if (there >= 0) {
		error = search_in(there, home, &search);
		close(there);
	}
	/* It may have the socket from another namespace: a service manager. */
	if (error == -ENOENT)
		error = search_here(&search);
	close(home);
	return error;
}

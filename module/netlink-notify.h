/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSO_NETLINK_NOTIFY_H
#define NSO_NETLINK_NOTIFY_H

/*
 * Events, and news of the status, for the multicast group. All may sleep.
 *
 * Before the family is registered: notes the next event, the first that a
 * listener is owed. Returns 0 or -ENOMEM.
 */
int nso_netlink_notify_init(void);

/* While the family is registered: starts to send, and stops. */
void nso_netlink_notify_start(void);
void nso_netlink_notify_stop(void);

/* Once the family is unregistered. */
void nso_netlink_notify_exit(void);

#endif

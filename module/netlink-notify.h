/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSO_NETLINK_NOTIFY_H
#define NSO_NETLINK_NOTIFY_H

/*
 * Starts and stops to send events, and news of the status, to the multicast
 * group. The family is registered from before the start until after the stop.
 * Both may sleep.
 */
void nso_netlink_notify_init(void);
void nso_netlink_notify_exit(void);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSO_NETLINK_H
#define NSO_NETLINK_H

/*
 * Registers and unregisters the generic netlink family of uapi/nsorphan.yaml.
 * Returns 0 or a negative errno, which is in the log then. A dump that its
 * client has not read to the end holds the module. Both may sleep.
 */
int nso_netlink_init(void);
void nso_netlink_exit(void);

#endif

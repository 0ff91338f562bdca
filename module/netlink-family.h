/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSO_NETLINK_FAMILY_H
#define NSO_NETLINK_FAMILY_H

#include <net/genetlink.h>

extern struct genl_family nso_netlink_family;

#endif

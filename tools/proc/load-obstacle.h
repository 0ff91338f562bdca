/* SPDX-License-Identifier: GPL-2.0 */
/* Why the module cannot be loaded on this machine as it is. */
#ifndef NSORPHAN_LOAD_OBSTACLE_H
#define NSORPHAN_LOAD_OBSTACLE_H

/*
 * Returns one sentence without a full stop: what prevents the module from being
 * loaded, and the next step; or how to load it, if nothing is seen that does. It stays
 * valid until the next call.
 */
const char *load_obstacle(void);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/* Warnings on standard error of what the module did not see, or saw wrongly. */
#ifndef NSORPHAN_WARN_H
#define NSORPHAN_WARN_H

struct status;

/* Says what @status is the first to tell: each kind once in a program's life. */
void warn_of_status(const struct status *status);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/* Macros that the kernel's headers have. */
#ifndef NSORPHAN_UTIL_H
#define NSORPHAN_UTIL_H

#include <stddef.h>

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

#define container_of(pointer, type, member)	\
	((type *)((char *)(pointer) - offsetof(type, member)))

#undef __printf
#define __printf(string, first)	\
	__attribute((format(printf, string, first)))

#endif

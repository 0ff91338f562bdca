/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_KERNEL_H
#define SHIM_KERNEL_H

#include <errno.h>

#include <linux/types.h>

/* The C library may define it, too. */
#undef __always_inline
#define __always_inline	inline __attribute__((__always_inline__))

#define __noreturn	__attribute__((__noreturn__))

#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)

#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))

#endif

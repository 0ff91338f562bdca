/* SPDX-License-Identifier: GPL-2.0 */
/* A string that grows. */
#ifndef NSORPHAN_STRBUF_H
#define NSORPHAN_STRBUF_H

#include <stddef.h>

#include "lib/util.h"

/* Zeroed: an empty string. */
struct strbuf {
	char	*string;	/* ends with a NUL; NULL while it is empty */
	size_t	len;
	size_t	size;		/* bytes allocated */
	int	error;		/* 0 or -ENOMEM; nothing is appended any more */
};

/* Appends what printf() would print. */
__printf(2, 3)
void strbuf_addf(struct strbuf *buf, const char *format, ...);

/*
 * Returns the string, for free(), and empties @buf. NULL where some of it could
 * not be appended.
 */
char *strbuf_detach(struct strbuf *buf);

#endif

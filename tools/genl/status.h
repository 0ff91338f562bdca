/* SPDX-License-Identifier: GPL-2.0 */
/* The state of the module; what the members mean is in uapi/nsorphan.yaml. */
#ifndef NSORPHAN_STATUS_H
#define NSORPHAN_STATUS_H

#include <stdbool.h>
#include <stdint.h>

/* A kernel function or tracepoint that the module watches. */
struct probe {
	char		symbol[64];
	uint64_t	missed;		/* hits that the kernel dropped */
};

/* More probes than any module of this version has. */
#define PROBES_MAX	8

/* The answer to status-get. */
struct status {
	char		version[64];
	char		kernel[128];
	uint64_t	loaded_ns;	/* since boot; 0: the module does not tell */
	char		reparent_probe[64];
	char		teardown_probe[64];
	uint32_t	records;	/* that the rings hold */
	uint64_t	bytes;		/* of memory, for the records */
	uint64_t	oldest_seq;
	uint64_t	next_seq;
	uint64_t	overwritten;
	uint64_t	dropped;
	uint64_t	missed;		/* the sum over all probes */
	bool		blind;		/* the kernel calls no probe */
	uint64_t	blind_from_ns;	/* last seen to call them before; 0: never */
	uint64_t	blind_to_ns;	/* seen to call them again; 0: it does not */
	uint64_t	mismatched;
	uint32_t	readers;
	uint32_t	teardowns;	/* that are running */
	bool		verify;
	uint32_t	stall_ms;
	uint32_t	signals;	/* enum nsorphan_signals */
	unsigned int	nr_probes;
	struct probe	probes[PROBES_MAX];
};

#endif

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSORPHAN_RECORDER_H
#define NSORPHAN_RECORDER_H

#include <linux/bits.h>
#include <linux/list.h>
#include <linux/types.h>

#include "event.h"

#define RECORDER_MIN_RECORDS	16
#define RECORDER_MAX_RECORDS	BIT(20)

enum recorder_result {
	RECORDER_NONE,	/* nothing to read yet */
	RECORDER_EVENT,	/* one event was read */
	RECORDER_LOST,	/* events before the cursor are lost to this reader */
};

/**
 * struct recorder_watch - somebody who wants to know of new records
 * @wants: is anybody waiting? Called after each record, in the writer's context
 * @wake: there are new records; called in irq_work context
 * @node: for the recorder
 */
struct recorder_watch {
	bool (*wants)(u64 seq);
	void (*wake)(void);
	struct list_head node;
};

struct recorder_counters {
	u32 records;		/* how many the recorder holds */
	u64 oldest_seq;
	u64 next_seq;
	u64 overwritten;
	u64 dropped;
};

/*
 * Allocates the ring. May sleep. records is a power of two in the bounds
 * above. Returns 0 or -ENOMEM.
 */
int recorder_start(u32 records);

/* Frees it; all writers, readers and watches are gone by then. May sleep. */
void recorder_stop(void);

/*
 * One caller at a time. Once del returns, neither of the watch's calls runs or
 * will run. May sleep.
 */
void recorder_add_watch(struct recorder_watch *watch);
void recorder_del_watch(struct recorder_watch *watch);

/*
 * Takes the next sequence number and the slot that goes with it, with seq,
 * boot_ns and type set; the caller fills the rest and commits. Any context,
 * preemption disabled from here to the commit. Returns NULL if the slot is
 * still being filled by a writer that is a whole ring behind: counted as
 * dropped, nothing to commit.
 */
struct event *recorder_reserve(enum nsorphan_event_type type);
void recorder_commit(struct event *event);

/*
 * Reads the event at *cursor into event and moves the cursor on. On
 * RECORDER_LOST the events from *first up to the cursor are lost to this
 * reader. The cursor is the reader's own; process context.
 */
enum recorder_result recorder_read(u64 *cursor, struct event *event,
				   u64 *first);

/* Sequence numbers: of the oldest record held, and of the next one. */
u64 recorder_oldest_seq(void);
u64 recorder_next_seq(void);

void recorder_counters(struct recorder_counters *counters);

#endif

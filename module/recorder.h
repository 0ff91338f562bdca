/* SPDX-License-Identifier: GPL-2.0 */
/* The recorder as readers see it; writers include recorder-writer.h. */
#ifndef NSO_RECORDER_H
#define NSO_RECORDER_H

#include <linux/bits.h>
#include <linux/types.h>

#include "event.h"

/* Bounds of the number of records in a ring. */
#define NSO_RECORDER_MIN_RECORDS	16
#define NSO_RECORDER_MAX_RECORDS	BIT(18)

enum nso_recorder_result {
	NSO_RECORDER_NONE,	/* nothing to read yet */
	NSO_RECORDER_EVENT,	/* one event was read */
	NSO_RECORDER_LOST,	/* this reader lost events before the cursor */
};

/**
 * struct nso_recorder_cursor - the position of a reader
 * @seq: sequence number of the next event wanted; the reader may read it, and
 *	raise it
 * @opened: first sequence number from which on every event was held when the
 *	reader came; what came before does not count as overwritten
 * @looked: next sequence number of the recorder at the last nso_recorder_read()
 * @index: slot index in each ring before which there is no event from @seq on
 */
struct nso_recorder_cursor {
	u64 seq;
	u64 opened;
	u64 looked;
	u32 index[NSO_EVENT_KINDS];
};

/**
 * struct nso_recorder_counters - what the status says of the recorder
 * @records: number of events that each ring holds
 * @bytes: memory that both rings take
 * @oldest_seq: sequence number of the oldest event that is held
 * @next_seq: sequence number that the next event will have
 * @overwritten: events overwritten before some open reader had read them
 * @dropped: events that have a sequence number but were not recorded
 */
struct nso_recorder_counters {
	u32 records;
	u64 bytes;
	u64 oldest_seq;
	u64 next_seq;
	u64 overwritten;
	u64 dropped;
};

/*
 * Allocates the rings. records is a power of two within the bounds above.
 * Returns 0 or -ENOMEM. May sleep.
 */
int nso_recorder_init(u32 records);

/* Frees the rings; writers, readers and watches are gone by then. May sleep. */
void nso_recorder_exit(void);

/* Set a cursor to the oldest event that is held, or to the next one to come. */
void nso_recorder_at_oldest(struct nso_recorder_cursor *cursor);
void nso_recorder_at_next(struct nso_recorder_cursor *cursor);

/*
 * Reads the event at the cursor into event and moves the cursor on. On
 * NSO_RECORDER_LOST, the events from *first up to the cursor are lost to this
 * reader. Only one caller at a time may use a cursor. Process context.
 */
enum nso_recorder_result nso_recorder_read(struct nso_recorder_cursor *cursor,
					   struct nso_event *event, u64 *first);

/*
 * Reads as nso_recorder_read() does, up to the event before until. All events
 * below until have been drawn, so if nso_recorder_read() finds none, a writer
 * is at work: this waits for that writer, which has preemption disabled and
 * needs microseconds. Returns NSO_RECORDER_NONE at until, or if the writer has
 * not finished after NSO_RECORDER_WAIT_MS: its virtual CPU does not run, say.
 * May sleep.
 */
#define NSO_RECORDER_WAIT_MS	50

enum nso_recorder_result
nso_recorder_read_wait(struct nso_recorder_cursor *cursor, u64 until,
		       struct nso_event *event, u64 *first);

/* Returns the sequence number that the next event will have. Any context. */
u64 nso_recorder_next_seq(void);

/* Fills in the counters. Process context. */
void nso_recorder_counters(struct nso_recorder_counters *counters);

#endif

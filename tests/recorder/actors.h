/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writers and readers of the recorder, as the module has them, that check all
 * that they see; and the ledger, which knows what was drawn and committed.
 */
#ifndef ACTORS_H
#define ACTORS_H

#include "recorder-writer.h"

/* What a writer writes: a recorder_kind, or either by chance. */
#define MIXED	NSO_RECORDER_KINDS

/* Room for the events below this number. May fail the program. */
void ledger_start(u64 limit);

/*
 * While nobody writes: every event up to now was committed, or counted as
 * dropped. Whatever a reader was told to be lost had been dropped, or pushed out
 * by as many later ones of its own kind as a ring holds. And what is held are the
 * last ones of each kind, neither more nor less.
 */
void ledger_check(void);

/* How many were committed. */
u64 ledger_committed(void);

/*
 * Writes n events and wakes whom it concerns, if one was committed. In the
 * middle of each it calls sim_point(). Preemption is disabled by itself.
 */
void write_events(u32 n, u32 kind);

/* The two halves of one event; NULL if it is dropped. */
struct nso_recorder_slot *write_begin(enum nso_recorder_kind kind);
void write_end(struct nso_recorder_slot *slot);

struct reader {
	struct nso_recorder_cursor cursor;
	u64 events[NSO_RECORDER_KINDS];
	u64 lost;
};

static inline u64 reader_events(const struct reader *reader)
{
	return reader->events[NSO_RECORDER_LIFECYCLE] +
	       reader->events[NSO_RECORDER_SIGNALS];
}

/* From the beginning; cursor.seq may be raised. */
void reader_at_oldest(struct reader *reader);
void reader_at_next(struct reader *reader);

/* nso_recorder_read(), and all that can be said of its answer at once. */
enum nso_recorder_result reader_step(struct reader *reader);

/* Prints a line of TAP, why it failed before it. */
void ok(bool good, const char *name);

/* Fails the program on the spot, with a line of TAP and the place. */
#define check(condition)						\
do {									\
	if (!(condition))						\
		check_failed(#condition, __func__, __LINE__);		\
} while (0)

void __noreturn check_failed(const char *condition, const char *function,
			     int line);

/* The plan; returns the exit status. */
int finish(void);

#endif

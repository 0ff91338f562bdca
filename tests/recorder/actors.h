/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writers and readers of the recorder, like those of the module, that check
 * everything they see; and the ledger, which knows what was drawn and
 * committed.
 */
#ifndef ACTORS_H
#define ACTORS_H

#include "recorder-wake.h"
#include "recorder-writer.h"
#include "recorder.h"

/* In place of an enum nso_event_kind: each event is of a random kind. */
#define MIXED	NSO_EVENT_KINDS

/* Makes room for the events below limit. Fails the program without memory. */
void ledger_start(u64 limit);

/*
 * Checks, while no writer runs, that every event was either committed or
 * counted as dropped; that each event which some reader lost had been dropped,
 * or was followed by as many events of its kind as a ring holds; and that the
 * last events of each kind are held, exactly as many as a ring holds.
 */
void ledger_check(void);

/* Returns how many events were committed. */
u64 ledger_committed(void);

/*
 * Writes n events, and wakes readers if any event was committed. Calls
 * sim_point() in the middle of each event.
 */
void write_events(u32 n, u32 kind);

/*
 * Write one event in two halves. write_begin() returns NULL if it is dropped.
 */
struct nso_recorder_slot *write_begin(enum nso_event_kind kind);
void write_end(struct nso_recorder_slot *slot);

struct reader {
	struct nso_recorder_cursor cursor;
	u64 events[NSO_EVENT_KINDS];
	u64 lost;
};

static inline u64 reader_events(const struct reader *reader)
{
	return reader->events[NSO_EVENT_LIFECYCLE] +
	       reader->events[NSO_EVENT_SIGNALS];
}

/* Set a reader to the oldest event, and to the next one to come. */
void reader_at_oldest(struct reader *reader);
void reader_at_next(struct reader *reader);

/* Calls nso_recorder_read(), and checks its result as far as possible. */
enum nso_recorder_result reader_step(struct reader *reader);

/* Prints a line of TAP. */
void ok(bool good, const char *name);

/* Ends the program with a failed line of TAP, unless the condition holds. */
#define check(condition)						\
do {									\
	if (!(condition))						\
		check_failed(#condition, __func__, __LINE__);		\
} while (0)

void __noreturn check_failed(const char *condition, const char *function,
			     int line);

/* Prints the plan, and returns the exit status. */
int finish(void);

#endif

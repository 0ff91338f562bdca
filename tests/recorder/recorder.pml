// SPDX-License-Identifier: GPL-2.0
/*
 * module/recorder.[ch] for spin, which tries every interleaving: WRITERS
 * writers, of FIRST and SECOND events, one reader, and a ring of two slots.
 * Comments name the lines of C; what is no C is for the assertions.
 *
 * The memory is weak where the kernel's model lets it be so. What a processor
 * does after a barrier comes after it here; what no barrier orders is done in
 * any order:
 *  - a writer's stores: BUSY, the two words of the event, WHOLE, each of which
 *    the others see at a moment of its own;
 *  - its increment of next_seq, which a reader may go on not to see;
 *  - a reader's loads: it may load ahead of a branch that needs the value, or
 *    that shows that it needs none.
 * All processors see a store at the same moment, once it is seen. An interrupt
 * within a writer is here another writer, that happens to run from its
 * beginning to its end.
 *
 * Each NO_... leaves out one barrier or one look, and spin must find what then
 * goes wrong: tests/t/recorder-model.t.
 */
#define N		2
#define BUSY(seq)	(2 * (seq) + 1)
#define WHOLE(seq)	(2 * (seq) + 2)
#define LAP		(BUSY(N) - WHOLE(0))

#ifdef NO_OLDEST_OF_FIRST_LAP
#define OLDEST_BEFORE(next)	((next) >= N -> (next) - N : 1)
#else
#define OLDEST_BEFORE(next)	((next) > N -> (next) - N : 1)
#endif

#ifdef NO_A
#define A(order)	true
#else
#define A(order)	(order)
#endif
#ifdef NO_B
#define B(order)	true
#else
#define B(order)	(order)
#endif
#ifdef NO_C
#define C(order)	true
#else
#define C(order)	(order)
#endif
#ifdef NO_D
#define D(order)	true
#else
#define D(order)	(order)
#endif
#ifdef NO_F_WRITER
#define F_WRITER(order)	true
#else
#define F_WRITER(order)	(order)
#endif
#ifdef NO_CMPXCHG
#define CMPXCHG(order)	true
#else
#define CMPXCHG(order)	(order)
#endif
#ifdef NO_ODD_LOOK
#define ODD_LOOK(order)	true
#else
#define ODD_LOOK(order)	(order)
#endif
#ifdef NO_NEWER_LOOK
#define NEWER_LOOK(order)	true
#else
#define NEWER_LOOK(order)	(order)
#endif
#ifdef NO_SECOND_LOOK
#define SECOND_LOOK(order)	true
#else
#define SECOND_LOOK(order)	(order)
#endif
#ifdef NO_SKIPPED
#define NOTE(seq)	skipped[slot]
#else
#define NOTE(seq)	(seq)
#endif

/*
 * struct recorder_slot. A cmpxchg sees and changes `state` at once; loads see
 * `shown`, which is the same but for a cmpxchg that is no barrier.
 */
short state[N];
short shown[N];
byte skipped[N];
byte word0[N];
byte word1[N];

/*
 * recorder.next_seq: as increments find it, and what a load sees at least. An
 * increment is seen from its writer's next barrier on, with those before it.
 */
byte next_seq = 1;
byte seen_next_seq = 1;

/* The reader waits in its wait queue. */
bool sleeping;

/* For the assertions alone. */
byte inside[N];		/* writers between claim and commit */
bool committed[16];
bool denied[16];	/* the reader was told that it is lost */
byte nr_committed, nr_dropped;
byte finished;

inline full_barrier()
{
	if
	:: seq >= seen_next_seq -> seen_next_seq = seq + 1
	:: else -> skip
	fi
}

inline claimed()
{
	state[slot] = BUSY(seq);
#ifndef NO_A
	/* A: the barrier of cmpxchg. */
	shown[slot] = BUSY(seq);
	busy_seen = true;
#endif
#ifndef NO_E_WRITER
	/* E: the same, for the increment before. */
	full_barrier();
#endif
	assert(inside[slot] == 0);
	inside[slot]++;
	has_claimed = true
}

/* recorder_wake() */
inline wake()
{
#ifndef NO_F_WRITER
	/* F: smp_mb() */
	full_barrier();
#endif
	/* if (watch->wants()) irq_work_queue(), and the irq_work runs */
	sleeping = false
}

proctype writer(byte events)
{
	byte seq, slot, noted;
	short seen;
	bool has_claimed, busy_seen, word0_seen, word1_seen, whole_seen, woken;
	bool has_noted;

	do
	:: events == 0 ->
		break
	:: events > 0 ->
		atomic {
			/* recorder_reserve():
			 * u64 seq = atomic64_fetch_inc_relaxed(&recorder.next_seq);
			 */
			seq = next_seq;
			next_seq++;
			slot = seq % N;
			events--
		}
		/* if (unlikely(!atomic64_try_cmpxchg(&slot->state, &state, busy)) */
		atomic {
			if
			:: CMPXCHG(state[slot] == BUSY(seq) - LAP) ->
				claimed()
			:: else -> skip
			fi
		}
		/* && !recorder_claim(slot, seq)) */
		if
		:: has_claimed -> skip
		:: else ->
			/* s64 state = atomic64_read(&slot->state); */
			seen = shown[slot];
			/* if (!(state & 1) && state < RECORDER_BUSY(seq) &&
			 *     atomic64_try_cmpxchg(&slot->state, &state, ...))
			 */
			atomic {
				if
				:: ODD_LOOK(!(seen & 1)) &&
				   NEWER_LOOK(seen < BUSY(seq)) &&
				   state[slot] == seen ->
					claimed()
				:: else -> skip
				fi
			}
		fi;

		if
		:: !has_claimed ->
			/* drop(): s64 skipped = atomic64_read(&slot->skipped); */
			noted = skipped[slot];
			/* while (skipped < seq &&
			 *	  !atomic64_try_cmpxchg(&slot->skipped, ...))
			 */
			do
			:: atomic { !has_noted && noted < seq ->
				if
				:: skipped[slot] == noted ->
					skipped[slot] = NOTE(seq);
					full_barrier();
					has_noted = true
				:: else ->
					noted = skipped[slot]
				fi }
			:: has_noted || noted >= seq -> break
			od;
			atomic {
				/* atomic64_inc(&dropped); */
				nr_dropped++;
#ifndef NO_WAKE_OF_DROPPED
				/* recorder_wake(); */
				wake()
#endif
			}
		:: else ->
			/* The stores of the event, recorder_commit(), and
			 * recorder_wake(), as far as barriers order them.
			 */
			do
			:: atomic { !busy_seen ->
				shown[slot] = BUSY(seq);
				busy_seen = true }
			/* slot->event.seq = seq; ... */
			:: atomic { !word0_seen && A(busy_seen) ->
				word0[slot] = seq;
				word0_seen = true }
			:: atomic { !word1_seen && A(busy_seen) ->
				word1[slot] = seq;
				word1_seen = true }
			/* atomic64_set_release(&slot->state, ... + 1); */
			:: atomic { !whole_seen && busy_seen &&
				   B(word0_seen && word1_seen) ->
				assert(state[slot] == BUSY(seq));
				state[slot] = state[slot] + 1;
				shown[slot] = state[slot];
				whole_seen = true;
				inside[slot]--;
				assert(!denied[seq]);
				committed[seq] = true;
				nr_committed++ }
			/* recorder_wake() */
			:: atomic { !woken &&
				   F_WRITER(whole_seen && word0_seen && word1_seen) ->
				wake();
				woken = true }
			:: busy_seen && word0_seen && word1_seen &&
			   whole_seen && woken -> break
			od
		fi;
		atomic {
			/* In time, everything is seen. */
			full_barrier();
			/* Less to tell states apart by. */
			has_claimed = false; busy_seen = false;
			word0_seen = false; word1_seen = false;
			whole_seen = false; woken = false; has_noted = false;
			seq = 0; slot = 0; noted = 0; seen = 0
		}
	od;
	finished++
}

/* atomic64_read(&recorder.next_seq): it never goes back. */
inline load_next_seq(value)
{
	atomic {
		value = (last_next > seen_next_seq -> last_next : seen_next_seq);
		do
		:: value < next_seq -> value++
		:: break
		od;
		last_next = value
	}
}

mtype = { NONE, EVENT, LOST };

proctype reader()
{
	byte cursor, next, last_next, oldest, copy0, copy1, skip_seen;
	byte early_next, rounds;
	short look1, look2;
	bool has_next, has_look1, has_look2, has0, has1, has_skip, has_early;
	bool prepared;
	mtype result;

	/* A reader opens at any time, at the oldest event or at a later one. */
	load_next_seq(next);
	if
	:: cursor = OLDEST_BEFORE(next)
	:: cursor = next
	fi;

	do
	:: true ->
		/* recorder_read() */
again:
#define SLOT	(cursor % N)
		/* What was looked at, if that is known, or may yet be. */
#define WAS(condition)	(!has_look1 || (condition))
		do
		/* u64 next = recorder_next_seq(); */
		:: !has_next ->
			load_next_seq(next);
			has_next = true
		/* state = atomic64_read_acquire(&slot->state); */
		:: atomic { !has_look1 ->
			look1 = shown[SLOT];
			has_look1 = true }
		/* data_race(*event = slot->event); */
		:: atomic { !has0 && WAS(look1 == WHOLE(cursor)) &&
			    C(has_look1) ->
			copy0 = word0[SLOT];
			has0 = true }
		:: atomic { !has1 && WAS(look1 == WHOLE(cursor)) &&
			    C(has_look1) ->
			copy1 = word1[SLOT];
			has1 = true }
		/* smp_rmb(); atomic64_read_acquire(&slot->state) */
		:: atomic { !has_look2 && has_look1 && look1 == WHOLE(cursor) &&
			    D(has0 && has1) ->
			look2 = shown[SLOT];
			has_look2 = true }
		/* atomic64_read(&slot->skipped) */
		:: atomic { !has_skip && has_look1 && look1 < BUSY(cursor) ->
			skip_seen = skipped[SLOT];
			has_skip = true }
#ifdef NO_E_READER
		/* next_seq of the next time round. */
		:: !has_early && has_look1 && !has_look2 &&
		   look1 == WHOLE(cursor) ->
			load_next_seq(early_next);
			has_early = true
#endif
		:: has_next && has_look1 &&
		   (look1 != WHOLE(cursor) || (has0 && has1 && has_look2)) &&
		   (look1 >= BUSY(cursor) || has_skip) -> break
		od;

		atomic {
			oldest = OLDEST_BEFORE(next);
			if
			/* if (seq >= next) */
			:: cursor >= next -> result = NONE
			/* if (seq < oldest) */
			:: cursor < next && cursor < oldest ->
				assert(oldest <= OLDEST_BEFORE(next_seq));
				cursor = oldest;
				result = LOST
			:: cursor < next && cursor >= oldest ->
				if
				/* if (state == RECORDER_WHOLE(seq)) */
				:: look1 == WHOLE(cursor) ->
					if
					:: SECOND_LOOK(look2 == look1) ->
						assert(cursor > 0);
						assert(copy0 == cursor);
						assert(copy1 == cursor);
						cursor++;
						result = EVENT
					:: else -> result = 0
					fi
				/* if (state == RECORDER_BUSY(seq) || ...) */
				:: look1 == BUSY(cursor) -> result = NONE
				:: look1 < BUSY(cursor) ->
					if
					:: skip_seen < cursor -> result = NONE
					:: else ->
						if
						:: cursor >= OLDEST_BEFORE(next_seq) ->
							assert(!committed[cursor]);
							denied[cursor] = true
						:: else -> skip
						fi;
						cursor++;
						result = LOST
					fi
				:: look1 > WHOLE(cursor) -> result = 0
				fi
			fi;
			if
			:: result == 0 ->
				/* E: the second time finds next_seq moved on. */
				rounds++;
				assert(rounds <= 1);
				next = early_next;
				has_next = has_early
			:: else ->
				rounds = 0;
				next = 0;
				has_next = false
			fi;
			/* Less to tell states apart by. */
			has_look1 = false; has_look2 = false;
			has0 = false; has1 = false; has_skip = false;
			has_early = false; early_next = 0; oldest = 0;
			look1 = 0; look2 = 0; copy0 = 0; copy1 = 0; skip_seen = 0
		}
		if
		:: result == 0 -> goto again
		:: else -> skip
		fi;

		/* wait_event(): prepare_to_wait(), one more look, schedule() */
		if
		:: atomic { result != NONE ->
			result = 0;
			prepared = false;
			sleeping = false }
		:: atomic { result == NONE && !prepared ->
			result = 0;
			prepared = true;
#ifndef NO_F_READER
			/* F: the barrier of set_current_state() */
			sleeping = true
#endif
		}
		:: result == NONE && prepared ->
#ifdef NO_F_READER
			sleeping = true;
#endif
			if
			:: atomic { !sleeping -> prepared = false; result = 0 }
			:: finished == WRITERS && sleeping -> break
			fi
		fi
	od;
	/* Nobody wakes it any more: it has all there is. */
	assert(cursor == next_seq);
	assert(nr_committed + nr_dropped == next_seq - 1)
}

init {
	atomic {
		/* recorder_start(): as if the lap before had been written. */
		state[1] = BUSY(1) - LAP;
		state[0] = BUSY(2) - LAP;
		shown[1] = state[1];
		shown[0] = state[0];
		run writer(FIRST);
#if WRITERS == 2
		run writer(SECOND);
#endif
		run reader()
	}
}

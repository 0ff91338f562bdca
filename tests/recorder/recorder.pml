// SPDX-License-Identifier: GPL-2.0
/*
 * A model of module/recorder.c and recorder-writer.h for spin, which tries every
 * interleaving of one to three writers and one reader, with rings of N slots each
 * and slot indexes modulo INDEXES. FIRST, SECOND and THIRD are what the writers
 * write: a number of events, and a bit for each event that is a signal, from the
 * lowest bit on. Comments quote the lines of C; what quotes no C is for the
 * assertions.
 *
 * The memory is as weak as the kernel's memory model allows. What a processor
 * does after a barrier comes after it here; what no barrier orders is done in
 * any order:
 *  - the stores of a writer: BUSY, the two words of the event, and the ticket
 *    without BUSY each become visible at a moment of their own;
 *  - its fetch_add, which a reader may go on not to see;
 *  - the loads of a reader that no acquire precedes: the words of an event.
 * A store becomes visible to all processors at the same moment. An interrupt
 * within a writer is another writer here that happens to run from its beginning
 * to its end.
 *
 * Each NO_... leaves out one barrier or one check, and spin must find what then
 * goes wrong: tests/t/recorder-model.t.
 */
#ifndef N
#define N		2
#endif
#ifdef NO_OLDEST_BY_NUMBER
#define AWAY(events)	false
#else
#define AWAY(events)	((events) >= INDEXES - N)
#endif

/* A ticket in 8 bits: lifecycle events before, BUSY, number. */
#if N == 1
#define SHIFT		6
#else
#define SHIFT		5
#endif
#define INDEXES		(256 >> SHIFT)
#define BUSY		(1 << (SHIFT - 1))
#define TICKET(index, seq)	((((index) << SHIFT) | (seq)) & 255)
#define SEQ(ticket)		((ticket) & (BUSY - 1))

#ifdef NO_BUSY_LOOK
#define BUSY_SEQ(ticket)	((ticket) & (BUSY - 1))
#else
#define BUSY_SEQ(ticket)	((ticket) & (2 * BUSY - 1))
#endif

#define LIFECYCLE		0
#define SIGNALS		1
#define KINDS		2

#ifdef NO_INDEX_OF_SIGNAL
#define INDEX_OF_SIGNAL(ticket)	SEQ(ticket)
#else
#define INDEX_OF_SIGNAL(ticket)	(SEQ(ticket) - ((ticket) >> SHIFT))
#endif
#define INDEX(kind, ticket) \
	(((kind) == LIFECYCLE -> ((ticket) >> SHIFT) : INDEX_OF_SIGNAL(ticket)) & \
	 (INDEXES - 1))

/* The slots of both rings, one after the other. */
#define SLOT(kind, index)	((kind) * N + ((index) & (N - 1)))

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
#ifdef NO_NEWER_LOOK
#define NEWER_LOOK(state, ticket)	((state) & BUSY)
#else
#define NEWER_LOOK(state, ticket)	(BUSY_SEQ(state) > BUSY_SEQ(ticket))
#endif
#ifdef NO_SECOND_LOOK
#define SECOND_LOOK(same)	true
#else
#define SECOND_LOOK(same)	(same)
#endif
#ifdef NO_SKIPPED
#define NOTE(ticket)	skipped[slot]
#else
#define NOTE(ticket)	(ticket)
#endif
#ifdef NO_NEWER_SKIPPED
#define NEWER_SKIPPED(order)	true
#else
#define NEWER_SKIPPED(order)	(order)
#endif
#ifdef NO_SKIPPED_LOOK
#define SKIPPED_LOOK(skipped, state)	false
#else
#ifdef NO_SKIPPED_SINCE
/* A plausible mistake: to compare slot indexes only. */
#define SKIPPED_LOOK(skipped, state) \
	(INDEX(kind, state) != index[kind] && INDEX(kind, skipped) == index[kind])
#else
#define SKIPPED_LOOK(skipped, state)	(SEQ(skipped) > SEQ(state))
#endif
#endif
#ifdef NO_ROUND_LOOK
#define ROUND_LOOK(other)	false
#else
#define ROUND_LOOK(other)	(other)
#endif
#ifdef NO_OVERWRITTEN
#define OVERWRITTEN_LOOK(newer)	false
#else
#define OVERWRITTEN_LOOK(newer)	(newer)
#endif
#ifdef NO_OVERWRITTEN_AGAIN
#define OVERWRITTEN_AGAIN(overwritten)	false
#else
#define OVERWRITTEN_AGAIN(overwritten)	(overwritten)
#endif
#ifdef NO_AWAITED_HEAD
#define GOES_ON(head)	((head) == AWAITED)
#else
#define GOES_ON(head)	false
#endif
#ifdef NO_AWAITED
#define IS_AWAITED(head)	false
#else
#define IS_AWAITED(head)	((head) == AWAITED)
#endif
#ifdef NO_AWAITED_OLDEST
#define OLDEST_AWAITED(head)	false
#else
#define OLDEST_AWAITED(head)	((head) == AWAITED)
#endif
#ifdef NO_FIRST_OF_SIGNALS
#define FIRST_OF(kind)	((kind) == LIFECYCLE)
#else
#ifdef NO_FIRST_OF_LIFECYCLE
#define FIRST_OF(kind)	((kind) == SIGNALS)
#else
#define FIRST_OF(kind)	true
#endif
#endif
#ifdef NO_BUSY_READ
#define BUSY_READ(state)	false
#else
#define BUSY_READ(state)	((state) & BUSY)
#endif

/*
 * struct nso_recorder_slot. A cmpxchg sees and changes `state` at once; loads see
 * `shown`, which is the same but for a cmpxchg that is no barrier.
 */
byte state[KINDS * N];
byte shown[KINDS * N];
byte skipped[KINDS * N];
byte word0[KINDS * N];
byte word1[KINDS * N];

/*
 * nso_recorder.next: as a fetch_add finds it, and the number that a load sees at
 * least. A fetch_add is seen from its writer's next barrier on, with those
 * before it.
 */
byte next;
byte seen_next = 1;

/* The reader waits in its wait queue. */
bool sleeping;

/* For the assertions alone; but loads take what they see of `next` from here. */
#define EVENTS		10
byte nexts[EVENTS + 2];		/* by its number */
bit signal[EVENTS + 2];
bit dropped[EVENTS + 2];
bit over[EVENTS + 2];		/* committed, or noted as dropped */
bit inside[KINDS * N];		/* writers between claim and commit */
byte nr_over;
byte finished;

inline full_barrier()
{
	if
	:: SEQ(ticket) >= seen_next -> seen_next = SEQ(ticket) + 1
	:: else -> skip
	fi
}

/* nso_recorder_wake() */
inline wake()
{
#ifndef NO_F_WRITER
	/* F: smp_mb() */
	full_barrier();
#endif
	/* if (watch->wants()) irq_work_queue(), and the irq_work runs */
	sleeping = false
}

proctype writer(byte events; short kinds)
{
	byte ticket, slot, seen;
	bit kind;
	bool claimed, busy_seen, word0_seen, word1_seen, whole_seen, woken;
	bool noted;

	do
	:: events == 0 ->
		break
	:: events > 0 ->
		atomic {
			/* nso_recorder_reserve(): u64 ticket =
			 * atomic64_fetch_add_relaxed(..., &nso_recorder.next);
			 */
			kind = kinds & 1;
			kinds = kinds >> 1;
			events--;
			ticket = next;
#ifdef NO_STEP_OF_SIGNAL
			next = (next + TICKET(1, 1)) & 255;
#else
			next = (next + TICKET(kind == LIFECYCLE, 1)) & 255;
#endif
			nexts[SEQ(next)] = next;
			signal[SEQ(ticket)] = kind;
			slot = SLOT(kind, INDEX(kind, ticket))
		}
		/* s64 state = atomic64_read(&slot->state); */
		seen = shown[slot];
		/* if (unlikely(nso_recorder_busy_seq(state) > ... ||
		 *		!atomic64_try_cmpxchg(&slot->state, &state, ...)))
		 */
		atomic {
			if
			:: !NEWER_LOOK(seen, ticket) &&
			   CMPXCHG(state[slot] == seen) ->
				state[slot] = ticket | BUSY;
#ifndef NO_A
				/* A: the barrier of cmpxchg. */
				shown[slot] = state[slot];
				busy_seen = true;
#endif
#ifndef NO_E_WRITER
				/* E: the same, for the fetch_add before. */
				full_barrier();
#endif
				assert(!inside[slot]);
				inside[slot] = true;
				claimed = true
			:: else ->
				dropped[SEQ(ticket)] = true
			fi;
			seen = 0
		}

		if
		:: !claimed ->
			/* nso_recorder_drop():
			 * s64 skipped = atomic64_read(&slot->skipped);
			 */
			seen = skipped[slot];
			/* while (nso_recorder_seq(skipped) < nso_recorder_seq(ticket) &&
			 *	  !atomic64_try_cmpxchg(&slot->skipped, ...))
			 */
			do
			:: atomic { !noted && NEWER_SKIPPED(SEQ(seen) < SEQ(ticket)) ->
				if
				:: skipped[slot] == seen ->
					skipped[slot] = NOTE(ticket);
					full_barrier();
					noted = true
				:: else ->
					seen = skipped[slot]
				fi }
			:: atomic { noted || SEQ(seen) >= SEQ(ticket) ->
				over[SEQ(ticket)] = true;
				break }
			od;
			atomic {
				/* atomic64_inc(&dropped); */
				nr_over++;
#ifndef NO_WAKE_OF_DROPPED
				/* nso_recorder_wake(); */
				wake()
#endif
			}
		:: else ->
			/* The stores of the event, nso_recorder_commit(), and
			 * nso_recorder_wake(), as far as barriers order them.
			 */
			do
			:: atomic { !busy_seen ->
				shown[slot] = ticket | BUSY;
				busy_seen = true }
			/* slot->event.seq = seq; ... */
			:: atomic { !word0_seen && A(busy_seen) ->
				word0[slot] = SEQ(ticket);
				word0_seen = true }
			:: atomic { !word1_seen && A(busy_seen) ->
				word1[slot] = SEQ(ticket);
				word1_seen = true }
			/* atomic64_set_release(&slot->state, ... - BUSY); */
			:: atomic { !whole_seen && busy_seen &&
				   B(word0_seen && word1_seen) ->
				assert(state[slot] == (ticket | BUSY));
				state[slot] = ticket;
				shown[slot] = ticket;
				whole_seen = true;
				inside[slot] = false;
				over[SEQ(ticket)] = true;
				nr_over++ }
			/* nso_recorder_wake() */
			:: atomic { !woken &&
				   F_WRITER(whole_seen && word0_seen && word1_seen) ->
				wake();
				woken = true }
			:: busy_seen && word0_seen && word1_seen &&
			   whole_seen && woken -> break
			od
		fi;
		atomic {
			/* In time, every store becomes visible. */
			full_barrier();
			/* Reset, so that there are fewer states. */
			claimed = false; busy_seen = false;
			word0_seen = false; word1_seen = false;
			whole_seen = false; woken = false; noted = false;
			ticket = 0; slot = 0; seen = 0; kind = 0
		}
	od;
	finished++
}

/* atomic64_read(&nso_recorder.next): it never goes back. */
inline load_next(to)
{
	atomic {
		to = (last_next > seen_next -> last_next : seen_next);
		do
		:: to < SEQ(next) -> to++
		:: break
		od;
		last_next = to;
		to = nexts[to]
	}
}

/* Counts the events of the kind of `seq` after it, and before `until`. */
inline count_later(seq, until)
{
	later = 0;
	i = seq + 1;
	do
	:: i < until ->
		later = later + (signal[i] == signal[seq]);
		i++
	:: else -> break
	od
}

/* Events reported as lost were dropped, or overwritten by their own kind. */
inline check_lost(from, until)
{
	lost = from;
	do
	:: lost < until ->
		count_later(lost, SEQ(ticket));
		assert(dropped[lost] || later >= N);
		lost++
	:: else -> break
	od;
	lost = 0; later = 0; i = 0
}

/* Finds whether the event with this slot index, drawn before next, is done. */
inline find_done()
{
	i = SEQ(ticket) - 1;
	do
	:: i > 0 &&
	   (signal[i] != kind || INDEX(kind, nexts[i]) != index[kind]) -> i--
	:: else -> break
	od;
	done = over[i];
	i = 0
}

#define HERE		SLOT(kind, index[kind])

/* What the reader finds in a ring: enum nso_head_kind. */
#define NONE_DRAWN	0
#define AWAITED		1
#define HELD		2
#define DROPPED		3
#define OVERWRITTEN		4

#define HAS_EVENT(kind)	(head[kind] == HELD || head[kind] == DROPPED)

inline begin_with_oldest()
{
	index[LIFECYCLE] = (INDEX(LIFECYCLE, ticket) - N) & (INDEXES - 1);
	index[SIGNALS] = (INDEX(SIGNALS, ticket) - N) & (INDEXES - 1)
}

inline first_of()
{
	first = SEQ(ticket);
	if
	:: HAS_EVENT(LIFECYCLE) && FIRST_OF(LIFECYCLE) && seq[LIFECYCLE] < first ->
		first = seq[LIFECYCLE]
	:: else -> skip
	fi;
	if
	:: HAS_EVENT(SIGNALS) && FIRST_OF(SIGNALS) && seq[SIGNALS] < first ->
		first = seq[SIGNALS]
	:: else -> skip
	fi
}

/* Results of a read. */
#define AGAIN		1
#define NONE		2
#define EVENT		3
#define LOST		4
#define OPENED		5

proctype reader()
{
	/* struct nso_recorder_cursor */
	byte cursor, looked, index[KINDS];
	/* struct nso_head: seq of what is there, and the state, for each ring */
	byte head[KINDS], seq[KINDS], held[KINDS];
	byte ticket, last_next, end, first, copy0, copy1, skip_seen, look2;
	byte passed, later, lost, i, result;
	byte kind;
	bit opening, prepared, done, has0, has1, has2;
#ifdef NO_E_READER
	byte early_next;
#endif
#ifdef NO_G
	byte early_state[KINDS * N], early_skipped[KINDS * N];
	bit early[KINDS * N], early2[KINDS * N];
#endif

	/* A reader opens at any time: nso_recorder_at_next() */
	load_next(ticket);
	atomic {
		cursor = SEQ(ticket);
		looked = SEQ(ticket);
		index[LIFECYCLE] = INDEX(LIFECYCLE, ticket);
		index[SIGNALS] = INDEX(SIGNALS, ticket)
	}
	if
	:: true -> skip
	:: true ->
		/* nso_recorder_at_oldest() */
		load_next(ticket);
		atomic {
			begin_with_oldest();
			cursor = 1;
			opening = true
		}
	fi;

	do
	:: true ->
		/* nso_recorder_read(), or the last part of nso_recorder_at_oldest() */
again:
		/* find_heads() */
#ifdef NO_G
		/* Slots that are read before `next`. */
		kind = 0;
		do
		:: atomic { kind < KINDS * N ->
			if
			:: early_state[kind] = shown[kind];
			   early[kind] = true
			:: skip
			fi;
			kind++ }
		:: kind == KINDS * N -> break
		od;
		do
		:: atomic { kind > 0 ->
			kind--;
			if
			:: early[kind] ->
				early_skipped[kind] = skipped[kind];
				early2[kind] = true
			:: skip
			fi }
		:: kind == 0 -> break
		od;
#endif
#ifdef NO_E_READER
		if
		:: atomic { early_next != 0 ->
			ticket = early_next;
			early_next = 0 }
		:: early_next == 0 -> load_next(ticket)
		fi;
#else
		/* G: atomic64_read_acquire(&nso_recorder.next) */
		load_next(ticket);
#endif
		atomic {
			/* E: it has moved on. */
			assert(SEQ(ticket) > passed);
			passed = 0;
			/* if (*next - cursor->looked >= ...) */
			if
			:: AWAY(SEQ(ticket) - looked) -> begin_with_oldest()
			:: else -> skip
			fi;
#ifdef NO_LOOK_AT_BOTH
			looked = SEQ(ticket);
#endif
			kind = 0
		}
		do
		:: atomic { kind < KINDS ->
			/* find_head() */
			end = INDEX(kind, ticket);
			if
			:: ((end - index[kind]) & (INDEXES - 1)) > N ->
				index[kind] = (end - N) & (INDEXES - 1)
			:: else -> skip
			fi }
			do
			:: atomic { index[kind] == end ->
				head[kind] = NONE_DRAWN;
				break }
			:: index[kind] != end ->
#ifdef NO_C
				/* The copy, before the first look. */
				if
				:: copy0 = word0[HERE]; has0 = true
				:: has0 = false; copy0 = 0
				fi;
#endif
#ifdef NO_E_READER
				if
				:: early_next == 0 -> load_next(early_next)
				:: skip
				fi;
#endif
				/* look_at_slot():
				 * atomic64_read_acquire(&head->slot->state)
				 */
				atomic {
					held[kind] = shown[HERE];
#ifdef NO_G
					if
					:: early[HERE] ->
						held[kind] = early_state[HERE]
					:: else -> skip
					fi;
#endif
					find_done();
#ifdef ANY_TIME
					/* Whether it was done before `next` does not matter. */
					done = false
#endif
				}
				/* atomic64_read_acquire(&head->slot->skipped) */
				atomic {
					skip_seen = skipped[HERE];
#ifdef NO_G
					if
					:: early2[HERE] ->
						skip_seen = early_skipped[HERE]
					:: else -> skip
					fi;
#endif
					/* if (nso_recorder_seq(skipped) > ...) */
					if
					:: SKIPPED_LOOK(skip_seen, held[kind]) ->
						head[kind] = DROPPED
					:: else ->
						head[kind] = HELD;
						skip_seen = held[kind]
					fi;
					seq[kind] = SEQ(skip_seen);
					/* if (head->seq >= next) */
					if
					:: OVERWRITTEN_LOOK(seq[kind] >= SEQ(ticket)) ->
						head[kind] = OVERWRITTEN
					:: else ->
						if
						:: ROUND_LOOK(INDEX(kind, skip_seen) !=
							    index[kind]) ->
							head[kind] = AWAITED;
							assert(!done)
						:: else -> skip
						fi
					fi;
					skip_seen = 0;
					done = false;
					if
					:: head[kind] == OVERWRITTEN ||
					   (head[kind] == AWAITED &&
					    !GOES_ON(head[kind])) ||
					   seq[kind] >= cursor -> break
					:: else ->
						index[kind] = (index[kind] + 1) &
							      (INDEXES - 1)
					fi
				}
			od;
			/* if (heads[kind].kind == HEAD_OVERWRITTEN) goto again; */
			atomic {
				end = 0;
				if
				:: OVERWRITTEN_AGAIN(head[kind] == OVERWRITTEN) ->
					passed = seq[kind];
					result = AGAIN;
					break
				:: else -> kind++
				fi
			}
		:: atomic { kind == KINDS ->
			/* cursor->looked = *next; */
			looked = SEQ(ticket);
			break }
		od;

		if
		:: result == AGAIN -> skip
		:: atomic { result != AGAIN && opening ->
			/* nso_recorder_at_oldest() goes on */
			opening = false;
			if
			:: OLDEST_AWAITED(head[LIFECYCLE]) ||
			   OLDEST_AWAITED(head[SIGNALS]) -> skip
			:: else ->
				first_of();
				cursor = first;
				check_lost(1, cursor)
			fi;
#ifdef RAISED
			/* As a client raises it that wants events `since`. */
			do
			:: cursor < SEQ(ticket) -> cursor++
			:: break
			od;
#endif
			result = OPENED }
		:: atomic { result != AGAIN && !opening ->
			kind = 0;
			if
			/* if (cursor->seq >= next) */
			:: cursor >= SEQ(ticket) -> result = NONE
			:: else ->
				if
				:: HAS_EVENT(LIFECYCLE) && seq[LIFECYCLE] == cursor ->
					kind = LIFECYCLE
				:: HAS_EVENT(SIGNALS) && seq[SIGNALS] == cursor ->
					kind = SIGNALS
				:: else -> kind = KINDS
				fi;
				if
				:: kind == KINDS &&
				   (IS_AWAITED(head[LIFECYCLE]) ||
				    IS_AWAITED(head[SIGNALS])) ->
					/* if (awaited) */
					result = NONE
				:: kind == KINDS &&
				   !(IS_AWAITED(head[LIFECYCLE]) ||
				     IS_AWAITED(head[SIGNALS])) ->
					/* next = first_of(heads, next); */
					first_of();
					check_lost(cursor, first);
					assert(first > cursor);
					cursor = first;
					result = LOST
				:: kind < KINDS && head[kind] == DROPPED ->
					check_lost(cursor, cursor + 1);
					cursor++;
					result = LOST
				:: kind < KINDS && head[kind] == HELD &&
				   BUSY_READ(held[kind]) ->
					/* if (head->state & NSO_RECORDER_BUSY) */
					result = NONE
				:: kind < KINDS && head[kind] == HELD &&
				   !BUSY_READ(held[kind]) -> skip
				fi
			fi }
		fi;
		if
		:: result != 0 -> skip
		:: result == 0 ->
#ifdef NO_C
			/* The early copy was for another slot. */
			if
			:: has0 && copy0 == 0 -> has0 = false
			:: else -> skip
			fi;
#endif
			do
			/* data_race(*event = head->slot->event); */
			:: atomic { !has0 ->
				copy0 = word0[HERE];
				has0 = true }
			:: atomic { !has1 ->
				copy1 = word1[HERE];
				has1 = true }
			/* smp_rmb(); atomic64_read_acquire(&head->slot->state) */
			:: atomic { !has2 && D(has0 && has1) ->
				look2 = shown[HERE];
				has2 = true }
			:: has0 && has1 && has2 -> break
			od;
			atomic {
				if
				:: SECOND_LOOK(look2 == held[kind]) ->
					assert(copy0 == cursor);
					assert(copy1 == cursor);
					cursor++;
					result = EVENT
				:: else ->
					passed = SEQ(look2);
					result = AGAIN
				fi
			}
		fi;
		atomic {
#ifdef NO_E_READER
			if
			:: result != AGAIN -> early_next = 0
			:: else -> skip
			fi;
#endif
#ifdef NO_G
			i = 0;
			do
			:: i < KINDS * N ->
				early_state[i] = 0; early_skipped[i] = 0;
				early[i] = false; early2[i] = false;
				i++
			:: else -> break
			od;
			i = 0;
#endif
			/* Reset, so that there are fewer states. */
			ticket = 0; kind = 0; end = 0; first = 0;
			head[0] = 0; head[1] = 0; seq[0] = 0; seq[1] = 0;
			held[0] = 0; held[1] = 0; copy0 = 0; copy1 = 0; look2 = 0;
			has0 = false; has1 = false; has2 = false
		}

		/* wait_event(): prepare_to_wait(), one more look, schedule() */
		if
		:: atomic { result == AGAIN -> result = 0 }
		:: atomic { result > NONE ->
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
	/* Nothing wakes the reader any more: it has read everything. */
	assert(cursor == SEQ(next));
	assert(nr_over == SEQ(next) - 1)
}

init {
	atomic {
		/* nso_recorder_init(): as after a round of events 0. */
		next = TICKET(0, 1);
		nexts[1] = next;
		over[0] = true;
		state[SLOT(LIFECYCLE, INDEXES - 1)] = TICKET(INDEXES - 1, 0);
		state[SLOT(SIGNALS, 0)] = TICKET(0, 0);
#if N == 2
		state[SLOT(LIFECYCLE, INDEXES - 2)] = TICKET(INDEXES - 2, 0);
		state[SLOT(SIGNALS, INDEXES - 1)] = TICKET(1, 0);
		shown[2] = state[2];
		shown[3] = state[3];
#endif
		shown[0] = state[0];
		shown[1] = state[1];
		run writer(FIRST);
#if WRITERS > 1
		run writer(SECOND);
#endif
#if WRITERS > 2
		run writer(THIRD);
#endif
		run reader()
	}
}

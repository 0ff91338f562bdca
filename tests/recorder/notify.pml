// SPDX-License-Identifier: GPL-2.0
/*
 * module/netlink-notify.c for spin, which tries every interleaving: the module
 * registers the family and starts the worker, two writers record an event each
 * for which nobody listens, and a client joins the group and then causes an
 * event of its own, while the worker runs whenever it is queued. Comments name
 * the lines of C.
 *
 * The client's event must be sent. NO_ORDER leaves it to chance in which order
 * pump_wanted() looks at the next number and for listeners, which is what the
 * processor does without smp_rmb(), and one outcome of it is the order that was
 * in the code once. LATE_CURSOR sets the cursor after the family is registered,
 * NO_FIRST_PUMP does not queue the worker once the watch is there: both were in
 * the code, too. spin must find what then goes wrong: tests/t/notify-model.t.
 */
byte next = 1;		/* nso_recorder.next */
byte cursor = 0;	/* pump_cursor.seq */
byte skip_to = 1;	/* pump_skip */
bool registered;
bool watched;
bool listening;
bool queued;
byte finished;
byte mine;		/* the client's event */
bool sent;		/* and whether it was sent */

/* pump_wanted(), of which a writer has the variables */
inline pump_wanted()
{
	seen = false;
#ifdef NO_ORDER
	if
	:: number = next; seen = listening
	:: seen = listening; number = next
	fi;
#else
	/* u64 next = nso_recorder_next_seq(); smp_rmb(); is_listening() */
	number = next;
	seen = listening;
#endif
	if
	:: seen -> queued = true
	:: else -> skip_to = number
	fi
}

/* nso_recorder_wake() */
inline wake()
{
	if
	:: watched -> pump_wanted()
	:: else
	fi
}

proctype writer()
{
	byte number;
	bool seen;

	next++;
	wake();
	finished++
}

proctype client()
{
	byte number;
	bool seen;

	registered;
	listening = true;
	atomic { mine = next; next++ };
	wake();
	finished++
}

inline at_next()
{
	/* nso_recorder_at_next(&pump_cursor); */
	cursor = next
}

proctype load()
{
#ifdef LATE_CURSOR
	registered = true;
	at_next();
#else
	at_next();
	registered = true;
#endif
	watched = true;
#ifndef NO_FIRST_PUMP
	/* pump_wake(); */
	queued = true;
#endif
	finished++
}

/* pump(); what is drawn is recorded: nso_recorder_read() waits for nothing. */
proctype pump()
{
	byte until;

	do
	:: queued ->
		queued = false;
		/* if (pump_cursor.seq < skip) pump_cursor.seq = skip; */
		until = skip_to;
		if
		:: cursor < until -> cursor = until
		:: else
		fi;
		atomic {
			sent = sent || (mine && cursor <= mine && mine < next);
			cursor = next
		}
	:: finished == 4 && !queued -> break
	od;
	assert(sent)
}

init {
	atomic {
		run load();
		run writer();
		run writer();
		run client();
		run pump()
	}
}

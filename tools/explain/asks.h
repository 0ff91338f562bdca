/* SPDX-License-Identifier: GPL-2.0 */
/* Whether a signal asks the main process of a container to end. */
#ifndef NSORPHAN_ASKS_H
#define NSORPHAN_ASKS_H

#include <stdint.h>

/* How far a signal asks main to end; of two signals the higher one counts. */
enum asks {
	ASKS_NOT,	/* daily life */
	ASKS_TOO,	/* SIGKILL, or one that was dropped */
	ASKS_TO_END,	/* SIGTERM and its like, or the engine's stop signal */
};

/*
 * Returns how far @signal from a process that does not descend from main asks
 * main to end. @result is what became of it (enum nsorphan_signal_result),
 * @stop_signal the one with which the engine stops the container; 0: none is set.
 */
enum asks signal_asks(uint32_t signal, uint32_t result, uint32_t stop_signal);

#endif

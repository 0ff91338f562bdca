// SPDX-License-Identifier: GPL-2.0
#include <signal.h>
#include <stdbool.h>

#include "explain/asks.h"
#include "lib/signal-name.h"
#include "nsorphan.h"

/* Whether @signal asks main to end where it is dropped. */
static bool asks_if_dropped(uint32_t signal)
{
	return !signal_is_daily(signal);
}

enum asks signal_asks(uint32_t signal, uint32_t result, uint32_t stop_signal)
{
	if (signal && (signal == stop_signal || signal_asks_to_end(signal)))
		return ASKS_TO_END;
	if (signal == SIGKILL ||
	    (result == NSORPHAN_SIGNAL_RESULT_IGNORED &&
	     asks_if_dropped(signal)))
		return ASKS_TOO;
	return ASKS_NOT;
}

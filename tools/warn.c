// SPDX-License-Identifier: GPL-2.0
#include <stdbool.h>
#include <stdio.h>

#include "client.h"
#include "message.h"
#include "warn.h"

static bool said_missed, said_mismatched;

/* " (SYMBOL: 1, SYMBOL: 2)", or nothing where no probe says that it is one. */
static void list_missed(const struct status *status, char *list, size_t size)
{
	size_t len = 0;
	unsigned int i;

	list[0] = '\0';
	for (i = 0; i < status->nr_probes; i++) {
		const struct probe *probe = &status->probes[i];

		if (probe->missed)
			len += (size_t)snprintf(list + len, size - len,
						"%s%s: %llu",
						len ? ", " : " (", probe->symbol,
						(unsigned long long)probe->missed);
	}
	if (len)
		snprintf(list + len, size - len, ")");
}

static void warn_missed(const struct status *status)
{
	char probes[PROBES_MAX * (sizeof(status->probes[0].symbol) + 24) + 2];
	unsigned long long missed = status->missed;

	list_missed(status, probes, sizeof(probes));
	message("the kernel missed %llu probe %s%s: events are lacking; see nsorphan status",
		missed, missed == 1 ? "hit" : "hits", probes);
}

static void warn_mismatched(const struct status *status)
{
	unsigned long long mismatched = status->mismatched;

	message("the two ways in disagreed on %llu %s: events may be wrong; see nsorphan status",
		mismatched, mismatched == 1 ? "adoption" : "adoptions");
}

void warn_of_status(const struct status *status)
{
	if (status->missed && !said_missed) {
		said_missed = true;
		warn_missed(status);
	}
	if (status->mismatched && !said_mismatched) {
		said_mismatched = true;
		warn_mismatched(status);
	}
}

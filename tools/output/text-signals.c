// SPDX-License-Identifier: GPL-2.0
#include "output/stdout.h"
#include "output/text-table.h"
#include "genl/signal-count.h"
#include "output/format.h"

/* Below the table: what of it is not there. Returns how many lines it takes. */
static unsigned int put_notes(const struct signal_counts *counts, size_t shown)
{
	unsigned int lines = 0;

	if (shown < counts->nr_rows) {
		format_count(counts->nr_rows - shown, "row", "rows");
		stdout_string(" more\n");
		lines++;
	}
	if (counts->lost) {
		format_count(counts->lost, "event", "events");
		stdout_string(" lost\n");
		lines++;
	}
	return lines;
}

/*
 * Over what was drawn last, which the cursor is below. A line that is too long
 * is cut off: one that went on in the next would not be drawn over.
 */
static void draw(const struct signal_counts *counts, bool end)
{
	static unsigned int drawn;
	unsigned int height = format_height();
	size_t shown = counts->nr_rows;

	/* Headings, notes, and where the cursor is. */
	if (!end && shown + 4 > height)
		shown = height > 4 ? height - 4 : 0;
	if (drawn)
		stdout_printf("\033[%uA", drawn);
	stdout_string("\r\033[J");
	if (!end)
		stdout_string("\033[?7l");
	if (shown)
		table_of_signals(counts, false, shown);
	if (end)
		return;
	drawn = (shown ? 1 : 0) + (unsigned int)shown + put_notes(counts, shown);
	stdout_string("\033[?7h");
}

void format_signals(const struct signal_counts *counts, bool end)
{
	static bool live;

	live |= !end;
	if (live && format_draws())
		draw(counts, end);
	else if (counts->nr_rows)
		table_of_signals(counts, !end, counts->nr_rows);
}

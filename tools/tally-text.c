// SPDX-License-Identifier: GPL-2.0
#include "out.h"
#include "print-table.h"
#include "tally.h"
#include "text.h"

/* Below the table: what of it is not there. Returns how many lines it takes. */
static unsigned int put_notes(const struct tally *tally, size_t shown)
{
	unsigned int lines = 0;

	if (shown < tally->nr_rows) {
		text_count(tally->nr_rows - shown, "row", "rows");
		out_string(" more\n");
		lines++;
	}
	if (tally->lost) {
		text_count(tally->lost, "event", "events");
		out_string(" lost\n");
		lines++;
	}
	return lines;
}

/*
 * Over what was drawn last, which the cursor is below. A line that is too long
 * is cut off: one that went on in the next would not be drawn over.
 */
static void draw(const struct tally *tally, bool end)
{
	static unsigned int drawn;
	unsigned int height = text_height();
	size_t shown = tally->nr_rows;

	/* Headings, notes, and where the cursor is. */
	if (!end && shown + 4 > height)
		shown = height > 4 ? height - 4 : 0;
	if (drawn)
		out_printf("\033[%uA", drawn);
	out_string("\r\033[J");
	if (!end)
		out_string("\033[?7l");
	if (shown)
		table_of_tally(tally, false, shown);
	if (end)
		return;
	drawn = (shown ? 1 : 0) + (unsigned int)shown + put_notes(tally, shown);
	out_string("\033[?7h");
}

void text_signals(const struct tally *tally, bool end)
{
	static bool live;

	live |= !end;
	if (live && text_draws())
		draw(tally, end);
	else if (tally->nr_rows)
		table_of_tally(tally, !end, tally->nr_rows);
}

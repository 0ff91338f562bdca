/* SPDX-License-Identifier: GPL-2.0 */
/* Standard output as a terminal: what it can do. */
#ifndef NSORPHAN_TERMINAL_H
#define NSORPHAN_TERMINAL_H

#include <stdbool.h>

/* Parameters of the escape sequence that sets colours (SGR). */
#define COLOUR_NONE		"0"
#define COLOUR_BOLD		"1"
#define COLOUR_RED		"31"
#define COLOUR_GREEN		"32"
#define COLOUR_YELLOW		"33"
#define COLOUR_BLUE		"34"
#define COLOUR_CYAN		"36"
#define COLOUR_BOLD_RED		"1;31"
#define COLOUR_BOLD_GREEN	"1;32"
#define COLOUR_BOLD_YELLOW	"1;33"
#define COLOUR_BOLD_MAGENTA	"1;35"

/* Returns whether the cursor can be moved: on a terminal, unless TERM is dumb. */
bool terminal_has_cursor(void);

/* Returns whether to print colours: the same, unless NO_COLOR is set. */
bool terminal_has_colours(void);

/*
 * Returns the number of columns; 0 where there is no terminal, or it is unknown:
 * then lines are not wrapped. Asked for the first time before the terminal is
 * given away.
 */
unsigned int terminal_width(void);

/* Returns the number of lines; 24 where it is unknown. */
unsigned int terminal_height(void);

#endif

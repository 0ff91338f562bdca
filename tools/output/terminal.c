// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "output/stdout.h"
#include "output/terminal.h"

#define DEFAULT_HEIGHT	24

bool terminal_has_cursor(void)
{
	const char *term;

	if (!stdout_is_terminal())
		return false;
	term = getenv("TERM");
	return !term || strcmp(term, "dumb");
}

bool terminal_has_colours(void)
{
	const char *no_color;

	if (!terminal_has_cursor())
		return false;
	no_color = getenv("NO_COLOR");
	return !no_color || !*no_color;
}

unsigned int terminal_height(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_row)
		return DEFAULT_HEIGHT;
	return size.ws_row;
}

unsigned int terminal_width(void)
{
	static unsigned int width;
	struct winsize size;

	if (stdout_is_terminal() && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
		width = size.ws_col;
	return width;
}

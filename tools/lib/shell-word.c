// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "lib/shell-word.h"
#include "lib/strbuf.h"

static bool is_plain(const char *string)
{
	if (!*string)
		return false;
	for (; *string; string++)
		if (!isalnum((unsigned char)*string) &&
		    !strchr("/._:@=+-", *string))
			return false;
	return true;
}

char *shell_word(const char *string)
{
	struct strbuf word = { .string = NULL };

	if (is_plain(string))
		return strdup(string);
	strbuf_addf(&word, "'");
	for (; *string; string++)
		if (*string == '\'')
			strbuf_addf(&word, "'\\''");
		else
			strbuf_addf(&word, "%c", *string);
	strbuf_addf(&word, "'");
	return strbuf_detach(&word);
}

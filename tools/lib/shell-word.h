/* SPDX-License-Identifier: GPL-2.0 */
/* A string as a word of a shell command. */
#ifndef NSORPHAN_SHELL_WORD_H
#define NSORPHAN_SHELL_WORD_H

/*
 * Returns @string so that a POSIX shell takes it as one word, quoted only where
 * it has to be. For free(); NULL where memory is short.
 */
char *shell_word(const char *string);

#endif

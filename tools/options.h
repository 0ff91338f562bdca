/* SPDX-License-Identifier: GPL-2.0 */
/* The options of all commands: each is described once, in options.c. */
#ifndef NSORPHAN_OPTIONS_H
#define NSORPHAN_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "cmd/filter.h"

struct command;
struct output_format;

/* Groups of options; a command has some of them. */
enum {
	OPTIONS_FORMAT	= 1 << 0,	/* --format, --json */
	OPTIONS_EVENTS	= 1 << 1,	/* --pid, --comm, --count, --since */
	OPTIONS_WATCH	= 1 << 2,	/* --all, --rcvbuf */
	OPTIONS_HELP	= 1 << 3,	/* --help, of every command */
	OPTIONS_NAMESPACE = 1 << 4,	/* --pidns, --container */
	OPTIONS_TARGET	= 1 << 5,	/* no option: a target may be named */
	OPTIONS_NEEDED	= 1 << 6,	/* and one has to be */
	OPTIONS_TYPES	= 1 << 7,	/* --event */
	OPTIONS_FOLLOW	= 1 << 8,	/* --follow */
};

struct options {
	const struct output_format *format;
	struct filter	filter;
	const char	*target;	/* NULL: none was named */
	uint64_t	count;		/* 0: no limit */
	uint64_t	since;
	uint32_t	rcvbuf;		/* 0: not given */
	bool		has_since;
	bool		all;
	bool		follow;
	bool		help;
};

/*
 * Parses what is behind the name of @command, which is argv[0]. False where it
 * is wrong, which is then said on standard error. What @options points to is
 * part of @argv.
 */
bool options_parse(const struct command *command, int argc, char **argv,
		   struct options *options);

/* Prints the options of @groups, a line or more each. */
void options_help(unsigned int groups);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/* The command line: options of all commands are in one table in options.c. */
#ifndef NSORPHAN_OPTIONS_H
#define NSORPHAN_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "cmd/filter.h"

struct command;
struct output_format;

/* Groups of options, of which each command accepts some. */
enum {
	OPTIONS_FORMAT	= 1 << 0,	/* --format, --json */
	OPTIONS_EVENTS	= 1 << 1,	/* --pid, --comm, --count */
	OPTIONS_WATCH	= 1 << 2,	/* --all, --rcvbuf */
	OPTIONS_HELP	= 1 << 3,	/* --help, of every command */
	OPTIONS_NAMESPACE = 1 << 4,	/* --pidns, --container, --pod */
	OPTIONS_TARGET	= 1 << 5,	/* not an option: a target is accepted */
	OPTIONS_TYPES	= 1 << 6,	/* --event */
	OPTIONS_FOLLOW	= 1 << 7,	/* --follow */
	OPTIONS_KEEP	= 1 << 8,	/* --keep-names */
	OPTIONS_SINCE	= 1 << 9,	/* --since SEQ or a time */
	OPTIONS_UNTIL	= 1 << 10,	/* --until */
	OPTIONS_TIMES	= 1 << 11,	/* --since a time, not SEQ; --until */
	OPTIONS_LIST	= 1 << 12,	/* -a, --all */
	OPTIONS_WORKER	= 1 << 13,	/* not an option: see cmd/worker.h */
	OPTIONS_CHECK	= 1 << 14,	/* --after, --nagios */
};

struct options {
	const struct output_format *format;
	struct filter	filter;
	const char	*target;	/* NULL: none */
	uint64_t	count;		/* of events; 0: no limit */
	uint64_t	since;		/* sequence number, if has_since */
	uint32_t	rcvbuf;		/* in bytes; 0: the default */
	uint32_t	after_s;	/* in seconds */
	bool		has_since;
	bool		all;
	bool		follow;
	bool		keep_names;
	bool		nagios;
	bool		help;
};

/*
 * Parses the arguments of @command, whose name is argv[0]. @options points into
 * @argv. Returns false after an error message on standard error.
 */
bool options_parse(const struct command *command, int argc, char **argv,
		   struct options *options);

/* Prints the options of @groups, a line each. */
void options_help(unsigned int groups);

#endif

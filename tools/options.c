// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "lib/error.h"
#include "options.h"
#include "output/stdout.h"
#include "output/output.h"
#include "lib/util.h"

enum {
	OPTION_ALL = 256,	/* those without a letter */
	OPTION_COMM,
	OPTION_CONTAINER,
	OPTION_EVENT,
	OPTION_FOLLOW,
	OPTION_PID,
	OPTION_PIDNS,
	OPTION_RCVBUF,
	OPTION_SINCE,
};

static const struct {
	int letter;
	const char *name;
	const char *value;	/* NULL: it takes none */
	unsigned int group;
	const char *help;
} table[] = {
	{ OPTION_FOLLOW, "follow", NULL, OPTIONS_FOLLOW,
	  "go on with what happens from now on" },
	{ OPTION_ALL, "all", NULL, OPTIONS_WATCH,
	  "start with the events already recorded" },
	{ OPTION_SINCE, "since", "SEQ", OPTIONS_EVENTS,
	  "start with event number SEQ" },
	{ OPTION_EVENT, "event", "TYPE", OPTIONS_TYPES,
	  "only events of this type (several: TYPE,TYPE...)" },
	{ OPTION_PIDNS, "pidns", "INUM", OPTIONS_NAMESPACE,
	  "only what is of this pid namespace" },
	{ OPTION_CONTAINER, "container", "PREFIX", OPTIONS_NAMESPACE,
	  "only what is of containers whose id begins so" },
	{ OPTION_PID, "pid", "PID", OPTIONS_EVENTS,
	  "only events with this process in them" },
	{ OPTION_COMM, "comm", "GLOB", OPTIONS_EVENTS,
	  "only events with a process of such a name" },
	{ 'n', "count", "COUNT", OPTIONS_EVENTS,
	  "end after COUNT events" },
	{ OPTION_RCVBUF, "rcvbuf", "BYTES", OPTIONS_WATCH,
	  "receive buffer for events, as in socket(7)" },
	{ 'f', "format", "FORMAT", OPTIONS_FORMAT,
	  "form of the output: text (the default) or json" },
	{ 'j', "json", NULL, OPTIONS_FORMAT,
	  "the same as --format json" },
	{ 'h', "help", NULL, OPTIONS_HELP,
	  "print this help" },
};

#define OPTIONS_COUNT	ARRAY_SIZE(table)

void options_help(unsigned int groups)
{
	char name[40];
	size_t i;

	for (i = 0; i < OPTIONS_COUNT; i++) {
		if (!(table[i].group & groups))
			continue;
		snprintf(name, sizeof(name), "--%s%s%s", table[i].name,
			 table[i].value ? " " : "",
			 table[i].value ? table[i].value : "");
		if (table[i].letter < OPTION_ALL)
			stdout_printf("  -%c, %-20s %s\n", table[i].letter, name,
				   table[i].help);
		else
			stdout_printf("      %-20s %s\n", name, table[i].help);
	}
}

/* Digits and nothing else, and a number from @min to @max. */
static bool parse_number(const struct command *command, const char *option,
			 const char *text, uint64_t min, uint64_t max,
			 uint64_t *number)
{
	char *end;

	errno = 0;
	*number = strtoull(text, &end, 10);
	if (isdigit((unsigned char)*text) && !*end && !errno &&
	    *number >= min && *number <= max)
		return true;
	error_print_of(command->name,
		   "--%s: '%s' is no number from %llu to %llu", option, text,
		   (unsigned long long)min, (unsigned long long)max);
	return false;
}

static bool parse_number32(const struct command *command, const char *option,
			   const char *text, uint32_t max, uint32_t *number)
{
	uint64_t wide;

	if (!parse_number(command, option, text, 1, max, &wide))
		return false;
	*number = (uint32_t)wide;
	return true;
}

/* To a list of words for a message. */
static void append(char *list, size_t size, const char *word)
{
	size_t len = strlen(list);

	snprintf(list + len, size - len, "%s%s", len ? ", " : "", word);
}

static bool parse_format(const struct command *command, const char *text,
			 struct options *options)
{
	char names[100] = "";
	size_t i;

	for (i = 0; output_formats[i]; i++) {
		if (!strcmp(output_formats[i]->name, text)) {
			options->format = output_formats[i];
			return true;
		}
		append(names, sizeof(names), output_formats[i]->name);
	}
	error_print_of(command->name, "--format: '%s' is none of %s", text, names);
	return false;
}

static bool parse_events(const struct command *command, const char *text,
			 struct options *options)
{
	char names[200] = "", name[32];
	size_t len;
	int type;

	for (;; text += len + 1) {
		len = strcspn(text, ",");
		snprintf(name, sizeof(name), "%.*s", (int)len, text);
		type = len < sizeof(name) ? event_type_of(name) : -1;
		if (type < 0)
			break;
		options->filter.types |= 1U << type;
		if (!text[len])
			return true;
	}

	for (type = 1; type < EVENT_TYPES; type++)
		append(names, sizeof(names), event_type_name((unsigned int)type));
	append(names, sizeof(names), event_type_name(EVENT_LOST));
	error_print_of(command->name, "--event: '%.*s' is none of %s", (int)len,
		   text, names);
	return false;
}

static bool parse_text(const struct command *command, const char *option,
		       const char *text, const char **value)
{
	*value = text;
	if (*text)
		return true;
	error_print_of(command->name, "--%s: it needs a value", option);
	return false;
}

static bool parse_option(const struct command *command, int letter,
			 struct options *options)
{
	struct filter *filter = &options->filter;

	switch (letter) {
	case 'f':
		return parse_format(command, optarg, options);
	case 'j':
		options->format = &output_json;
		return true;
	case 'h':
		options->help = true;
		return true;
	case 'n':
		return parse_number(command, "count", optarg, 1, UINT64_MAX,
				    &options->count);
	case OPTION_ALL:
		options->all = true;
		return true;
	case OPTION_COMM:
		return parse_text(command, "comm", optarg, &filter->comm);
	case OPTION_CONTAINER:
		return parse_text(command, "container", optarg,
				  &filter->container);
	case OPTION_EVENT:
		return parse_events(command, optarg, options);
	case OPTION_FOLLOW:
		options->follow = true;
		return true;
	case OPTION_PID:
		return parse_number32(command, "pid", optarg, INT32_MAX,
				      &filter->pid);
	case OPTION_PIDNS:
		return parse_number32(command, "pidns", optarg, UINT32_MAX,
				      &filter->pidns);
	case OPTION_RCVBUF:
		/* The kernel takes twice as much, and counts in an int. */
		return parse_number32(command, "rcvbuf", optarg, INT32_MAX / 2,
				      &options->rcvbuf);
	case OPTION_SINCE:
		options->has_since = true;
		return parse_number(command, "since", optarg, 0, UINT64_MAX,
				    &options->since);
	}
	return false;
}

/* @letter is '?' or ':', as getopt_long() returned it. */
static void complain(const struct command *command, int letter, char **argv)
{
	const char *text = argv[optind - 1];
	char shown[3] = { '-', (char)optopt, '\0' };

	/* Of a bundle like -jx only the letter is wrong. */
	if (optopt > 0 && optopt < OPTION_ALL && strncmp(text, "--", 2))
		text = shown;
	if (letter == ':')
		error_print_of(command->name, "option '%s' needs a value", text);
	else if (optopt && text != shown)
		error_print_of(command->name, "option '%s' takes no value", text);
	else
		error_print_of(command->name,
			   "unknown option '%s': try 'nsorphan %s --help'",
			   text, command->name);
}

bool options_parse(const struct command *command, int argc, char **argv,
		   struct options *options)
{
	struct option names[OPTIONS_COUNT + 1] = { 0 };
	char letters[2 * OPTIONS_COUNT + 2] = ":";
	size_t i, n = 0, len = 1;
	int letter;

	*options = (struct options){ .format = output_formats[0] };

	for (i = 0; i < OPTIONS_COUNT; i++) {
		if (!(table[i].group & (command->options | OPTIONS_HELP)))
			continue;
		names[n].name = table[i].name;
		names[n].has_arg = table[i].value ? required_argument
						  : no_argument;
		names[n++].val = table[i].letter;
		if (table[i].letter >= OPTION_ALL)
			continue;
		letters[len++] = (char)table[i].letter;
		if (table[i].value)
			letters[len++] = ':';
	}
	letters[len] = '\0';

	optind = 0;
	opterr = 0;
	for (;;) {
		letter = getopt_long(argc, argv, letters, names, NULL);
		if (letter < 0)
			break;
		if (letter == '?' || letter == ':') {
			complain(command, letter, argv);
			return false;
		}
		if (!parse_option(command, letter, options))
			return false;
	}
	if (optind < argc && command->options & OPTIONS_TARGET)
		options->target = argv[optind++];
	if (optind < argc) {
		error_print_of(command->name,
			   "unexpected '%s': try 'nsorphan %s --help'",
			   argv[optind], command->name);
		return false;
	}
	if (!options->target && !options->help &&
	    command->options & OPTIONS_NEEDED) {
		error_print_of(command->name,
			   "what? name a PID, a CONTAINER or pidns:INUM");
		return false;
	}
	if (options->all && command->options & OPTIONS_FOLLOW &&
	    !options->follow) {
		error_print_of(command->name, "--all: it is there for --follow");
		return false;
	}
	if (options->all && options->has_since) {
		error_print_of(command->name,
			   "--all and --since exclude each other");
		return false;
	}
	return true;
}

// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "lib/error.h"
#include "lib/time-text.h"
#include "lib/util.h"
#include "options.h"
#include "output/output.h"
#include "output/stdout.h"

/* Values of options without a letter. */
enum {
	OPTION_ALL = 256,
	OPTION_AFTER,
	OPTION_COMM,
	OPTION_CONTAINER,
	OPTION_EVENT,
	OPTION_FOLLOW,
	OPTION_KEEP_NAMES,
	OPTION_NAGIOS,
	OPTION_PID,
	OPTION_PIDNS,
	OPTION_POD,
	OPTION_RCVBUF,
	OPTION_SINCE,
	OPTION_SINCE_TIME,
	OPTION_UNTIL,
};

/* Seconds of --after; the longest is ten years. */
#define AFTER_DEFAULT	60
#define AFTER_MAX	315360000

static const struct {
	int letter;
	const char *name;
	const char *value;	/* NULL: none */
	unsigned int group;
	const char *help;
} table[] = {
	{ OPTION_FOLLOW, "follow", NULL, OPTIONS_FOLLOW,
	  "go on with what happens from now on" },
	{ OPTION_ALL, "all", NULL, OPTIONS_WATCH,
	  "start with the oldest recorded event" },
	{ 'a', "all", NULL, OPTIONS_LIST,
	  "show sandboxes of pods, and pid namespaces in no container, too" },
	{ OPTION_SINCE, "since", "SEQ|TIME", OPTIONS_SINCE,
	  "start with event number SEQ, or at TIME: 10m ago, 20:30, ..." },
	{ OPTION_SINCE_TIME, "since", "TIME", OPTIONS_TIMES,
	  "show only what happened from TIME on: 10m ago, 20:30, ..." },
	{ OPTION_UNTIL, "until", "TIME", OPTIONS_UNTIL | OPTIONS_TIMES,
	  "show only what happened up to TIME" },
	{ OPTION_EVENT, "event", "TYPE", OPTIONS_TYPES,
	  "show only events of this type, or of TYPE,TYPE,..." },
	{ OPTION_PIDNS, "pidns", "INUM", OPTIONS_NAMESPACE,
	  "show only this pid namespace" },
	{ OPTION_CONTAINER, "container", "NAME", OPTIONS_NAMESPACE,
	  "show only this container: NAME, 'NAME*', or prefix of its id" },
	{ OPTION_POD, "pod", "[NS/]POD", OPTIONS_NAMESPACE,
	  "show only containers of this pod" },
	{ OPTION_PID, "pid", "PID", OPTIONS_EVENTS,
	  "show only events of this process" },
	{ OPTION_COMM, "comm", "GLOB", OPTIONS_EVENTS,
	  "show only events of processes with a matching name" },
	{ 'n', "count", "COUNT", OPTIONS_EVENTS,
	  "exit after COUNT events" },
	{ OPTION_RCVBUF, "rcvbuf", "BYTES", OPTIONS_WATCH,
	  "size of the socket receive buffer" },
	{ OPTION_KEEP_NAMES, "keep-names", NULL, OPTIONS_KEEP,
	  "keep names of containers in /run/nsorphan/names" },
	{ OPTION_AFTER, "after", "SECONDS", OPTIONS_CHECK,
	  "how long a container may take to end (default: 60)" },
	{ OPTION_NAGIOS, "nagios", NULL, OPTIONS_CHECK,
	  "exit with 2 in place of 1, as plugins of Nagios do" },
	{ 'f', "format", "FORMAT", OPTIONS_FORMAT,
	  "output format: text (default) or json" },
	{ 'j', "json", NULL, OPTIONS_FORMAT,
	  "same as --format json" },
	{ 'h', "help", NULL, OPTIONS_HELP,
	  "print this help" },
};

#define OPTIONS_COUNT	ARRAY_SIZE(table)
#define LETTERS_SIZE	(2 * OPTIONS_COUNT + 2)	/* each with ':', and NUL */

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

/* Accepts digits only: no sign, no blanks, no other base. */
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
		       "--%s: '%s' is not a number from %llu to %llu", option,
		       text, (unsigned long long)min, (unsigned long long)max);
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

/* Appends @word to a list for a message. */
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
	error_print_of(command->name, "--format: '%s' is not one of %s", text,
		       names);
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
	error_print_of(command->name, "--event: '%.*s' is not one of %s",
		       (int)len, text, names);
	return false;
}

static bool parse_text(const struct command *command, const char *option,
		       const char *text, const char **value)
{
	*value = text;
	if (*text)
		return true;
	error_print_of(command->name, "option '--%s' requires a value", option);
	return false;
}

static bool parse_time(const struct command *command, const char *option,
		       const char *text, uint64_t *boot_ns)
{
	if (time_text_parse(text, boot_ns))
		return true;
	error_print_of(command->name,
		       "--%s: '%s' is not a time: try 10m, 20:30, today or '2026-11-23 20:30'",
		       option, text);
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
	case 'a':
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
	case OPTION_AFTER:
		return parse_number32(command, "after", optarg, AFTER_MAX,
				      &options->after_s);
	case OPTION_NAGIOS:
		options->nagios = true;
		return true;
	case OPTION_KEEP_NAMES:
		options->keep_names = true;
		return true;
	case OPTION_PID:
		return parse_number32(command, "pid", optarg, INT32_MAX,
				      &filter->pid);
	case OPTION_PIDNS:
		return parse_number32(command, "pidns", optarg, UINT32_MAX,
				      &filter->pidns);
	case OPTION_POD:
		return parse_text(command, "pod", optarg, &filter->pod);
	case OPTION_RCVBUF:
		/* The kernel doubles it and stores it in an int. */
		return parse_number32(command, "rcvbuf", optarg, INT32_MAX / 2,
				      &options->rcvbuf);
	case OPTION_SINCE:
		options->has_since = true;
		if (!optarg[strspn(optarg, "0123456789")] && *optarg)
			return parse_number(command, "since", optarg, 0,
					    UINT64_MAX, &options->since);
		/* From event 1 on, so that overwritten events are lost. */
		options->since = 1;
		return parse_time(command, "since", optarg, &filter->since_ns);
	case OPTION_SINCE_TIME:
		return parse_time(command, "since", optarg, &filter->since_ns);
	case OPTION_UNTIL:
		filter->has_until = true;
		return parse_time(command, "until", optarg, &filter->until_ns);
	}
	return false;
}

/* Prints the error for which getopt_long() returned @letter, '?' or ':'. */
static void print_wrong_option(const struct command *command, int letter,
			       char **argv)
{
	const char *text = argv[optind - 1];
	char short_option[3] = { '-', (char)optopt, '\0' };

	/* Of several letters, as in -jx, print the wrong one. */
	if (optopt > 0 && optopt < OPTION_ALL && strncmp(text, "--", 2))
		text = short_option;
	if (letter == ':')
		error_print_of(command->name, "option '%s' requires a value",
			       text);
	else if (optopt && text != short_option)
		error_print_of(command->name, "option '%s' takes no value",
			       text);
	else
		error_print_of(command->name,
			       "unknown option '%s': try 'nsorphan %s --help'",
			       text, command->name);
}

/* Fills in what getopt_long() takes: the options of @groups. */
static void list_options(unsigned int groups,
			 struct option names[OPTIONS_COUNT + 1],
			 char letters[LETTERS_SIZE])
{
	size_t i, n = 0, len = 0;

	/* Makes getopt_long() return ':' where a value is missing. */
	letters[len++] = ':';
	for (i = 0; i < OPTIONS_COUNT; i++) {
		if (!(table[i].group & groups))
			continue;
		names[n++] = (struct option){
			.name = table[i].name,
			.has_arg = table[i].value ? required_argument :
						    no_argument,
			.val = table[i].letter,
		};
		if (table[i].letter >= OPTION_ALL)
			continue;
		letters[len++] = (char)table[i].letter;
		if (table[i].value)
			letters[len++] = ':';
	}
	names[n] = (struct option){ 0 };
	letters[len] = '\0';
}

/* Checks what concerns several options or arguments, after all are parsed. */
static bool check_options(const struct command *command, const char *rest,
			  const struct options *options)
{
	const char *name = command->name;

	if (rest) {
		error_print_of(name,
			       "unexpected argument '%s': try 'nsorphan %s --help'",
			       rest, name);
		return false;
	}
	if (options->all && command->options & OPTIONS_FOLLOW &&
	    !options->follow) {
		error_print_of(name, "--all requires --follow");
		return false;
	}
	if (options->all && options->has_since) {
		error_print_of(name, "--all and --since are mutually exclusive");
		return false;
	}
	if (options->follow && options->filter.has_until) {
		error_print_of(name,
			       "--follow and --until are mutually exclusive");
		return false;
	}
	return true;
}

bool options_parse(const struct command *command, int argc, char **argv,
		   struct options *options)
{
	struct option names[OPTIONS_COUNT + 1];
	char letters[LETTERS_SIZE];
	int letter;

	*options = (struct options){
		.format = output_formats[0],
		.after_s = AFTER_DEFAULT,
	};
	list_options(command->options | OPTIONS_HELP, names, letters);

	optind = 0;
	opterr = 0;
	for (;;) {
		letter = getopt_long(argc, argv, letters, names, NULL);
		if (letter < 0)
			break;
		if (letter == '?' || letter == ':') {
			print_wrong_option(command, letter, argv);
			return false;
		}
		if (!parse_option(command, letter, options))
			return false;
	}
	if (optind < argc && command->options & OPTIONS_TARGET)
		options->target = argv[optind++];
	return check_options(command, optind < argc ? argv[optind] : NULL,
			     options);
}

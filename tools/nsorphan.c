// SPDX-License-Identifier: GPL-2.0
#include <locale.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "cmd/worker.h"
#include "command.h"
#include "lib/error.h"
#include "lib/poll.h"
#include "lib/util.h"
#include "options.h"
#include "output/stdout.h"

#define COMMANDS_MAX	3	/* of a group */

/* The commands, by the question that each answers. */
static const struct {
	const char *question;
	const struct command *commands[COMMANDS_MAX + 1];
} groups[] = {
	{ "Why is it still there?",
	  { &command_explain, &command_teardowns, &command_tree } },
	{ "Who killed it?",
	  { &command_stops, &command_signals } },
	{ "What runs, and is all well?",
	  { &command_list, &command_check } },
	{ "What happens?",
	  { &command_watch, &command_log } },
	{ "Does the module work?",
	  { &command_status, &command_selftest } },
};

static const struct command *find_command(const char *name)
{
	const struct command *const *command;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(groups); i++)
		for (command = groups[i].commands; *command; command++)
			if (!strcmp((*command)->name, name))
				return *command;
	error_print("unknown command '%s': try 'nsorphan --help'", name);
	return NULL;
}

static void print_commands(void)
{
	const struct command *const *command;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(groups); i++) {
		stdout_printf("%s\n", groups[i].question);
		for (command = groups[i].commands; *command; command++)
			stdout_printf("  %-12s %s\n", (*command)->name,
				      (*command)->summary);
	}
	stdout_printf("  %-12s %s\n\n", "help",
		      "print this help, or that of a COMMAND");
}

static void print_help(void)
{
	stdout_string("Usage: nsorphan COMMAND [OPTION]...\n\n"
		      "Trace what happens to processes whose parent dies: who adopts each orphan,\n"
		      "which processes a dying pid namespace (a container) takes down with it, what\n"
		      "keeps a container from going away, and who sent which signal to whom.\n\n");
	print_commands();
	stdout_string("Options:\n"
		      "  -h, --help             print this help\n"
		      "  -V, --version          print the version\n\n"
		      "See nsorphan(8), and 'nsorphan COMMAND --help' for the options of a command.\n");
	stdout_commit();
}

static void print_command_help(const struct command *command)
{
	const char *target = "";

	if (command->options & OPTIONS_TARGET)
		target = " [CONTAINER|NS/POD|PID|pidns:INUM]";
	stdout_printf("Usage: nsorphan %s [OPTION]...%s\n\n%s\nOptions:\n",
		      command->name, target, command->help);
	options_help(command->options | OPTIONS_HELP);
	stdout_commit();
}

static void print_version(void)
{
	stdout_string("nsorphan " NSORPHAN_VERSION "\n");
	stdout_commit();
}

static bool is_option(const char *argument, const char *letter,
		      const char *name)
{
	return !strcmp(argument, letter) || !strcmp(argument, name);
}

/* nsorphan help [COMMAND | --help] */
static enum exit_status run_help(int argc, char **argv)
{
	const struct command *command;

	if (argc == 1) {
		print_help();
		return EXIT_STATUS_DONE;
	}
	if (argc > 2) {
		error_print_of("help", "unexpected argument '%s'", argv[2]);
		return EXIT_STATUS_USAGE;
	}
	if (is_option(argv[1], "-h", "--help")) {
		print_help();
		return EXIT_STATUS_DONE;
	}
	command = find_command(argv[1]);
	if (!command)
		return EXIT_STATUS_USAGE;
	print_command_help(command);
	return EXIT_STATUS_DONE;
}

/* nsorphan --help or --version, in place of a command. */
static enum exit_status run_option(int argc, char **argv)
{
	bool help = is_option(argv[0], "-h", "--help");

	if (!help && !is_option(argv[0], "-V", "--version")) {
		error_print("unknown option '%s': try 'nsorphan --help'",
			    argv[0]);
		return EXIT_STATUS_USAGE;
	}
	if (argc > 1) {
		error_print("unexpected argument '%s': try 'nsorphan help COMMAND'",
			    argv[1]);
		return EXIT_STATUS_USAGE;
	}
	if (help)
		print_help();
	else
		print_version();
	return EXIT_STATUS_DONE;
}

static enum exit_status run(int argc, char **argv)
{
	const struct command *command;
	struct options options;

	if (!argc) {
		error_print("missing command: try 'nsorphan --help'");
		return EXIT_STATUS_USAGE;
	}
	if (argv[0][0] == '-')
		return run_option(argc, argv);
	if (!strcmp(argv[0], "help"))
		return run_help(argc, argv);

	command = find_command(argv[0]);
	if (!command || !options_parse(command, argc, argv, &options))
		return EXIT_STATUS_USAGE;
	if (options.help) {
		print_command_help(command);
		return EXIT_STATUS_DONE;
	}
	return command->options & OPTIONS_WORKER ?
		       worker_run(command, &options) : command->run(&options);
}

int main(int argc, char **argv)
{
	int error;

	/* Before anything can open a file as descriptor 1. */
	stdout_init();
	setlocale(LC_CTYPE, "");

	error = poll_init();
	if (error) {
		error_print("cannot set up signals: %s", strerror(-error));
		return EXIT_STATUS_FAILED;
	}
	return stdout_finish(run(argc > 0 ? argc - 1 : 0, argv + 1));
}

// SPDX-License-Identifier: GPL-2.0
#include <locale.h>
#include <stddef.h>
#include <string.h>

#include "command.h"
#include "lib/error.h"
#include "options.h"
#include "output/stdout.h"
#include "lib/util.h"
#include "lib/poll.h"

static const struct command *const commands[] = {
	&command_watch,
	&command_log,
	&command_status,
	&command_teardowns,
	&command_explain,
	&command_tree,
	&command_signals,
	&command_selftest,
};

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	error_print("unknown command '%s': try 'nsorphan --help'", name);
	return NULL;
}

static void print_help(void)
{
	size_t i;

	stdout_printf("Usage: nsorphan COMMAND [OPTION]...\n"
		   "What happens to processes whose parent dies.\n\n"
		   "Commands:\n");
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		stdout_printf("  %-12s %s\n", commands[i]->name,
			   commands[i]->summary);
	stdout_printf("  %-12s %s\n\n", "help",
		   "print this help, or that of a COMMAND");
	stdout_printf("Options:\n"
		   "  -h, --help             print this help\n"
		   "  -V, --version          print the version\n\n"
		   "See nsorphan(8), and 'nsorphan COMMAND --help' for the options of a command.\n");
	stdout_commit();
}

static void help_command(const struct command *command)
{
	const char *target = "";

	if (command->options & OPTIONS_NEEDED)
		target = " PID|CONTAINER|pidns:INUM";
	else if (command->options & OPTIONS_TARGET)
		target = " [PID|CONTAINER|pidns:INUM]";
	stdout_printf("Usage: nsorphan %s [OPTION]...%s\n%s\nOptions:\n",
		   command->name, target, command->help);
	options_help(command->options | OPTIONS_HELP);
	stdout_commit();
}

static enum exit_status run_help(int argc, char **argv)
{
	const struct command *command;

	if (argc == 2 && argv[1][0] != '-') {
		command = find_command(argv[1]);
		if (!command)
			return EXIT_STATUS_USAGE;
		help_command(command);
		return EXIT_STATUS_DONE;
	}
	if (argc > 1 && strcmp(argv[1], "-h") && strcmp(argv[1], "--help")) {
		error_print_of("help", "unexpected '%s': try 'nsorphan --help'",
			   argv[argc == 2 ? 1 : 2]);
		return EXIT_STATUS_USAGE;
	}
	print_help();
	return EXIT_STATUS_DONE;
}

static enum exit_status run(int argc, char **argv)
{
	const struct command *command;
	struct options options;

	if (argc < 2) {
		error_print("no command: try 'nsorphan --help'");
		return EXIT_STATUS_USAGE;
	}
	argc--;
	argv++;

	if (!strcmp(argv[0], "--version") || !strcmp(argv[0], "-V")) {
		if (argc > 1) {
			error_print("unexpected '%s'", argv[1]);
			return EXIT_STATUS_USAGE;
		}
		stdout_printf("nsorphan " NSORPHAN_VERSION "\n");
		stdout_commit();
		return EXIT_STATUS_DONE;
	}
	if (!strcmp(argv[0], "help"))
		return run_help(argc, argv);
	if (!strcmp(argv[0], "--help") || !strcmp(argv[0], "-h")) {
		if (argc > 1) {
			error_print("unexpected '%s': try 'nsorphan help COMMAND'",
				argv[1]);
			return EXIT_STATUS_USAGE;
		}
		print_help();
		return EXIT_STATUS_DONE;
	}
	if (argv[0][0] == '-') {
		error_print("unknown option '%s': try 'nsorphan --help'", argv[0]);
		return EXIT_STATUS_USAGE;
	}

	command = find_command(argv[0]);
	if (!command || !options_parse(command, argc, argv, &options))
		return EXIT_STATUS_USAGE;
	if (options.help) {
		help_command(command);
		return EXIT_STATUS_DONE;
	}
	return command->run(&options);
}

int main(int argc, char **argv)
{
	int error;

	/* First of all: nothing may be opened as descriptor 1. */
	stdout_init();
	setlocale(LC_CTYPE, "");

	error = poll_init();
	if (error) {
		error_print("cannot set up signals: %s", strerror(-error));
		return EXIT_STATUS_FAILED;
	}
	return stdout_finish(run(argc, argv));
}

// SPDX-License-Identifier: GPL-2.0
#include <stdbool.h>
#include <string.h>

#include "genl/client.h"
#include "genl/event.h"
#include "output/format.h"
#include "output/stdout.h"
#include "output/text-status.h"
#include "proc/blind.h"

#define KEY_WIDTH	16

static void print_word(const char *key, const char *value)
{
	stdout_padded(key, KEY_WIDTH);
	stdout_escaped(value);
	stdout_string("\n");
}

static void print_number(const char *key, uint64_t n)
{
	stdout_padded(key, KEY_WIDTH);
	stdout_number(n);
	stdout_string("\n");
}

/* The compiler may have cloned @function: @symbol is NAME or NAME.SUFFIX. */
static bool is_symbol_of(const char *symbol, const char *function)
{
	size_t len = strlen(function);

	return !strncmp(symbol, function, len) &&
	       (!symbol[len] || symbol[len] == '.');
}

/* What is not recorded when @probe misses a hit. */
static const char *loss_of(const struct status *status,
			   const struct probe *probe)
{
	if (!strcmp(probe->symbol, status->teardown_probe))
		return "teardown events are missing";
	if (is_symbol_of(probe->symbol, status->reparent_probe))
		return "reparent events are missing";
	return "details are missing";
}

static void print_missed(const struct status *status)
{
	const struct probe *probe = status->probes;
	const struct probe *end = probe + status->nr_probes;

	print_number("missed:", status->missed);
	for (; probe < end; probe++) {
		if (!probe->missed)
			continue;
		stdout_string("missed.");
		stdout_escaped(probe->symbol);
		stdout_string(": ");
		stdout_number(probe->missed);
		stdout_printf(", %s\n", loss_of(status, probe));
	}
}

static void print_moment(const char *key, uint64_t boot_ns)
{
	char moment[FORMAT_MOMENT_SIZE];

	if (!boot_ns)
		return;
	format_moment(boot_ns, 3, moment);
	print_word(key, moment);
}

static void print_blind(const struct status *status)
{
	if (status->blind)
		print_word("blind:", blind_sentence());
	print_moment("blind_from:", status->blind_from_ns);
	print_moment("blind_to:", status->blind_to_ns);
}

void text_status(const struct status *status)
{
	print_word("version:", status->version);
	print_word("kernel:", status->kernel);
	print_moment("loaded:", status->loaded_ns);
	print_word("reparent_probe:", status->reparent_probe);
	print_word("teardown_probe:", status->teardown_probe);
	print_word("signals:", event_signals_name(status->signals));
	print_number("stall_ms:", status->stall_ms);
	print_number("records:", status->records);
	print_number("bytes:", status->bytes);
	print_number("oldest_seq:", status->oldest_seq);
	print_number("next_seq:", status->next_seq);
	print_number("overwritten:", status->overwritten);
	print_number("dropped:", status->dropped);
	print_missed(status);
	print_blind(status);
	print_number("mismatched:", status->mismatched);
	print_word("verify:", status->verify ? "on" : "off");
	print_number("readers:", status->readers);
	print_number("teardowns:", status->teardowns);
}

void text_checks(const struct check *checks, size_t count)
{
	const struct check *end = checks + count;

	for (; checks < end; checks++) {
		stdout_string(checks->ok ? "ok " : "not ok ");
		stdout_string(checks->name);
		if (checks->detail[0])
			stdout_string(": ");
		stdout_escaped(checks->detail);
		stdout_string("\n");
	}
}

// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "genl/event.h"
#include "lib/clock.h"
#include "lib/duration.h"
#include "lib/process-name.h"
#include "lib/signal-name.h"
#include "lib/size.h"
#include "output/format.h"
#include "output/stdout.h"
#include "output/terminal.h"

#define TIME_SIZE	32
#define MICRO_DIGITS	6

void format_container(const struct container *container,
		      char text[FORMAT_CONTAINER_SIZE])
{
	char label[CONTAINER_LABEL_SIZE];
	size_t len;

	len = strlen(container_label(container, label));
	/* An id has more digits than anybody reads. */
	if (!names_known(&container->names) && container_is_id(container->id))
		len = FORMAT_CONTAINER_WIDTH;
	len = utf8_escape(label, len, text, FORMAT_CONTAINER_SIZE - 1);
	text[len] = '\0';
}

void format_where(const struct container *container, uint32_t pidns,
		  char text[FORMAT_CONTAINER_SIZE])
{
	if (container)
		format_container(container, text);
	else
		text[decimal(pidns, text)] = '\0';
}

size_t format_comm(const struct process *process, char text[FORMAT_COMM_SIZE])
{
	size_t len = utf8_escape(process->comm, strlen(process->comm), text,
				 FORMAT_COMM_SIZE - 1);

	text[len] = '\0';
	return len;
}

size_t format_name(const struct process *process, char text[FORMAT_NAME_SIZE])
{
	char name[PROCESS_NAME_SIZE];
	size_t len;

	process_name(process, name);
	len = utf8_escape(name, strlen(name), text, FORMAT_NAME_SIZE - 1);
	text[len] = '\0';
	return len;
}

static void format_second(time_t then, char text[TIME_SIZE])
{
	uint64_t now_ns = clock_real_ns(clock_boot_ns());
	time_t now = (time_t)(now_ns / NS_PER_SEC);
	struct tm today, tm;
	const char *format;

	text[0] = '\0';
	if (!localtime_r(&then, &tm) || !localtime_r(&now, &today))
		return;
	if (tm.tm_yday == today.tm_yday && tm.tm_year == today.tm_year)
		format = "%H:%M:%S";
	else
		format = "%m-%d %H:%M:%S";
	strftime(text, TIME_SIZE, format, &tm);
}

void format_moment(uint64_t boot_ns, unsigned int digits,
		   char text[FORMAT_MOMENT_SIZE])
{
	uint64_t real_ns = clock_real_ns(boot_ns);
	char fraction[9];
	size_t len;

	format_second((time_t)(real_ns / NS_PER_SEC), text);
	if (!text[0] || !digits)
		return;
	len = strlen(text);
	text[len++] = '.';
	decimal_zeros(real_ns % NS_PER_SEC, sizeof(fraction), fraction);
	memcpy(text + len, fraction, digits);
	text[len + digits] = '\0';
}

/* Fast path: most events happen in the same second as the one before. */
void format_time(uint64_t boot_ns)
{
	static char second[TIME_SIZE];
	static time_t shown = -1;
	uint64_t real_ns = clock_real_ns(boot_ns);
	time_t then = (time_t)(real_ns / NS_PER_SEC);
	char micros[] = ".------  ";

	if (then != shown) {
		format_second(then, second);
		shown = then;
	}
	if (!second[0])
		return;
	decimal_zeros(real_ns / 1000, MICRO_DIGITS, micros + 1);
	stdout_string(second);
	stdout_bytes(micros, sizeof(micros) - 1);
}

void format_coloured(const char *s, size_t width, const char *colour)
{
	if (!terminal_has_colours()) {
		stdout_padded(s, width);
		return;
	}
	stdout_printf("\033[%sm", colour);
	stdout_padded(s, width);
	stdout_string("\033[0m");
}

void format_signal(uint32_t signal)
{
	char name[SIGNAL_NAME_SIZE];

	stdout_string(signal_name(signal, name));
}

void format_process(const struct process *process)
{
	char name[FORMAT_NAME_SIZE];

	if (!process->has) {
		stdout_string("an unknown process");
		return;
	}
	stdout_bytes(name, format_name(process, name));
	if (process_has(process, NSORPHAN_A_PROCESS_STATE)) {
		stdout_string(" [");
		stdout_string(event_state_name(process->state));
		stdout_string("]");
	}
}

void format_end(const struct process *process)
{
	if (process_has(process, NSORPHAN_A_PROCESS_EXIT_CODE)) {
		stdout_string(" (exit ");
		stdout_number(process->exit_code);
		stdout_string(")");
	} else if (process_has(process, NSORPHAN_A_PROCESS_EXIT_SIGNAL)) {
		stdout_string(" (");
		format_signal(process->exit_signal);
		stdout_string(")");
	}
}

void format_duration(uint64_t ns)
{
	char text[DURATION_SIZE];

	stdout_string(duration_text(ns, text));
}

void format_count(uint64_t n, const char *singular, const char *plural)
{
	stdout_number(n);
	stdout_string(" ");
	stdout_string(n == 1 ? singular : plural);
}

void format_size(uint64_t bytes)
{
	char text[SIZE_TEXT_SIZE];

	stdout_string(size_text(bytes, text));
}

// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "lib/clock.h"
#include "proc/container.h"
#include "lib/decimal.h"
#include "output/stdout.h"
#include "lib/signal-name.h"
#include "output/format.h"
#include "lib/utf8.h"

/* Of ids in hexadecimal, which are longer than anybody reads. */
#define ID_LEN	64

bool format_draws(void)
{
	const char *term = getenv("TERM");

	return stdout_is_terminal() && !(term && !strcmp(term, "dumb"));
}

bool format_colours(void)
{
	const char *no = getenv("NO_COLOR");

	return format_draws() && (!no || !*no);
}

unsigned int format_height(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_row)
		return 24;
	return size.ws_row;
}

void format_where(const char *container, uint32_t pidns,
		char where[FORMAT_WHERE_SIZE])
{
	size_t len;

	if (container) {
		len = strnlen(container, CONTAINER_SIZE);
		if (len == ID_LEN)
			len = FORMAT_WHERE_WIDTH;
		len = utf8_escape(container, len, where, FORMAT_WHERE_SIZE - 1);
	} else {
		len = decimal(pidns, where);
	}
	where[len] = '\0';
}

void format_safe(const char *s)
{
	char safe[CONTAINER_SIZE * UTF8_ESCAPED_MAX];
	size_t len = strnlen(s, CONTAINER_SIZE);

	stdout_bytes(safe, utf8_escape(s, len, safe, sizeof(safe)));
}

/* "20:30:00.", or "11-23 20:30:00." where that was not today; or "". */
static void format_second(time_t then, char text[32])
{
	uint64_t now_ns = clock_real_ns(clock_boot_ns());
	time_t now = (time_t)(now_ns / NS_PER_SEC);
	struct tm today, tm;

	text[0] = '\0';
	if (!localtime_r(&then, &tm) || !localtime_r(&now, &today))
		return;
	/* Without its date, what was yesterday would look like today. */
	if (tm.tm_yday == today.tm_yday && tm.tm_year == today.tm_year)
		strftime(text, 32, "%H:%M:%S.", &tm);
	else
		strftime(text, 32, "%m-%d %H:%M:%S.", &tm);
}

void format_time(uint64_t boot_ns)
{
	static char second[32];
	static time_t shown = -1;
	uint64_t real_ns = clock_real_ns(boot_ns);
	time_t then = (time_t)(real_ns / NS_PER_SEC);
	char micros[] = "......  ";

	if (then != shown) {
		format_second(then, second);
		shown = then;
	}
	if (!second[0])
		return;
	decimal_zeros(real_ns / 1000, 6, micros);
	stdout_string(second);
	stdout_bytes(micros, 8);
}

void format_moment(uint64_t boot_ns, char moment[FORMAT_MOMENT_SIZE])
{
	uint64_t real_ns = clock_real_ns(boot_ns);

	format_second((time_t)(real_ns / NS_PER_SEC), moment);
	if (moment[0])
		snprintf(moment + strlen(moment), 4, "%03u",
			 (unsigned int)(real_ns / NS_PER_MS % 1000));
}

void format_signal(uint32_t signal)
{
	char name[SIGNAL_NAME_SIZE];

	stdout_string(signal_name(signal, name));
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

/* NAME PID, NAME PID/NS-PID where its namespace has another, [STATE]. */
void format_process(const struct process *process)
{
	if (!process->has) {
		stdout_string("an unknown process");
		return;
	}
	format_safe(process->comm);
	stdout_string(" ");
	stdout_number(process->pid);
	if (process->ns_pid != process->pid) {
		stdout_string("/");
		stdout_number(process->ns_pid);
	}
	if (process_has(process, NSORPHAN_A_PROCESS_STATE)) {
		stdout_string(" [");
		stdout_string(event_state_name(process->state));
		stdout_string("]");
	}
}

void format_duration(unsigned long long ns)
{
	if (ns < 1000)
		stdout_printf("%llu ns", ns);
	else if (ns < NS_PER_MS)
		stdout_printf("%.1f us", (double)ns / 1e3);
	else if (ns < NS_PER_SEC)
		stdout_printf("%.1f ms", (double)ns / 1e6);
	else if (ns < 120 * NS_PER_SEC)
		stdout_printf("%.1f s", (double)ns / 1e9);
	else
		stdout_printf("%llu min %llu s",
			   ns / NS_PER_SEC / 60, ns / NS_PER_SEC % 60);
}

void format_count(unsigned long long n, const char *one, const char *many)
{
	stdout_printf("%llu %s", n, n == 1 ? one : many);
}

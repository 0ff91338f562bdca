// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/clock.h"
#include "lib/time-text.h"
#include "lib/util.h"

/* Longest time that may lie back, in seconds: a number of weeks fits easily. */
#define SECONDS_MAX	(UINT64_MAX / NS_PER_SEC / 2)

#define DAY_S		(24 * 3600)

static uint64_t unit_seconds(char unit)
{
	switch (unit) {
	case 's':
		return 1;
	case 'm':
		return 60;
	case 'h':
		return 3600;
	case 'd':
		return DAY_S;
	case 'w':
		return 7 * DAY_S;
	}
	return 0;
}

/* Reads digits. Returns what follows them, or NULL where there are none. */
static const char *parse_digits(const char *text, uint64_t max,
				uint64_t *number)
{
	char *end;

	if (!isdigit((unsigned char)*text))
		return NULL;
	errno = 0;
	*number = strtoull(text, &end, 10);
	return errno || *number > max ? NULL : end;
}

/* "10m", "1h30m", "now" */
static bool parse_ago(const char *text, uint64_t *real_s, uint64_t now_s)
{
	uint64_t number, unit_s, ago_s = 0;

	*real_s = now_s;
	if (!strcmp(text, "now"))
		return true;
	do {
		text = parse_digits(text, SECONDS_MAX, &number);
		unit_s = text ? unit_seconds(*text) : 0;
		if (!unit_s || number > (SECONDS_MAX - ago_s) / unit_s)
			return false;
		ago_s += number * unit_s;
		text++;
	} while (*text);
	*real_s = ago_s < now_s ? now_s - ago_s : 0;
	return true;
}

static void set_midnight(struct tm *tm)
{
	tm->tm_hour = 0;
	tm->tm_min = 0;
	tm->tm_sec = 0;
	/* Whether it is summer then is to be found out. */
	tm->tm_isdst = -1;
}

/* Midnight @days ago. */
static uint64_t midnight(uint64_t now_s, int days)
{
	time_t now = (time_t)now_s;
	struct tm tm;

	if (!localtime_r(&now, &tm))
		return now_s;
	set_midnight(&tm);
	tm.tm_mday -= days;
	return (uint64_t)mktime(&tm);
}

static bool parse_word(const char *text, uint64_t *real_s, uint64_t now_s)
{
	const char *end;

	if (!strcmp(text, "today"))
		*real_s = midnight(now_s, 0);
	else if (!strcmp(text, "yesterday"))
		*real_s = midnight(now_s, 1);
	else if (*text == '@')
		return (end = parse_digits(text + 1, SECONDS_MAX, real_s)) &&
		       !*end;
	else
		return false;
	return true;
}

/* ".123456789", or nothing; then nothing more, or Z for UTC. */
static bool parse_fraction(const char *text, uint64_t *ns, bool *utc)
{
	uint64_t unit = NS_PER_SEC;

	*ns = 0;
	if (*text == '.') {
		if (!isdigit((unsigned char)*++text))
			return false;
		for (; isdigit((unsigned char)*text); text++) {
			unit /= 10;
			*ns += unit * (uint64_t)(*text - '0');
		}
	}
	*utc = *text == 'Z';
	return !text[*utc];
}

static bool parse_date(const char *text, uint64_t *real_s, uint64_t *ns,
		       uint64_t now_s)
{
	static const char *const formats[] = {
		"%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M",
		"%Y-%m-%d %H:%M", "%Y-%m-%d", "%H:%M:%S", "%H:%M",
	};
	time_t now = (time_t)now_s, then;
	struct tm today, tm;
	const char *end;
	bool utc;
	size_t i;

	if (!localtime_r(&now, &today))
		return false;
	for (i = 0; i < ARRAY_SIZE(formats); i++) {
		tm = today;
		set_midnight(&tm);
		end = strptime(text, formats[i], &tm);
		if (!end || !parse_fraction(end, ns, &utc))
			continue;
		then = utc ? timegm(&tm) : mktime(&tm);
		*real_s = then > 0 ? (uint64_t)then : 0;
		return true;
	}
	return false;
}

bool time_text_parse(const char *text, uint64_t *boot_ns)
{
	uint64_t now_ns = clock_boot_ns();
	uint64_t at_boot_ns = clock_real_ns(now_ns) - now_ns;
	uint64_t now_s = clock_real_ns(now_ns) / NS_PER_SEC;
	uint64_t real_s, real_ns, ns = 0;

	if (parse_ago(text, &real_s, now_s))
		/* Not rounded to a second. */
		ns = clock_real_ns(now_ns) % NS_PER_SEC;
	else if (!parse_word(text, &real_s, now_s) &&
		 !parse_date(text, &real_s, &ns, now_s))
		return false;
	real_ns = real_s < SECONDS_MAX ? real_s * NS_PER_SEC + ns : UINT64_MAX;
	*boot_ns = real_ns > at_boot_ns ? real_ns - at_boot_ns : 0;
	return true;
}

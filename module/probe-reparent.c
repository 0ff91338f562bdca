// SPDX-License-Identifier: GPL-2.0
/*
 * Which kernel function is watched for reparentings. Each way in sees all of
 * them; which kernel has which, the compiler decided.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/string.h>

#include "probe-reparent.h"
#include "verify.h"
#include "way.h"

/* Best first. */
static struct way * const ways[] = { &way_forget, &way_alive, &way_pgrp };

/* Under this: which ways are attached. */
static DEFINE_MUTEX(ways_mutex);
static struct way *recording;
static struct way *checking;
static bool verify_wanted;
static bool stopped;

static int attach(struct way *way, bool records)
{
	way->records = records;
	return way->attach(way);
}

/* What was tried in vain, for the log. */
struct tried {
	char text[160];
	size_t len;
};

static void tried_add(struct tried *tried, const struct way *way, int err)
{
	tried->len += scnprintf(tried->text + tried->len,
				sizeof(tried->text) - tried->len, "%s%s (%d)",
				tried->len ? ", " : "", way->name, err);
}

/* Attaches the first that fits and is there. Memory is no reason to go on. */
static int attach_first(struct way **attached, struct tried *tried,
			bool (*fits)(const struct way *, const char *),
			const char *wanted, bool records)
{
	int i, err = -EINVAL;

	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		if (!fits(ways[i], wanted))
			continue;
		err = attach(ways[i], records);
		if (!err) {
			*attached = ways[i];
			return 0;
		}
		tried_add(tried, ways[i], err);
		if (err == -ENOMEM)
			return err;
		err = -EOPNOTSUPP;
	}
	return err;
}

static bool fits_wanted(const struct way *way, const char *wanted)
{
	return strcmp(wanted, "auto") ? !strcmp(wanted, way->name) :
					way->proven;
}

static bool fits_recording(const struct way *way, const char *unused)
{
	return way->decides != recording->decides;
}

static int start_recording(const char *wanted)
{
	struct tried tried = { .text = "" };
	int err;

	err = attach_first(&recording, &tried, fits_wanted, wanted, true);
	if (err == -EINVAL)
		pr_err("reparent_probe=%s: not auto or a function that can be watched\n",
		       wanted);
	else if (err == -ENOMEM)
		pr_err("no memory to watch for reparentings: tried %s\n",
		       tried.text);
	else if (err)
		pr_err("this kernel cannot be watched for reparentings: tried %s\n",
		       tried.text);
	return err;
}

static int start_checking(void)
{
	struct tried tried = { .text = "" };
	int err;

	err = attach_first(&checking, &tried, fits_recording, NULL, false);
	if (err)
		pr_err("verify: no second way in beside %s: tried %s\n",
		       recording->name, tried.text);
	else
		verify_start();
	return err;
}

static void stop_checking(void)
{
	if (!checking)
		return;
	verify_stop();
	checking->detach();
	checking = NULL;
}

int probe_reparent_start(const char *wanted)
{
	int err;

	mutex_lock(&ways_mutex);
	err = start_recording(wanted);
	if (!err && verify_wanted) {
		err = start_checking();
		if (err) {
			recording->detach();
			recording = NULL;
		}
	}
	mutex_unlock(&ways_mutex);
	return err;
}

void probe_reparent_stop(void)
{
	mutex_lock(&ways_mutex);
	stopped = true;
	stop_checking();
	/* Status may still be read, and names it. */
	recording->detach();
	mutex_unlock(&ways_mutex);
}

int probe_verify(bool on)
{
	int err = 0;

	mutex_lock(&ways_mutex);
	if (stopped)
		err = -ENODEV;
	else if (!recording)
		verify_wanted = on;
	else if (!on)
		stop_checking();
	else if (!checking)
		err = start_checking();
	mutex_unlock(&ways_mutex);
	return err;
}

bool probe_verifies(void)
{
	return READ_ONCE(checking);
}

const char *probe_reparent_symbol(void)
{
	return recording->name;
}

unsigned int probe_reparent_counts(struct probe_count *counts)
{
	struct way *attached[2];
	unsigned int n = 0;
	int i;

	mutex_lock(&ways_mutex);
	attached[0] = recording;
	attached[1] = checking;
	for (i = 0; i < ARRAY_SIZE(attached); i++)
		if (attached[i])
			counts[n++] = (struct probe_count) {
				.symbol = attached[i]->symbol,
				.missed = attached[i]->missed(),
			};
	mutex_unlock(&ways_mutex);
	return n;
}

u64 probe_reparent_missed(void)
{
	/* Neither goes away: at worst what is counted is just being reset. */
	const struct way *second = READ_ONCE(checking);

	return recording->missed() + (second ? second->missed() : 0);
}

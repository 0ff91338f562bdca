// SPDX-License-Identifier: GPL-2.0
/*
 * Watches reparentings. Each hook sees all of them; which of the hooked
 * functions exist depends on what the compiler inlined.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/string.h>

#include "canary.h"
#include "crosscheck.h"
#include "hook.h"
#include "probe-reparent.h"

/* The hooks, best first. */
static struct nso_hook * const hooks[] = {
	&nso_hook_forget_original_parent,
	&nso_hook_find_alive_thread,
	&nso_hook_kill_orphaned_pgrp,
};

/*
 * Protects the pointers to the hooks that are attached: the one that records
 * and the one that checks it. The parameter `verify` may be written before the
 * former is attached, and after it is detached.
 */
static DEFINE_MUTEX(hooks_mutex);
static struct nso_hook *recording;
static struct nso_hook *checking;
static bool verify_wanted;
static bool stopped;

static int attach(struct nso_hook *hook, bool records)
{
	hook->records = records;
	return hook->attach(hook);
}

/* The hooks that could not be attached, for the log. */
struct nso_tried {
	char text[160];
	size_t len;
};

static void tried_add(struct nso_tried *tried, const struct nso_hook *hook,
		      int err)
{
	tried->len += scnprintf(tried->text + tried->len,
				sizeof(tried->text) - tried->len, "%s%s (%d)",
				tried->len ? ", " : "", hook->name, err);
}

/* Attaches the first hook that fits and can be attached. */
static int attach_first(struct nso_hook **attached, struct nso_tried *tried,
			bool (*fits)(const struct nso_hook *, const char *),
			const char *wanted, bool records)
{
	int i, err = -EINVAL;

	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		if (!fits(hooks[i], wanted))
			continue;
		err = attach(hooks[i], records);
		if (!err) {
			WRITE_ONCE(*attached, hooks[i]);
			return 0;
		}
		tried_add(tried, hooks[i], err);
		if (err == -ENOMEM)
			return err;
		err = -EOPNOTSUPP;
	}
	return err;
}

static bool fits_wanted(const struct nso_hook *hook, const char *wanted)
{
	return strcmp(wanted, "auto") ? !strcmp(wanted, hook->name) :
					hook->proven;
}

static bool fits_recording(const struct nso_hook *hook, const char *unused)
{
	return hook->decides != recording->decides;
}

static int start_recording(const char *wanted)
{
	struct nso_tried tried = { .text = "" };
	int err;

	err = attach_first(&recording, &tried, fits_wanted, wanted, true);
	if (err == -EINVAL)
		pr_err("reparent_probe=%s: neither auto nor a function that can be watched\n",
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
	struct nso_tried tried = { .text = "" };
	int err;

	err = attach_first(&checking, &tried, fits_recording, NULL, false);
	if (err)
		pr_err("verify: no second hook beside %s: tried %s\n",
		       recording->name, tried.text);
	else
		nso_crosscheck_start();
	return err;
}

static void stop_checking(void)
{
	if (!checking)
		return;
	nso_crosscheck_stop();
	checking->detach();
	WRITE_ONCE(checking, NULL);
}

int nso_probe_reparent_init(const char *wanted)
{
	int err;

	mutex_lock(&hooks_mutex);
	err = start_recording(wanted);
	if (!err && verify_wanted) {
		err = start_checking();
		if (err) {
			recording->detach();
			WRITE_ONCE(recording, NULL);
		}
	}
	mutex_unlock(&hooks_mutex);
	return err;
}

void nso_probe_reparent_exit(void)
{
	mutex_lock(&hooks_mutex);
	stopped = true;
	stop_checking();
	/* `recording` stays set: the status may still be read, and names it. */
	recording->detach();
	mutex_unlock(&hooks_mutex);
}

int nso_probe_verify(bool on)
{
	int err = 0;

	mutex_lock(&hooks_mutex);
	if (stopped)
		err = -ENODEV;
	else if (!recording)
		verify_wanted = on;
	else if (on == !!checking)
		err = 0;
	else if (nso_canary_is_blind())
		err = -EAGAIN;
	else if (on)
		err = start_checking();
	else
		stop_checking();
	mutex_unlock(&hooks_mutex);
	return err;
}

bool nso_probe_verifies(void)
{
	return READ_ONCE(checking);
}

const char *nso_probe_reparent_symbol(void)
{
	return recording->name;
}

unsigned int nso_probe_reparent_counts(struct nso_probe_count *counts)
{
	struct nso_hook *attached[2];
	unsigned int n = 0;
	int i;

	mutex_lock(&hooks_mutex);
	attached[0] = recording;
	attached[1] = checking;
	for (i = 0; i < ARRAY_SIZE(attached); i++)
		if (attached[i])
			counts[n++] = (struct nso_probe_count) {
				.symbol = attached[i]->symbol,
				.missed = attached[i]->missed(),
			};
	mutex_unlock(&hooks_mutex);
	return n;
}

u64 nso_probe_reparent_missed(void)
{
	/*
	 * Hooks are never freed. At worst the count of one is being reset at
	 * this moment.
	 */
	const struct nso_hook *second = READ_ONCE(checking);

	return recording->missed() + (second ? second->missed() : 0);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * A function of the module's own has a probe like those of the kernel's functions. If
 * that is not called, no other is, whatever the reason.
 */
#include <linux/compiler.h>
#include <linux/kprobes.h>
#include <linux/ktime.h>
#include <linux/mutex.h>

#include "canary.h"

static unsigned long hits;

static int canary_entry(struct kprobe *probe, struct pt_regs *regs)
{
	WRITE_ONCE(hits, READ_ONCE(hits) + 1);
	return 0;
}

NOKPROBE_SYMBOL(canary_entry);

static struct kprobe canary_probe = {
	.symbol_name = KBUILD_MODNAME ":nso_canary",
	.pre_handler = canary_entry,
};

static noinline void nso_canary(void)
{
	/* Not empty, or the compiler drops the call. */
	barrier();
}

/* Protects what follows, and has one look at a time. */
static DEFINE_MUTEX(lock);
static struct nso_sight last;
static u64 seen_ns;

void nso_canary_look(struct nso_sight *sight)
{
	unsigned long before;
	u64 now;

	mutex_lock(&lock);
	before = READ_ONCE(hits);
	nso_canary();
	now = ktime_get_boottime_ns();
	if (READ_ONCE(hits) != before) {
		if (last.blind)
			last.to_ns = now;
		last.blind = false;
		seen_ns = now;
	} else if (!last.blind) {
		last = (struct nso_sight){ .blind = true, .from_ns = seen_ns };
	}
	*sight = last;
	mutex_unlock(&lock);
}

bool nso_canary_is_blind(void)
{
	struct nso_sight sight;

	nso_canary_look(&sight);
	return sight.blind;
}

int nso_canary_init(void)
{
	return register_kprobe(&canary_probe);
}

void nso_canary_exit(void)
{
	unregister_kprobe(&canary_probe);
}

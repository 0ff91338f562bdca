// SPDX-License-Identifier: GPL-2.0
/* Loading, unloading, parameters. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "debugfs.h"
#include "netlink.h"
#include "probe.h"
#include "recorder.h"
#include "signal.h"
#include "stall.h"
#include "nsorphan-names.h"

static unsigned int records = 16384;
module_param(records, uint, 0444);
MODULE_PARM_DESC(records, "events that the recorder holds, and as many signals besides, a power of two (default 16384)");

static char *reparent_probe = "auto";
module_param(reparent_probe, charp, 0444);
MODULE_PARM_DESC(reparent_probe, "kernel function to watch for reparentings (default auto)");

static int verify_set(const char *value, const struct kernel_param *param)
{
	bool on;
	int err;

	err = kstrtobool(value, &on);
	return err ? err : probe_verify(on);
}

static int verify_get(char *buffer, const struct kernel_param *param)
{
	return sysfs_emit(buffer, "%c\n", probe_verifies() ? 'Y' : 'N');
}

static const struct kernel_param_ops verify_ops = {
	.set = verify_set,
	.get = verify_get,
};

module_param_cb(verify, &verify_ops, NULL, 0644);
MODULE_PARM_DESC(verify, "watch for reparentings in two ways and count in how many they differ (default 0)");

static int stall_ms_set(const char *value, const struct kernel_param *param)
{
	unsigned int ms;
	int err;

	err = kstrtouint(value, 0, &ms);
	if (!err)
		stall_set_ms(ms);
	return err;
}

static int stall_ms_get(char *buffer, const struct kernel_param *param)
{
	return sysfs_emit(buffer, "%u\n", stall_get_ms());
}

static const struct kernel_param_ops stall_ms_ops = {
	.set = stall_ms_set,
	.get = stall_ms_get,
};

module_param_cb(stall_ms, &stall_ms_ops, NULL, 0644);
MODULE_PARM_DESC(stall_ms, "age of a teardown in ms at which teardown-stall events begin, 0: never (default 10000)");

static int signals_set(const char *value, const struct kernel_param *param)
{
	int wanted = sysfs_match_string(nsorphan_signals_names, value);

	if (wanted < 0)
		return wanted;
	WRITE_ONCE(signals_wanted, wanted);
	return 0;
}

static int signals_get(char *buffer, const struct kernel_param *param)
{
	return sysfs_emit(buffer, "%s\n",
			  nsorphan_signals_names[READ_ONCE(signals_wanted)]);
}

static const struct kernel_param_ops signals_ops = {
	.set = signals_set,
	.get = signals_get,
};

module_param_cb(signals, &signals_ops, NULL, 0644);
MODULE_PARM_DESC(signals, "signals to record: off, namespaced or all (default namespaced)");

static int __init nsorphan_init(void)
{
	int err;

	if (!is_power_of_2(records) || records < RECORDER_MIN_RECORDS ||
	    records > RECORDER_MAX_RECORDS) {
		pr_err("records=%u: not a power of two from %u to %lu\n",
		       records, RECORDER_MIN_RECORDS, RECORDER_MAX_RECORDS);
		return -EINVAL;
	}

	err = recorder_start(records);
	if (err) {
		pr_err("records=%u: no memory\n", records);
		return err;
	}
	stall_start();
	err = probe_start(reparent_probe);
	if (err)
		goto err_stall;
	err = debugfs_start();
	if (err)
		goto err_probe;
	/* Whoever asks for status here is told of debugfs, too. */
	err = netlink_start();
	if (err)
		goto err_debugfs;
	pr_info("version " NSORPHAN_VERSION ", watching %s and %s\n",
		probe_reparent_symbol(), probe_teardown_symbol());
	return 0;

err_debugfs:
	debugfs_stop();
err_probe:
	probe_stop();
err_stall:
	stall_stop();
	recorder_stop();
	return err;
}

static void __exit nsorphan_exit(void)
{
	probe_stop();
	stall_stop();
	netlink_stop();
	debugfs_stop();
	recorder_stop();
}

module_init(nsorphan_init);
module_exit(nsorphan_exit);

MODULE_DESCRIPTION("Records what happens to processes whose parent dies");
MODULE_VERSION(NSORPHAN_VERSION);
MODULE_LICENSE("GPL");

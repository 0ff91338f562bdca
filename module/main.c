// SPDX-License-Identifier: GPL-2.0
/* Load, unload and parameters. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "canary.h"
#include "cgroup-table.h"
#include "container.h"
#include "debugfs.h"
#include "late-teardown.h"
#include "netlink.h"
#include "nsorphan-names.h"
#include "probe-reparent.h"
#include "probe-teardown.h"
#include "probe.h"
#include "recorder.h"
#include "signal.h"
#include "stall.h"
#include "status.h"

static unsigned int records = 16384;
module_param(records, uint, 0444);
MODULE_PARM_DESC(records, "number of events in the recorder, and the same number of signals; a power of two (default 16384)");

static unsigned int containers = 1024;
module_param(containers, uint, 0444);
MODULE_PARM_DESC(containers, "number of lives of containers that the ledger holds (default 1024)");

static char *reparent_probe = "auto";
module_param(reparent_probe, charp, 0444);
MODULE_PARM_DESC(reparent_probe, "kernel function to watch for reparentings, or auto (default auto)");

static int verify_set(const char *value, const struct kernel_param *param)
{
	bool on;
	int err;

	err = kstrtobool(value, &on);
	return err ? err : nso_probe_verify(on);
}

static int verify_get(char *buffer, const struct kernel_param *param)
{
	return sysfs_emit(buffer, "%c\n", nso_probe_verifies() ? 'Y' : 'N');
}

static const struct kernel_param_ops verify_ops = {
	.set = verify_set,
	.get = verify_get,
};

module_param_cb(verify, &verify_ops, NULL, 0644);
MODULE_PARM_DESC(verify, "watch reparentings by two hooks and count the differences (default 0)");

static int stall_ms_set(const char *value, const struct kernel_param *param)
{
	unsigned int ms;
	int err;

	err = kstrtouint(value, 0, &ms);
	if (!err)
		nso_stall_set_ms(ms);
	return err;
}

static int stall_ms_get(char *buffer, const struct kernel_param *param)
{
	return sysfs_emit(buffer, "%u\n", nso_stall_get_ms());
}

static const struct kernel_param_ops stall_ms_ops = {
	.set = stall_ms_set,
	.get = stall_ms_get,
};

module_param_cb(stall_ms, &stall_ms_ops, NULL, 0644);
MODULE_PARM_DESC(stall_ms, "age of a teardown in ms from which it makes teardown-stall events; 0 for none (default 10000)");

static int signals_set(const char *value, const struct kernel_param *param)
{
	int wanted = sysfs_match_string(nsorphan_signals_names, value);

	if (wanted < 0)
		return wanted;
	WRITE_ONCE(nso_signals_wanted, wanted);
	return 0;
}

static int signals_get(char *buffer, const struct kernel_param *param)
{
	unsigned int wanted = READ_ONCE(nso_signals_wanted);

	return sysfs_emit(buffer, "%s\n", nsorphan_signals_names[wanted]);
}

static const struct kernel_param_ops signals_ops = {
	.set = signals_set,
	.get = signals_get,
};

module_param_cb(signals, &signals_ops, NULL, 0644);
MODULE_PARM_DESC(signals, "signals to record: off, namespaced, contained or all (default contained)");

static int __init nsorphan_init(void)
{
	struct nso_sight sight;
	int err;

	if (!is_power_of_2(records) || records < NSO_RECORDER_MIN_RECORDS ||
	    records > NSO_RECORDER_MAX_RECORDS) {
		pr_err("records=%u: not a power of two from %u to %lu\n",
		       records, NSO_RECORDER_MIN_RECORDS,
		       NSO_RECORDER_MAX_RECORDS);
		return -EINVAL;
	}

	if (containers < NSO_CONTAINER_MIN || containers > NSO_CONTAINER_MAX) {
		pr_err("containers=%u: not a number from %u to %u\n",
		       containers, NSO_CONTAINER_MIN, NSO_CONTAINER_MAX);
		return -EINVAL;
	}

	err = nso_recorder_init(records);
	if (err) {
		pr_err("records=%u: no memory\n", records);
		return err;
	}
	err = nso_cgroup_table_init();
	if (err) {
		pr_err("no memory for the table of cgroups\n");
		goto err_recorder;
	}
	err = nso_container_init(containers);
	if (err) {
		pr_err("containers=%u: no memory\n", containers);
		goto err_cgroup_table;
	}
	nso_stall_init();
	err = nso_probe_init(reparent_probe);
	if (err)
		goto err_stall;
	nso_status_loaded();
	nso_late_teardown_init();
	nso_stall_note();
	err = nso_debugfs_init();
	if (err)
		goto err_late_teardown;
	err = nso_netlink_init();
	if (err)
		goto err_debugfs;
	pr_info("version " NSORPHAN_VERSION ", watching %s and %s\n",
		nso_probe_reparent_symbol(), nso_probe_teardown_symbol());
	nso_canary_look(&sight);
	if (sight.blind)
		pr_warn("blind: the kernel calls no probe; see kernel.ftrace_enabled and kprobes/enabled in debugfs\n");
	return 0;

err_debugfs:
	nso_debugfs_exit();
err_late_teardown:
	nso_late_teardown_exit();
	nso_probe_exit();
err_stall:
	nso_stall_exit();
	nso_container_exit();
err_cgroup_table:
	nso_cgroup_table_exit();
err_recorder:
	nso_recorder_exit();
	return err;
}

static void __exit nsorphan_exit(void)
{
	nso_late_teardown_exit();
	nso_probe_exit();
	nso_stall_exit();
	nso_netlink_exit();
	nso_debugfs_exit();
	nso_container_exit();
	nso_cgroup_table_exit();
	nso_recorder_exit();
}

module_init(nsorphan_init);
module_exit(nsorphan_exit);

MODULE_DESCRIPTION("Records what happens to processes whose parent dies");
MODULE_VERSION(NSORPHAN_VERSION);
MODULE_LICENSE("GPL");

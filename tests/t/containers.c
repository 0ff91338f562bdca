// SPDX-License-Identifier: GPL-2.0
/* Prints TAP: the container that a cgroup path or /proc/PID/cgroup names. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proc/container.h"
#include "proc/procfs.h"
#include "lib/util.h"

#define ID "3f4a5b6c7d8e9f00112233445566778899aabbccddeeff000123456789abcdef"
#define ID2 "00000000000000000000000000000000000000000000000000000000000000aa"

static const struct {
	const char *path;
	const char *id;		/* NULL: no container */
} paths[] = {
	{ "/docker/" ID, ID },
	{ "/docker/" ID "/init.scope", ID },
	{ "/system.slice/docker-" ID ".scope", ID },
	{ "/user.slice/user-1000.slice/user@1000.service/docker-" ID ".scope", ID },
	{ "/docker/" ID "/system.slice/docker-" ID2 ".scope", ID },
	{ "/docker/" ID "/docker/" ID2, ID },
	{ "/kubepods/besteffort/pod1234-5678/" ID, ID },
	{ "/kubepods/pod1234-5678/" ID, ID },
	{ "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1_2.slice/cri-containerd-"
	  ID ".scope", ID },
	{ "/kubepods.slice/kubepods-pod1_2.slice/crio-" ID ".scope", ID },
	{ "/kubepods.slice/kubepods-pod1_2.slice/crio-" ID ".scope/container", ID },
	{ "/kubepods/burstable/pod1/crio-" ID, ID },
	{ "/system.slice/containerd.service/kubepods-pod1.slice:cri-containerd:" ID, ID },
	{ "/kubepods.slice/kubepods-pod1_2.slice/docker-" ID ".scope", ID },
	{ "/system.slice/nerdctl-" ID ".scope", ID },
	{ "/machine.slice/libpod-" ID ".scope", ID },
	{ "/machine.slice/libpod-" ID ".scope/container", ID },
	{ "/libpod_parent/libpod-" ID, ID },
	{ "/libpod_parent/" ID2 "/libpod-" ID, ID },
	{ "/docker/" ID "/libpod_parent/" ID2 "/libpod-" ID2, ID },
	{ "/lxc/web", "web" },
	{ "/lxc/web/init.scope", "web" },
	{ "/lxc.payload/web", "web" },
	{ "/lxc.payload.web", "web" },
	{ "/lxc.payload.web/system.slice/cron.service", "web" },
	{ "/lxc.payload.web/docker/" ID, "web" },
	{ "/lxc/outer/lxc/inner", "outer" },
	{ "/user.slice/user@1000.service/web.service/libpod-payload-" ID, ID },
	{ "/machine.slice/machine-a.scope/docker/" ID, "a" },
	{ "docker/" ID, ID },
	{ ID, ID },
	{ "cut-off/docker-" ID ".scope/init", ID },
	{ "/machine.slice/systemd-nspawn@deb-ian.service", "deb-ian" },
	{ "/machine.slice/systemd-nspawn@deb.service/payload", "deb" },
	{ "/machine.slice/machine-deb.scope", "deb" },
	{ "/machine.slice/machine-deb\\x2dian.scope", "deb-ian" },
	{ "/docker/" ID " (deleted)", ID },
	{ "/system.slice/docker-" ID ".scope (deleted)", ID },

	{ "", NULL },
	{ ID "/init.scope", NULL },
	{ "/", NULL },
	{ "//", NULL },
	{ "/init.scope", NULL },
	{ "/docker", NULL },
	{ "/docker/", NULL },
	{ "/system.slice/docker.service", NULL },
	{ "/system.slice/docker-.scope", NULL },
	{ "/system.slice/docker-abc.scope", NULL },
	{ "/system.slice/docker-" ID "0.scope", NULL },
	{ "/system.slice/docker-" ID ".scopes", NULL },
	{ "/docker/3F4A5B6C7D8E9F00112233445566778899AABBCCDDEEFF000123456789ABCDEF", NULL },
	{ "/docker/g" ID, NULL },
	{ "/kubepods.slice/kubepods-pod1_2.slice", NULL },
	{ "/kubepods/besteffort/pod1234-5678", NULL },
	{ "/kubepods.slice/kubepods-pod1_2.slice/crio-conmon-" ID ".scope", NULL },
	{ "/machine.slice/libpod-conmon-" ID ".scope", NULL },
	{ "/libpod_parent/conmon", NULL },
	{ "/libpod_parent/" ID, NULL },
	{ "/libpod_parent/" ID "/conmon", NULL },
	{ "/lxc", NULL },
	{ "/lxc/", NULL },
	{ "/lxc.monitor/web", NULL },
	{ "/lxc.monitor.web", NULL },
	{ "/lxc.payload.", NULL },
	{ "/machine.slice", NULL },
	{ "/machine.slice/machine-.scope", NULL },
	{ "/machine.slice/machine-qemu\\x2d1\\x2dvm.scope", NULL },
	{ "/machine.slice/systemd-nspawn@.service", NULL },
	{ "/machine.slice/systemd-nspawn@web.service/supervisor", NULL },
	{ "/machine.slice/systemd-nspawn@web.service/supervisor (deleted)", NULL },
	{ "/machine.slice/machine-\\x00.scope", NULL },
	{ "/user.slice/machine-web.scope", NULL },
	{ "/user.slice/user-1000.slice/session-1.scope", NULL },
};

static const struct {
	const char *text;
	const char *id;
} procs[] = {
	{ "0::/docker/" ID "\n", ID },
	{ "0::/docker/" ID, ID },
	{ "12:pids:/docker/" ID "\n1:name=systemd:/docker/" ID "\n0::/\n", ID },
	{ "12:cpu,cpuacct:/\n1:name=systemd:/lxc/web\n0::/\n", "web" },
	{ "4:memory:/system.slice/containerd.service/k.slice:cri-containerd:" ID "\n", ID },
	{ "12:pids:/\n0::/\n", NULL },
	{ "", NULL },
	{ "\n\n", NULL },
	{ "0", NULL },
	{ "0:\n", NULL },
	{ "0::\n", NULL },
	{ "docker/" ID "\n", NULL },
};

/* Users to whom containers belong. */
static const struct {
	const char *path;
	unsigned int user;
} users[] = {
	{ "/docker/" ID, 0 },
	{ "/machine.slice/libpod-" ID ".scope/container", 0 },
	{ "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" ID
	  ".scope/container", 1000 },
	{ "/user.slice/user-1000.slice/user@1000.service/docker-" ID ".scope", 1000 },
	{ "/user.slice/user-1000.slice/libpod-" ID, 1000 },
	{ "user-1000.slice/libpod-" ID, 1000 },
	{ "/user.slice/user-4294967294.slice/x/" ID, 4294967294 },
	{ "/user.slice/user-0.slice/user@0.service/libpod-" ID ".scope", 0 },
	{ "/user.slice/user-1000.slice/session-3.scope/libpod-payload-" ID, 0 },
	{ "/user.slice/user-1000.slice/user@1000.service/session-3.scope/" ID, 1000 },
	{ "/docker/" ID "/user.slice/user-1000.slice/user@1000.service/x", 0 },
	{ "/docker/" ID "/user.slice/user-1000.slice/x/docker-" ID ".scope", 0 },
	{ "/docker/" ID "/user.slice/user-1000.slice/x/docker-" ID2 ".scope", 0 },
	{ "/user.slice/user-1000.slice/user@1000.service/lxc.payload.user", 1000 },
	{ "/user.slice/user-1000.slice/user@1000.service/x/lxc.payload.e/y", 1000 },
	{ "/lxc.payload.user/user.slice/user-1000.slice/user@1000.service/x", 0 },
	{ "/lxc/user-1000.slice", 0 },
	{ "/user.slice/user-1000.slice/libpod-" ID ".scope (deleted)", 1000 },
	{ "/user.slice/user-1000.slice/user@1000.service/docker-" ID
	  ".scope/user.slice/user-1001.slice/" ID, 1000 },
	{ "/user.slice/user-1000.slice/user@1000.service/user-1001.slice/" ID, 1000 },
	{ "/user.slice/user-.slice/" ID, 0 },
	{ "/user.slice/user--1.slice/" ID, 0 },
	{ "/user.slice/user-1000x.slice/" ID, 0 },
	{ "/user.slice/user-1000.sliced/" ID, 0 },
	{ "/user.slice/xuser-1000.slice/" ID, 0 },
	{ "/user.slice/user-4294967295.slice/" ID, 0 },
	{ "/user.slice/user-99999999999999999999999.slice/" ID, 0 },
	{ "/user.slice/user-1000.slice", 0 },
	{ "", 0 },
};

static int tests, failed;

static void is(const char *what, bool found, const char *got,
	       const char *expected)
{
	bool ok = expected ? found && !strcmp(got, expected)
			   : !found && !*got;

	printf("%sok %d - %.*s\n", ok ? "" : "not ", ++tests,
	       (int)strcspn(what, "\n"), what);
	if (!ok)
		printf("# got %s\n", found ? got : "none");
	failed += !ok;
}

static void ok(bool ok, const char *what)
{
	printf("%sok %d - %s\n", ok ? "" : "not ", ++tests, what);
	failed += !ok;
}

static void test_learned(void)
{
	static const char path[] = "/system.slice/docker-" ID ".scope";
	struct container found;
	unsigned long cgroup;
	bool all = true;

	ok(!container_is_learned(0, 7) &&
	   !container_of_event(0, 7, NULL, &found),
	   "a cgroup that was not learned");
	container_learn(0, 7, path);
	is("a learned cgroup", container_of_event(0, 7, NULL, &found), found.id,
	   ID);
	ok(!container_is_learned(1, 7), "not in another hierarchy");
	container_learn(1, 7, NULL);
	ok(container_is_learned(1, 7) &&
	   !container_of_event(1, 7, NULL, &found),
	   "a cgroup whose path is not known");
	for (cgroup = 8; cgroup < 1032; cgroup++) {
		container_learn(0, cgroup, path);
		all &= container_of_event(0, cgroup, NULL, &found);
	}
	ok(all, "a thousand of them");
}

int main(void)
{
	static const char odd[] =
		"7 (a) b (c) R 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 2222";
	struct process self = { .pid = (uint32_t)getpid() };
	char id[CONTAINER_SIZE], text[8192], stat[1024] = "";
	unsigned int user;
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(paths); i++)
		is(paths[i].path, container_of_path(paths[i].path, id), id,
		   paths[i].id);
	for (i = 0; i < ARRAY_SIZE(procs); i++)
		is(procs[i].text, container_of_proc(procs[i].text, id, &user), id,
		   procs[i].id);
	for (i = 0; i < ARRAY_SIZE(users); i++) {
		printf("# %s\n", users[i].path);
		ok(container_user(users[i].path) == users[i].user,
		   "the user of the container");
	}
	test_learned();

	ok(procfs_stat_start(odd) == 2222,
	   "start time behind a name with parentheses");
	ok(!procfs_stat_start("7 (a) R 4"), "no start time in a short line");

	fd = open("/proc/self/stat", O_RDONLY);
	if (fd < 0 || read(fd, stat, sizeof(stat) - 1) <= 0)
		return 1;
	self.start_ns = procfs_stat_start(stat) *
			(1000000000 / (uint64_t)sysconf(_SC_CLK_TCK));
	ok(procfs_read_cgroup(&self, text, sizeof(text)) && strstr(text, "::/"),
	   "cgroups of a process");
	self.start_ns += 1000000000;
	ok(!procfs_read_cgroup(&self, text, sizeof(text)),
	   "not those of a process that reuses the pid");
	self.pid = 1U << 30;
	ok(!procfs_read_cgroup(&self, text, sizeof(text)),
	   "not those of a process that has ended");

	printf("1..%d\n", tests);
	return failed > 0;
}

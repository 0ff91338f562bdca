// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <fts.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "proc/load-obstacle.h"
#include "proc/procfs.h"

#define SIGNED	"the kernel takes only modules signed with a key that it knows: enroll that of dkms (see Secure Boot in README), then modprobe nsorphan"

static char sentence[512];

/* "[none] integrity confidentiality" has the one that is in force in brackets. */
static bool is_locked_down(void)
{
	char got[64];

	return procfs_read_file(AT_FDCWD, "/sys/kernel/security/lockdown", got,
				sizeof(got)) > 0 && !strstr(got, "[none]");
}

/* EFI variables begin with four bytes of attributes. */
static bool is_secure_boot(void)
{
	static const char path[] =
		"/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
	unsigned char got[5] = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool is = fd >= 0 && read(fd, got, sizeof(got)) == sizeof(got) && got[4];

	if (fd >= 0)
		close(fd);
	return is;
}

/* Without debugfs nothing tells. */
static bool lacks_kprobes(void)
{
	return !access("/sys/kernel/debug/tracing", F_OK) &&
	       access("/sys/kernel/debug/kprobes", F_OK);
}

/* Whether nsorphan.ko, compressed or not, is installed for that kernel. */
static bool is_installed(const char *release)
{
	char folder[128];
	char *const paths[2] = { folder, NULL };
	bool found = false;
	FTSENT *entry;
	FTS *fts;

	snprintf(folder, sizeof(folder), "/lib/modules/%s", release);
	fts = fts_open(paths, FTS_PHYSICAL | FTS_NOSTAT, NULL);
	while (fts && !found && (entry = fts_read(fts)))
		found = !strncmp(entry->fts_name, "nsorphan.ko", 11);
	if (fts)
		fts_close(fts);
	return found;
}

static bool is_of_raspberry_pi(const char *release)
{
	return strstr(release, "+rpt-rpi-") || strstr(release, "-v8+") ||
	       strstr(release, "-v7+") || strstr(release, "-v7l+");
}

/* Where headers of kernels come from that are not Debian's. */
static const char *source_of_headers(const char *release)
{
	if (strstr(release, "microsoft"))
		return "build them from Microsoft's WSL2-Linux-Kernel";
	if (is_of_raspberry_pi(release))
		return "install linux-headers-rpi-v8, or raspberrypi-kernel-headers";
	return NULL;
}

static const char *not_built(const char *release)
{
	char build[160];
	const char *source;

	snprintf(build, sizeof(build), "/lib/modules/%s/build", release);
	if (!access(build, F_OK)) {
		snprintf(sentence, sizeof(sentence),
			 "it is not installed for this kernel, %s: make dkms-install, then modprobe nsorphan",
			 release);
		return sentence;
	}
	source = source_of_headers(release);
	snprintf(sentence, sizeof(sentence),
		 "it is not installed for this kernel, %s, and the headers to build it are missing: %s%s, make dkms-install, then modprobe nsorphan",
		 release, source ? source : "install linux-headers-",
		 source ? "" : release);
	return sentence;
}

const char *load_obstacle(void)
{
	struct utsname name;

	if (procfs_file_begins("/proc/sys/kernel/modules_disabled", "1"))
		return "no module can be loaded before the next boot: kernel.modules_disabled is 1";
	if (is_locked_down() ||
	    procfs_file_begins("/sys/module/module/parameters/sig_enforce", "Y"))
		return is_secure_boot() ? "Secure Boot is on, so " SIGNED : SIGNED;
	if (lacks_kprobes())
		return "this kernel has no kprobes: boot one with CONFIG_KPROBES";
	if (!uname(&name) && !is_installed(name.release))
		return not_built(name.release);
	return "load it with 'modprobe nsorphan' (or 'insmod nsorphan.ko')";
}

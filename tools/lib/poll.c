// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/poll.h"

/*
 * A signalfd, since a handler with ppoll() can starve: ppoll() prefers a ready
 * descriptor to a pending signal, so the handler might never run while events
 * keep coming. Only poll_resume() reads it, so it stays ready until then.
 */
static int signals = -1;

int poll_init(void)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return -errno;
	signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return signals < 0 ? -errno : 0;
}

int poll_wait(struct pollfd *fds, unsigned int count, int timeout_ms)
{
	struct pollfd all[POLL_MAX + 1];
	uint64_t now, end = 0;
	int n;

	if (timeout_ms > 0)
		end = clock_boot_ns() + (uint64_t)timeout_ms * NS_PER_MS;
	if (count > POLL_MAX)
		return -EINVAL;
	/* memcpy() takes no NULL, not even for 0 bytes. */
	if (count)
		memcpy(all, fds, count * sizeof(*fds));
	all[count] = (struct pollfd){ .fd = signals, .events = POLLIN };

	/* EINTR: the tool was stopped and continued. */
	while ((n = poll(all, count + 1, timeout_ms)) < 0 && errno == EINTR) {
		if (timeout_ms <= 0)
			continue;
		now = clock_boot_ns();
		timeout_ms = now < end ? (int)((end - now) / NS_PER_MS) : 0;
	}
	if (n < 0)
		return -errno;
	if (all[count].revents)
		return -EINTR;
	if (count)
		memcpy(fds, all, count * sizeof(*fds));
	return n;
}

bool poll_resume(void)
{
	struct signalfd_siginfo info[2];

	/* At most one SIGINT and one SIGTERM are pending. */
	return read(signals, info, sizeof(info)) > 0;
}

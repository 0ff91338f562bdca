// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stddef.h>
#include <unistd.h>

#include "cmd/session.h"
#include "genl/client.h"
#include "lib/error.h"
#include "proc/blind.h"
#include "proc/load-obstacle.h"
#include "proc/procfs.h"
#include "proc/reading.h"

void session_warn_blind(const struct status *status)
{
	static bool warned;

	if (!status->blind || warned)
		return;
	warned = true;
	error_print("%s", blind_sentence());
}

int session_connect(struct client **client)
{
	struct status status;
	int error;

	error = client_open(client);
	if (error)
		return error;
	error = client_status(*client, &status);
	if (!error)
		session_warn_blind(&status);
	else
		client_close(*client);
	return error;
}

static struct client *open_by(int (*connect)(struct client **client))
{
	struct client *client;
	int error;

	error = connect(&client);
	if (!error)
		return client;
	session_failed(error);
	return NULL;
}

struct client *session_open(void)
{
	return open_by(session_connect);
}

struct client *session_open_unchecked(void)
{
	return open_by(client_open);
}

static bool is_not_loaded(int error)
{
	return error == -ENODEV && access("/sys/module/nsorphan", F_OK);
}

/* Whether /proc shows this process all about others. */
static bool can_read_processes(void)
{
	char link[64];

	return readlink("/proc/1/ns/pid", link, sizeof(link)) > 0;
}

bool session_open_or_warn(const char *unknown, bool reads_all,
			  struct client **client)
{
	int error = session_connect(client);

	if (!error)
		return true;
	*client = NULL;
	if (!is_not_loaded(error)) {
		session_failed(error);
		return false;
	}
	if (reads_all && !can_read_processes()) {
		error_print("needs CAP_SYS_PTRACE, to read processes: run it as root");
		return false;
	}
	error_print("the module is not loaded, so %s not known: %s", unknown,
		    load_obstacle());
	return true;
}

enum exit_status session_failed(int error)
{
	if (is_not_loaded(error))
		error_print("the module is not loaded: %s", load_obstacle());
	else if (error != -EINTR)
		client_perror(error);
	return EXIT_STATUS_FAILED;
}

bool session_in_initial_pidns(const char *command)
{
	if (procfs_own_pidns() != PROCFS_PIDNS_INITIAL) {
		error_print_of(command,
			       "run it in the initial pid namespace, with its /proc mounted");
		return false;
	}
	if (!procfs_join_cgroupns()) {
		error_print_of(command,
			       "run it in the initial cgroup namespace, or with the right to join that");
		return false;
	}
	return true;
}

void session_unread(const char *command)
{
	char path[READING_PATH_SIZE];
	const struct reading_file *file;
	size_t count;

	file = reading_given_up(&count);
	if (!count)
		return;
	reading_path(file, path);
	if (count == 1)
		error_print_of(command, "could not be read in time: %s", path);
	else
		error_print_of(command,
			       "could not be read in time: %s, and %zu more",
			       path, count - 1);
}

// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stddef.h>

#include "cmd/session.h"
#include "genl/client.h"
#include "lib/error.h"
#include "proc/procfs.h"

struct client *session_open(void)
{
	struct client *client;
	int error;

	error = client_open(&client);
	if (!error)
		return client;
	session_failed(error);
	return NULL;
}

enum exit_status session_failed(int error)
{
	if (error != -EINTR)
		client_perror(error);
	return EXIT_STATUS_FAILED;
}

bool session_in_initial_pidns(const char *command)
{
	if (procfs_own_pidns() == PROCFS_PIDNS_INITIAL)
		return true;
	error_print_of(command,
		       "run it in the initial pid namespace, with its /proc mounted");
	return false;
}

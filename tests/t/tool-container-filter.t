#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# --container on a host with cgroup v1, where the container of each process has
# to be read from /proc: of a signal, each side has its own.
set -eu
# shellcheck source=tests/t/tool-lib.sh
. "$(dirname "$0")/tool-lib.sh"
build fake client.o "$here/fake-client.c" "$here/fake-cgroups.c" \
	-Wl,--wrap=procfs_read_cgroup

id() {
	printf %064x "$1"
}

# Event 1 is a signal from container 3 to container 2, event 2 one from the host.
export FAKE_SIGNALS='15:3000001:2000001:0 1:10:2000001:0' FAKE_NEXT=3
export FAKE_DUMPS='1-2;' FAKE_RECORDED=1

# containers COMMAND...: of each line of output, the signal and the container.
containers() {
	"$tmp/fake" "$@" -j | python3 -c '
import json, sys
for line in sys.stdin:
    row = json.loads(line)
    print(row["signal"], (row.get("container") or "none").lstrip("0"))'
}

is 'log, by the container of the target' \
	"$(containers log --container "$(id 2)")" $'15 2\n1 2'
is "log, by the sender's: the event still has the target's" \
	"$(containers log --container "$(id 3)")" '15 2'
is 'log, by a third container' "$(containers log --container "$(id 4)")" ''
is "signals, by the sender's container: so does the row" \
	"$(containers signals --container "$(id 3)")" '15 2'
finish

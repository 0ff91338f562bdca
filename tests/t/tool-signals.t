#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Signals, as watch, log and status tell them.
set -eu
# shellcheck source=tests/t/tool-lib.sh
. "$(dirname "$0")/tool-lib.sh"
build fake client.o "$here/fake-client.c"
fake=$tmp/fake
export FAKE_COMM=sh FAKE_NEXT=5 FAKE_DUMPS=1-4
export FAKE_SIGNALS='15:1000010:2000001:1 37:0:2000001:0 - 9:3000007:2000001:3'

# Without the time of day.
what() {
	sed 's/.*  signal/signal/; s/  */ /g'
}

is 'a line for each, with its name' "$("$fake" log --event signal | what)" \
	'signal 2 SIGTERM from sh 1000010 to sh 2000001/1: ignored
signal 2 SIGRTMIN+3 from the kernel to sh 2000001/1: delivered
signal 2 SIGKILL from sh 3000007/7 to sh 2000001/1: lost'

is 'in JSON as it is specified' "$("$fake" log -j --event signal | python3 -c '
import json, sys
for line in sys.stdin:
    event = json.loads(line)
    del event["time"]
    for role in "sender", "target":
        if role in event: event[role] = event[role]["pid"]
    print(json.dumps(event))')" \
'{"seq": 1, "boot_ns": 1000, "event": "signal", "pidns": 2, "cgroup": 0, "signal": 15, "sender": 1000010, "target": 2000001, "result": "ignored"}
{"seq": 2, "boot_ns": 2000, "event": "signal", "pidns": 2, "cgroup": 0, "signal": 37, "target": 2000001, "result": "delivered"}
{"seq": 4, "boot_ns": 4000, "event": "signal", "pidns": 2, "cgroup": 0, "signal": 9, "sender": 3000007, "target": 2000001, "result": "lost"}'

# passes NAME SEQS FILTER...
passes() {
	local name=$1 seqs=$2
	shift 2
	is "$name" "$("$fake" log -j "$@" | python3 -c '
import json, sys
print(*(json.loads(line)["seq"] for line in sys.stdin))')" "$seqs"
}
passes 'by type' '1 2 4' --event signal
passes 'by another type' 3 --event reparent
passes 'by the pid of the sender' 1 --pid 1000010
passes 'by the pid of the target' '1 2 4' --pid 2000001
passes "by the target's namespace" '1 2 4' --pidns 2
passes "by the sender's namespace" 4 --pidns 3
passes 'by name' '1 2 3 4' --comm 's?'
passes 'by another name' '' --comm x
passes 'by a container in which nobody is' '' --container a

for recorded in 0:off 1:namespaced 2:all 3:unknown; do
	export FAKE_RECORDED=${recorded%:*}
	is "status: ${recorded#*:}" "$("$fake" status | grep signals: | tr -s ' ')" \
		"signals: ${recorded#*:}"
	ok "status -j: ${recorded#*:}" grep -q "\"signals\":\"${recorded#*:}\"" \
		<("$fake" status -j)
done
finish

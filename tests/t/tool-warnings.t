#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the module missed, or saw in two ways: one line on standard error, once,
# and nothing else is any different.
set -eu
# shellcheck source=tests/t/tool-lib.sh
. "$(dirname "$0")/tool-lib.sh"
build fake client.o "$here/fake-client.c"
fake=$tmp/fake
export FAKE_NEXT=4 FAKE_DUMPS=1-3

missed="nsorphan: the kernel missed %s: some events are missing; see 'nsorphan status'"
mismatched="nsorphan: the two hooks disagreed on %s: events may be wrong; see 'nsorphan status'"
# shellcheck disable=SC2059 # formats are what these are
{
	missed1=$(printf "$missed" '1 probe hit (idr: 1)')
	missed3=$(printf "$missed" '3 probe hits (find_alive_thread.isra.0: 1, zap: 1, idr: 1)')
	mismatched1=$(printf "$mismatched" '1 reparenting')
	mismatched2=$(printf "$mismatched" '2 reparentings')
}

# Lines but for the time of day, which no two runs know alike to the ns.
timeless() {
	sed 's/"time":"[^"]*",//' "$@"
}

# The end of a count, of a reader, of the module; and nobody reads warnings.
"$fake" log -j | timeless >"$tmp/quiet"
for command in 'log -j' 'watch --all -j -n 3'; do
	# shellcheck disable=SC2086 # words
	FAKE_MISSED=3 FAKE_MISMATCHED=2 capture "$fake" $command
	is "$command: a line for each kind" "$(cat "$tmp/err")" \
		"$missed3"$'\n'"$mismatched2"
	is "$command: ends as it would" "$status" 0
	is "$command: prints what it would" "$(timeless "$tmp/out")" \
		"$(cat "$tmp/quiet")"
	for where in '/dev/full' '&-'; do
		status=0
		eval "FAKE_MISSED=1 timeout 20 '$fake' $command 2>$where" \
			>"$tmp/out" || status=$?
		is "$command: a warning that cannot be written, 2>$where" \
			"$status $(wc -l <"$tmp/out")" '0 3'
	done
	# shellcheck disable=SC2086 # words
	FAKE_MISSED=0 capture "$fake" $command
	is "$command: nothing where nothing is missed" "$(cat "$tmp/err")" ''
done
FAKE_MISSED=1 FAKE_SENT=X capture "$fake" watch
is 'the module is unloaded: status' "$status" 1
is 'the module is unloaded: both lines' "$(cat "$tmp/err")" \
	"$missed1"$'\nnsorphan: the module was unloaded'
FAKE_MISSED=1 "$fake" log -j 2>"$tmp/err" | head -n 1 >/dev/null
is 'a reader that leaves' "$(cat "$tmp/err")" "$missed1"

# What begins meanwhile is announced: when no event comes, and in a storm of
# them. The first numbers are those from before the first event.
watchers=()
watch() {
	local name=$1
	shift
	FAKE_TRACE=1 "$fake" watch --comm none "$@" >"$tmp/$name.out" \
		2>"$tmp/$name" &
	watchers+=($!)
}

switches() {
	grep -h ctxt_switches "/proc/$1/status"
}

export FAKE_DUMPS=
FAKE_MISSED=1 watch from-the-start
FAKE_MISSED='0 1' FAKE_SENT=S watch idle
FAKE_MISSED='0 1 2 3' FAKE_MISMATCHED='0 0 1 2' FAKE_SENT='S~S~S' watch idle-both
FAKE_MISSED=0 FAKE_SENT='S~S' watch idle-none
idle=$!
FAKE_MISSED='0 1' FAKE_SENT='4-99S100-999999999999' watch storm
FAKE_MISSED=0 FAKE_SENT='4-99S100-999999999999' watch storm-none
FAKE_MISSED='0 1' FAKE_DUMPS=4-999999999999 watch dump --since 1
FAKE_MISSED='0 1' FAKE_DUMPS='5-6;' FAKE_SENT='4!~' watch overrun
sleep 2
before=$(switches "$idle")
sleep 4
is 'nothing wakes an idle watch' "$(switches "$idle")" "$before"
for pid in "${watchers[@]}"; do
	kill -INT "$pid" 2>/dev/null || : # it ended by itself
	status=0
	wait "$pid" || status=$?
	is 'SIGINT ends it with status 0' "$status" 0
done
is 'nothing on standard output' "$(cat "$tmp"/*.out)" ''

# said NAME ASKED TEXT: what there is on standard error, and how often the status
# was asked for.
said() {
	is "$1: warns as it should" \
		"$(grep -vxE 'status|dump [0-9]+' "$tmp/$1")" "$3"
	is "$1: the status is asked for $2 times" \
		"$(grep -cx status "$tmp/$1")" "$2"
}
said from-the-start 1 "$missed1"
said idle 1 "$missed1"
said idle-both 1 "$missed1"$'\n'"$mismatched1"
said idle-none 1 ''
said storm 1 "$missed1"
said storm-none 1 ''
said dump 1 ''
# An announcement may have been among what was too much for the socket.
said overrun 2 "$missed1"

FAKE_MISSED=4 FAKE_MISMATCHED=5 FAKE_VERIFY=1 capture "$fake" status
is 'status tells what each probe missed' \
	"$(grep -A 5 ^missed: "$tmp/out" | tr -s ' ')" \
	"missed: 4
missed.find_alive_thread.isra.0: 1, reparent events are missing
missed.zap: 2, teardown events are missing
missed.idr: 1, details are missing
mismatched: 5
verify: on"
is 'and warns of nothing' "$(cat "$tmp/err")" ''
capture "$fake" status
is 'status, nothing missed' "$(grep -A 2 ^missed: "$tmp/out" | tr -s ' ')" \
	"missed: 0
mismatched: 0
verify: off"
FAKE_MISSED=4 FAKE_MISMATCHED=5 FAKE_VERIFY=1 capture "$fake" status -j
is 'in JSON' "$(python3 -c '
import json, sys
status = json.load(sys.stdin)
print(status["missed"], status["mismatched"], "verify" in status)' <"$tmp/out")" \
	'4 5 False'
finish

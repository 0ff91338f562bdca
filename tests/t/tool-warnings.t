#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Missed probe hits and differences between two hooks are reported in one line
# each on standard error, once, and change nothing else.
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

# timeless [FILE...]: the lines without the time of day. Two runs compute it from
# the same event with a difference of some ns.
timeless() {
	sed 's/"time":"[^"]*",//' "$@"
}

# At the end of the record, of a count, of the reader and of the module; and where
# the warnings cannot be written.
"$fake" log -j | timeless >"$tmp/quiet"
for command in 'log -j' 'watch --all -j -n 3'; do
	# shellcheck disable=SC2086 # words
	FAKE_MISSED=3 FAKE_MISMATCHED=2 capture "$fake" $command
	is "$command: warns once of each" "$(cat "$tmp/err")" \
		"$missed3"$'\n'"$mismatched2"
	is "$command: exit status is as without a warning" "$status" 0
	is "$command: output is as without a warning" "$(timeless "$tmp/out")" \
		"$(cat "$tmp/quiet")"
	for where in '/dev/full' '&-'; do
		status=0
		eval "FAKE_MISSED=1 timeout $guard '$fake' $command 2>$where" \
			>"$tmp/out" || status=$?
		is "$command: a warning that cannot be written, 2>$where" \
			"$status $(wc -l <"$tmp/out")" '0 3'
	done
	# shellcheck disable=SC2086 # words
	FAKE_MISSED=0 capture "$fake" $command
	is "$command: no warning where nothing was missed" "$(cat "$tmp/err")" ''
done
FAKE_MISSED=1 FAKE_SENT=X capture "$fake" watch
is 'the module is unloaded: status' "$status" 1
is 'the module is unloaded: warning and error' "$(cat "$tmp/err")" \
	"$missed1"$'\nnsorphan: the module was unloaded'
FAKE_MISSED=1 "$fake" log -j 2>"$tmp/err" | head -n 1 >/dev/null
is 'the reader leaves: warning' "$(cat "$tmp/err")" "$missed1"

# What is missed later is announced: without events, and in a storm of them. The
# first numbers are those from before the first event.
watchers=()
declare -A pids
# watch NAME ARGUMENT...: starts it; $tmp/NAME is its standard error.
watch() {
	local name=$1
	shift
	FAKE_TRACE=1 "$fake" watch --comm none "$@" >"$tmp/$name.out" \
		2>"$tmp/$name" &
	watchers+=($!)
	pids[$name]=$!
}

export FAKE_DUMPS=
FAKE_MISSED=1 watch from-the-start
FAKE_MISSED='0 1' FAKE_SENT=S watch idle
FAKE_MISSED='0 1 2 3' FAKE_MISMATCHED='0 0 1 2' FAKE_SENT='S~S~S' watch idle-both
FAKE_MISSED=0 FAKE_SENT='S~S' watch idle-none
FAKE_MISSED='0 1' FAKE_SENT='4-99S100-999999999999' watch storm
FAKE_MISSED=0 FAKE_SENT='4-99S100-999999999999' watch storm-none
FAKE_MISSED='0 1' FAKE_DUMPS=4-999999999999 watch dump --since 1
FAKE_MISSED='0 1' FAKE_DUMPS='5-6;' FAKE_SENT='4!~' watch overrun
for name in from-the-start idle idle-both idle-none overrun; do
	until_true idle "${pids[$name]}" "$tmp/$name"
done
for name in storm storm-none; do
	until_true says "$tmp/$name" announced
done
until_true says "$tmp/dump" 'dump 1'
before=$(switches "${pids[idle-none]}")
sleep 1.5
is 'watch does not wake up without events' \
	"$(switches "${pids[idle-none]}")" "$before"
for pid in "${watchers[@]}"; do
	kill -INT "$pid" 2>/dev/null || : # it ended by itself
	ended "$pid"
	is 'SIGINT ends it with status 0' "$status" 0
done
is 'nothing on standard output' "$(cat "$tmp"/*.out)" ''

# said NAME ASKED TEXT: TEXT is on standard error, and the status was asked for
# ASKED times.
said() {
	is "$1: warns of what is missed" \
		"$(grep -vxE 'status|dump [0-9]+|announced|sent' "$tmp/$1")" "$3"
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
# The events that the socket dropped may have contained an announcement.
said overrun 2 "$missed1"

FAKE_MISSED=4 FAKE_MISMATCHED=5 FAKE_VERIFY=1 capture "$fake" status
is 'status prints what each probe missed' \
	"$(grep -A 5 ^missed: "$tmp/out" | tr -s ' ')" \
	"missed: 4
missed.find_alive_thread.isra.0: 1, reparent events are missing
missed.zap: 2, teardown events are missing
missed.idr: 1, details are missing
mismatched: 5
verify: on"
is 'status does not warn' "$(cat "$tmp/err")" ''
capture "$fake" status
is 'status where nothing was missed' "$(grep -A 2 ^missed: "$tmp/out" | tr -s ' ')" \
	"missed: 0
mismatched: 0
verify: off"
FAKE_MISSED=4 FAKE_MISMATCHED=5 FAKE_VERIFY=1 capture "$fake" status -j
is 'status -j has the numbers' "$(python3 -c '
import json, sys
status = json.load(sys.stdin)
print(status["missed"], status["mismatched"], "verify" in status)' <"$tmp/out")" \
	'4 5 False'
finish

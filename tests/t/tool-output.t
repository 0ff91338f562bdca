#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# How the tool ends where its output cannot be written or nobody reads it, and at
# SIGINT and SIGTERM.
set -eu
# shellcheck source=tests/t/tool-lib.sh
. "$(dirname "$0")/tool-lib.sh"
build fake client.o "$here/fake-client.c"
fake=$tmp/fake
export FAKE_NEXT=100001 FAKE_DUMPS=1-100000 FAKE_COMM=name

# failing NAME ERROR ARGUMENT...
failing() {
	is "$1" "$status $(cat "$tmp/err")" \
		"1 nsorphan: cannot write to standard output: $2"
}

for command in --help 'watch --help' 'log -j' status 'watch --all'; do
	status=0
	# shellcheck disable=SC2086 # words
	timeout "$guard" "$fake" $command >/dev/full 2>"$tmp/err" || status=$?
	failing "full disk: $command" 'No space left on device'
done

# The last of these has nothing to write and would wait for events.
for command in --help 'log -j' status 'watch --all' watch; do
	status=0
	# shellcheck disable=SC2086 # words
	timeout "$guard" "$fake" $command >&- 2>"$tmp/err" || status=$?
	failing "closed output: $command" 'Bad file descriptor'
done

for command in --help 'log -j' status 'watch --all -j'; do
	status=0
	# shellcheck disable=SC2086 # words
	{ timeout "$guard" "$fake" $command 2>"$tmp/err" || echo $? >"$tmp/status"; } | true
	is "nobody reads: $command" "$(cat "$tmp/err" "$tmp/status" 2>&1)" \
		"cat: $tmp/status: No such file or directory"
	rm -f "$tmp/status"
done

mkfifo "$tmp/fifo"

# Nothing is written: only poll() can tell the tool that its reader has gone.
FAKE_TRACE=1 "$fake" watch >"$tmp/fifo" 2>"$tmp/err" &
pid=$!
exec 3<"$tmp/fifo"
until_true idle "$pid" "$tmp/err"
exec 3<&-
ended "$pid"
is 'watch ends with its reader' "$status" 0

capture "$fake" log -j
is 'all events come through' "$(grep -c '"event":"reparent"' "$tmp/out")" 100000
ok 'each of them is JSON' json_lines "$tmp/out"
is 'a count' "$("$fake" watch --all -n 3 -j | wc -l)" 3

# A pipe that nobody reads is full after 64 KiB. It is read after the signal.
for signal in INT TERM; do
	exec 3<>"$tmp/fifo"
	"$fake" watch --all -j >"$tmp/fifo" 2>"$tmp/err" &
	pid=$!
	until_true in_poll "$pid" forever
	kill -"$signal" "$pid"
	ended "$pid"
	is "SIG$signal at a full pipe" "$status $(cat "$tmp/err")" '0 '
	exec 4<"$tmp/fifo" 3>&-
	cat <&4 >"$tmp/lines"
	exec 4<&-
	ok "SIG$signal: the pipe was full" test "$(wc -c <"$tmp/lines")" -gt 50000
	ok "SIG$signal: lines are whole, and JSON" json_lines "$tmp/lines"
done

FAKE_TRACE=1 FAKE_NEXT=1 FAKE_DUMPS='' "$fake" watch >/dev/null 2>"$tmp/err" &
pid=$!
until_true idle "$pid" "$tmp/err"
kill -INT "$pid"
ended "$pid"
is 'SIGINT when idle' "$status $(cat "$tmp/err")" $'0 status\nsent'

FAKE_TRACE=1 FAKE_DUMPS=1-999999999999 "$fake" log --comm none \
	>/dev/null 2>"$tmp/err" &
pid=$!
until_true says "$tmp/err" 'dump 0'
kill -INT "$pid"
ended "$pid"
is 'SIGINT in a storm that is filtered out' "$status $(cat "$tmp/err")" \
	$'0 status\ndump 0'
finish

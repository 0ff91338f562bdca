#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Output that cannot be written, that nobody reads, and SIGINT meanwhile.
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
	timeout 20 "$fake" $command >/dev/full 2>"$tmp/err" || status=$?
	failing "full disk: $command" 'No space left on device'
done

# The last of these has nothing to write, and would wait.
for command in --help 'log -j' status 'watch --all' watch; do
	status=0
	# shellcheck disable=SC2086 # words
	timeout 20 "$fake" $command >&- 2>"$tmp/err" || status=$?
	failing "closed output: $command" 'Bad file descriptor'
done

for command in --help 'log -j' status 'watch --all -j'; do
	status=0
	# shellcheck disable=SC2086 # words
	{ timeout 20 "$fake" $command 2>"$tmp/err" || echo $? >"$tmp/status"; } | true
	is "nobody reads: $command" "$(cat "$tmp/err" "$tmp/status" 2>&1)" \
		"cat: $tmp/status: No such file or directory"
	rm -f "$tmp/status"
done

# Idle, with nothing to write: the end of the reader alone must end it.
start=$SECONDS
# shellcheck disable=SC2216 # that it does not read is the point
timeout 20 "$fake" watch | sleep 0.3
ok 'watch ends with its reader' test $((SECONDS - start)) -lt 10

is 'all events come through' \
	"$("$fake" log -j | grep -c '"event":"reparent".*}$')" 100000
is 'a count' "$("$fake" watch --all -n 3 -j | wc -l)" 3

# A pipe that nobody reads is full after 64 KiB; then SIGINT, then read it.
for signal in INT TERM; do
	mkfifo "$tmp/fifo"
	exec 3<>"$tmp/fifo"
	"$fake" watch --all -j >"$tmp/fifo" 2>"$tmp/err" &
	pid=$!
	sleep 0.5
	ok "waits for the full pipe" kill -0 "$pid"
	kill -"$signal" "$pid"
	status=0
	timeout 10 tail --pid="$pid" -f /dev/null || kill -KILL "$pid"
	wait "$pid" || status=$?
	is "SIG$signal at a full pipe" "$status $(cat "$tmp/err")" '0 '
	exec 4<"$tmp/fifo" 3>&-
	cat <&4 >"$tmp/lines"
	exec 4<&-
	rm "$tmp/fifo"
	ok 'it was full' test "$(wc -c <"$tmp/lines")" -gt 50000
	ok 'whole lines' test "$(tail -c 1 "$tmp/lines" | od -An -tx1)" = ' 0a'
	ok 'each of them JSON' python3 -c '
import json, sys
for line in open(sys.argv[1]): json.loads(line)' "$tmp/lines"
done

# Idle and with output that takes all, too.
FAKE_NEXT=1 FAKE_DUMPS='' "$fake" watch >/dev/null 2>"$tmp/err" &
pid=$!
sleep 0.3
kill -INT "$pid"
status=0
timeout 10 tail --pid="$pid" -f /dev/null || kill -KILL "$pid"
wait "$pid" || status=$?
is 'SIGINT when idle' "$status $(cat "$tmp/err")" '0 '

FAKE_DUMPS=1-100000000 "$fake" log --comm none >/dev/null 2>"$tmp/err" &
pid=$!
sleep 0.3
kill -INT "$pid"
status=0
timeout 5 tail --pid="$pid" -f /dev/null || kill -KILL "$pid"
wait "$pid" || status=$?
is 'SIGINT in a storm that is filtered out' "$status $(cat "$tmp/err")" '0 '
finish

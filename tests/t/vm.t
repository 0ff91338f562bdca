#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The guest harness itself: whatever becomes of a guest, tests/vm/boot ends,
# says what it was, and leaves nothing behind.
# places: 1
# slow:
set -u
cd "$(dirname "$0")/../.." || exit

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# boot makes its private folder in there.
export TMPDIR=$tmp/private
mkdir "$TMPDIR"

number=0
# check NAME STATUS STDOUT STDERR BOOT-ARGUMENT...: STDOUT is all of it, as
# printf %b has it; STDERR a pattern.
check() {
	local name=$1 status=$2 out=$3 err=$4 got=0
	shift 4
	tests/vm/boot --kernel "${KERNEL:-6.1}" "$@" \
		>"$tmp/out" 2>"$tmp/err" || got=$?
	number=$((number + 1))
	if [ "$got" = "$status" ] && printf %b "$out" | cmp - "$tmp/out" &&
		[[ $(<"$tmp/err") =~ $err ]] && [ ! "$(ls "$TMPDIR")" ]; then
		echo "ok $number - $name"
	else
		echo "not ok $number - $name"
		echo "# exit status $got, wanted $status; left: $(ls "$TMPDIR")"
		sed 's/^/# /' "$tmp/out" "$tmp/err"
	fi
}

echo 1..5
check "output comes byte for byte, and the exit status" 3 'a\r\n\tb\0001' '' \
	bash -c 'printf "a\r\n\tb\001"; exit 3'
check "a hang ends at the time limit" 124 'up\n' 'not done after 10 seconds' \
	--timeout 10 bash -c 'echo up; sleep 100'
check "a guest that dies is told from one that is done" 70 '' 'guest died' \
	bash -c 'echo o >/proc/sysrq-trigger; sleep 100'
check "a panic is a failure" 71 '' 'Kernel panic' \
	bash -c 'echo c >/proc/sysrq-trigger; sleep 100'
check "a kernel warning fails a command that went well" 71 '' 'WARNING: no' \
	bash -c 'echo "<4>WARNING: not well" >/dev/kmsg'

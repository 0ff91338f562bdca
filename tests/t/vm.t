#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# tests/vm/boot ends whatever happens to the guest, reports it, and leaves nothing
# behind.
# places: 1
# slow:
set -u
cd "$(dirname "$0")/../.." || exit

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# boot makes its private folder in here.
export TMPDIR=$tmp/private
mkdir "$TMPDIR"

number=0
# check NAME STATUS STDOUT STDERR BOOT-ARGUMENT...: STDOUT is the whole output, as
# printf %b prints it, and STDERR a pattern in the messages.
check() {
	local name=$1 status=$2 out=$3 err=$4 got=0
	shift 4
	tests/vm/boot --kernel "${KERNEL:-6.1}" --timeout 600 "$@" \
		>"$tmp/out" 2>"$tmp/err" || got=$?
	number=$((number + 1))
	if [ "$got" = "$status" ] && printf %b "$out" | cmp - "$tmp/out" &&
		[[ $(<"$tmp/err") =~ $err ]] && [ ! "$(ls "$TMPDIR")" ]; then
		echo "ok $number - $name"
	else
		echo "not ok $number - $name"
		{
			echo "exit status $got, wanted $status; left: $(ls "$TMPDIR")"
			cat "$tmp/out" "$tmp/err"
		} | sed 's/^/# /' >&2
	fi
}

echo 1..5
check "the command's output and exit status are passed on" 3 'a\r\n\tb\0001' '' \
	bash -c 'printf "a\r\n\tb\001"; exit 3'
# Whether the guest is up by then does not matter.
check "a hang ends at the time limit" 124 '' 'not done after 10 seconds' \
	--timeout 10 bash -c 'while :; do :; done'
check "a guest that dies is told apart from a command that ends" 70 '' 'guest died' \
	bash -c 'echo o >/proc/sysrq-trigger; sleep infinity'
check "a panic is a failure" 71 '' 'Kernel panic' \
	bash -c 'echo c >/proc/sysrq-trigger; sleep infinity'
check "a kernel warning is a failure, whatever the command's exit status" 71 '' 'WARNING: no' \
	bash -c 'echo "<4>WARNING: not well" >/dev/kmsg'

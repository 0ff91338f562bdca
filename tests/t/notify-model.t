#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The multicast group sends every event that comes after a listener joined,
# however it interleaves with loading the module and with other events: spin
# goes through all of it in tests/recorder/notify.pml. And it finds what goes
# wrong with the order that was there before.
# patient:
set -u
# shellcheck source-path=SCRIPTDIR source=../recorder/lib.sh
. "$(dirname "$0")/../recorder/lib.sh"

# search NAME FLAG...: what the verifier says goes into $tmp/NAME.out.
search() {
	local dir=$tmp/$1
	shift
	mkdir "$dir"
	(cd "$dir" && spin "$@" -a "$here/notify.pml" &&
		gcc -O1 -w -DSAFETY -o pan pan.c && ./pan -m100000) \
		>"$dir.out" 2>&1
}

# is_right NAME: no error, and no state was left out for want of room.
is_right() {
	grep -q 'errors: 0$' "$tmp/$1.out" &&
		! grep -qE 'not completed|too small|truncated' "$tmp/$1.out"
}

is_wrong() {
	grep -q 'assertion violated' "$tmp/$1.out"
}

search RIGHT
ok 'an event after a listener joined is sent' "$tmp/RIGHT.out" is_right RIGHT
for name in NO_ORDER LATE_CURSOR NO_FIRST_PUMP; do
	search "$name" "-D$name"
	ok "goes wrong with $name" "$tmp/$name.out" is_wrong "$name"
done

finish

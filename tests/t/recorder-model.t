#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What module/recorder.c guarantees, it does in every interleaving there is, as
# weak as the kernel's memory model has memory: spin goes through all of them in
# tests/recorder/recorder.pml. And it finds what goes wrong without each of the
# barriers and looks.
set -u
# shellcheck source-path=SCRIPTDIR source=../recorder/lib.sh
. "$(dirname "$0")/../recorder/lib.sh"

lapped=(-DWRITERS=1 -DFIRST=6)
# What one writer of these is late for, the other does meanwhile.
late=(-DWRITERS=2 -DFIRST=1 -DSECOND=4)
later=(-DWRITERS=2 -DFIRST=2 -DSECOND=2)
small=(-DWRITERS=2 -DFIRST=1 -DSECOND=3)

# search NAME OPTIMIZE FLAG...: builds and runs the verifier that spin makes of the
# model; what it says goes into $tmp/NAME.out.
search() {
	local dir=$tmp/$1 optimize=$2
	shift 2
	mkdir "$dir"
	(
		cd "$dir" &&
			spin "$@" -a "$here/recorder.pml" &&
			gcc "$optimize" -w -DSAFETY -DCOLLAPSE -DMEMLIM=2000 \
				-o pan pan.c &&
			timeout 200 ./pan -m10000 -w22
	) >"$dir.out" 2>&1
	rm -rf "$dir"
}

# right NAME: no error, and no state was left out for want of room.
right() {
	grep -q 'errors: 0$' "$tmp/$1.out" &&
		! grep -qE 'not completed|too small|MEMLIM' "$tmp/$1.out" &&
		grep 'states, stored' "$tmp/$1.out" | sed 's/^ */# /'
}

# An error of the model's, not of the tools': one of its assertions.
wrong() {
	search "$1" -O0 "${small[@]}" "-DNO_$1"
	grep 'assertion violated' "$tmp/$1.out" | sed 's/^pan:1:/#/' | grep .
}

# The long one all the while.
search late -O2 "${late[@]}" &

search lapped -O0 "${lapped[@]}"
ok 'a writer laps a reader' "$tmp/lapped.out" right lapped
search later -O2 "${later[@]}"
ok 'two writers at one slot' "$tmp/later.out" right later

for without in A B C D E_WRITER E_READER F_WRITER F_READER \
	CMPXCHG ODD_LOOK NEWER_LOOK SECOND_LOOK SKIPPED WAKE_OF_DROPPED \
	OLDEST_OF_FIRST_LAP; do
	ok "goes wrong without $without" "$tmp/$without.out" wrong "$without"
done

wait
ok 'a writer is two laps late' "$tmp/late.out" right late

finish

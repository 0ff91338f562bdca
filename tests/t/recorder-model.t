#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# module/recorder.c keeps its guarantees in every interleaving, with memory as weak
# as the kernel's memory model allows: spin goes through all of them in
# tests/recorder/recorder.pml. Without each of the barriers and checks, spin finds
# what goes wrong.
# patient:
# slow:
set -u
# shellcheck source-path=SCRIPTDIR source=../recorder/lib.sh
. "$(dirname "$0")/../recorder/lib.sh"

# What the writers write: how many events, and which of them are signals.
declare -A writers=(
	[wrapped]='-DN=2 -DRAISED -DWRITERS=1 -DFIRST=9,124'
	[wrapped1]='-DN=1 -DRAISED -DWRITERS=1 -DFIRST=9,62'
	[slot]='-DN=1 -DWRITERS=2 -DFIRST=2,0 -DSECOND=1,0'
	[slots]='-DN=1 -DWRITERS=2 -DFIRST=2,2 -DSECOND=1,0'
	[late]='-DN=2 -DWRITERS=2 -DFIRST=1,0 -DSECOND=3,0'
	[both]='-DN=2 -DWRITERS=2 -DFIRST=2,0 -DSECOND=2,3'
	[short]='-DN=1 -DWRITERS=1 -DFIRST=7,62'
	[three]='-DN=1 -DWRITERS=3 -DFIRST=1,0 -DSECOND=1,0 -DTHIRD=1,0'
)
declare -A names=(
	[wrapped]='a writer of both kinds overtakes a reader, and slot indexes wrap'
	[wrapped1]='the same in the smallest rings'
	[slot]='two writers at one slot'
	[slots]='two writers at one slot, and a signal'
	[late]='a writer is a round late'
	[both]='a writer of lifecycle events, and one of signals'
)
right=(late both slot slots wrapped wrapped1)

# What is left out, and the writers that are enough to show it.
declare -A without=(
	[short]='C D E_WRITER E_READER F_WRITER F_READER G SECOND_LOOK
		SKIPPED_SINCE ROUND_LOOK OVERWRITTEN OVERWRITTEN_AGAIN
		AWAITED_HEAD AWAITED AWAITED_OLDEST BUSY_READ FIRST_OF_SIGNALS
		FIRST_OF_LIFECYCLE OLDEST_BY_NUMBER LOOK_AT_BOTH
		INDEX_OF_SIGNAL STEP_OF_SIGNAL A B'
	[slots]='CMPXCHG BUSY_LOOK NEWER_LOOK SKIPPED SKIPPED_LOOK
		WAKE_OF_DROPPED'
	[three]='NEWER_SKIPPED'
)

# search NAME OPTIMIZE FLAG...: builds and runs the verifier that spin makes of
# the model; what it says goes into $tmp/NAME.out.
search() {
	local dir=$tmp/$1 optimize=$2
	shift 2
	mkdir "$dir"
	(
		cd "$dir" &&
			spin "$@" -a "$here/recorder.pml" &&
			gcc "$optimize" -w -DSAFETY -DCOLLAPSE -DMEMLIM=2000 \
				-o pan pan.c &&
			./pan -m10000 -w22
	) >"$dir.out" 2>&1
	rm -rf "$dir"
}

# is_right NAME: no error, and no state was left out for want of room.
is_right() {
	grep -q 'errors: 0$' "$tmp/$1.out" &&
		! grep -qE 'not completed|too small|MEMLIM|truncated' "$tmp/$1.out" &&
		grep 'states, stored' "$tmp/$1.out" | sed 's/^ */# /'
}

# is_wrong NAME: an error of the model's, not of the tools': of its assertions.
is_wrong() {
	grep 'assertion violated' "$tmp/$1.out" | grep -v 'invalid array' |
		sed 's/^pan:1:/#/' | grep .
}

search_right() {
	local name flags
	for name in "${right[@]}"; do
		read -ra flags <<<"${writers[$name]}"
		search "$name" -O1 "${flags[@]}"
	done
}

search_wrong() {
	local case name flags
	for case in "${!without[@]}"; do
		read -ra flags <<<"${writers[$case]}"
		for name in ${without[$case]}; do
			search "$name" -O0 "${flags[@]}" "-DNO_$name"
		done
	done
}

search_right &
search_wrong &
wait
for name in "${right[@]}"; do
	ok "${names[$name]}" "$tmp/$name.out" is_right "$name"
done
for case in "${!without[@]}"; do
	for name in ${without[$case]}; do
		ok "goes wrong without $name" "$tmp/$name.out" is_wrong "$name"
	done
done

finish

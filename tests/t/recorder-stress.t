#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# module/recorder*.c, built for user space as they are, keep their guarantees: with
# interrupts at every point, and under threads; ThreadSanitizer finds no race but
# the intended one. Each mutant in tests/recorder/mutants must make these fail.
# The threads wait for one another, and would take long beside other work: hence
# two places.
# places: 2
# slow:
set -u
# shellcheck source-path=SCRIPTDIR source=../recorder/lib.sh
. "$(dirname "$0")/../recorder/lib.sh"

# The kernel compares signed with unsigned, and leaves parameters unused.
flags=(-std=gnu11 -g -O2 -pthread -Wall -Wextra -Wno-sign-compare
	-Wno-unused-parameter -Wno-tsan
	-include "$here/event.h" -I"$here" -I"$top/uapi")

declare -A source=([wraps]=wraps [far]=wraps [farther]=wraps
	[stress]=stress [race]=stress)
declare -A options=([wraps]=-g [far]=-g [farther]=-g
	[stress]=-g [race]=-fsanitize=thread)
declare -A arguments=([wraps]=16 [far]="16 far" [farther]="262144 far"
	[stress]="16 1000000" [race]="16 300000")

export TSAN_OPTIONS=halt_on_error=1

# compile PROGRAM [FLAG...]
compile() {
	local program=$1
	shift
	gcc "${flags[@]}" "${options[$program]}" "$@"
}

# build DIR PROGRAM: with the recorder in DIR, which only actors.c has inlined.
build() {
	local file rest=()
	for file in sim "${source[$2]}"; do
		rest+=("$tmp/$2-$file.o")
		[ -e "${rest[-1]}" ] ||
			compile "$2" -I"$1" -c -o "${rest[-1]}" "$here/$file.c" || return
	done
	compile "$2" -I"$1" -o "$1/$2" "$1"/recorder*.c "$here/actors.c" \
		"${rest[@]}"
}

# run DIR PROGRAM [ARGUMENT...]: ends it as hung after ten minutes.
run() {
	local dir=$1 program=$2
	shift 2
	[ $# -gt 0 ] || read -ra set <<<"${arguments[$program]}"
	timeout 600 "$dir/$program" "${@:-${set[@]}}"
}

# good NAME PROGRAM ARGUMENT...: runs the unchanged recorder.
good() {
	local name=$1
	shift
	run "$tmp" "$@" >"$tmp/$name.out" 2>&1 && : >"$tmp/$name.good"
}

# was_good NAME: that run passed.
was_good() {
	[ -e "$tmp/$1.good" ]
}

# notices PROGRAM DIR: the program built in DIR fails, and not by time-out.
notices() {
	local status=0
	run "$2" "$1" >"$2/out" 2>&1 || status=$?
	echo "$1: exit status $status" >>"$2/out"
	[ "$status" != 0 ] && [ "$status" != 124 ]
}

# mutant DIR PROGRAMS EXPRESSION: each of the programs notices the mutant.
mutant() {
	local dir=$1 who file changed=
	for file in "$top"/module/recorder*.[ch]; do
		sed "$3" "$file" >"$dir/${file##*/}"
		cmp -s "$file" "$dir/${file##*/}" || changed=1
	done
	echo 'nothing is left out' >"$dir/out"
	[ "$changed" ] || return 1
	for who in $2; do
		build "$dir" "$who" >"$dir/out" 2>&1 &&
			notices "$who" "$dir" || return 1
	done
}

# lane FIRST: runs every second mutant.
lane() {
	local i dir
	for ((i = $1; i < ${#names[@]}; i += 2)); do
		dir=$tmp/mutant$i
		mkdir "$dir"
		mutant "$dir" "${who[i]}" "${expressions[i]}" && : >"$dir/noticed"
		rm -f "$dir"/{wraps,far,farther,stress,race}
	done
}

cp "$top"/module/recorder*.[ch] "$tmp"
for program in wraps far farther stress race; do
	build "$tmp" "$program" >&2 ||
		{ echo "Bail out! $program does not build"; exit 1; }
done

# On one thread each.
{ good near wraps 16; good wide wraps 64; } &
{ good far far 16 far; good farther farther 262144 far; } &
wait
# With as many events as every mutant is noticed with.
good stress stress 16 1000000
good wide-stress stress 1024 1000000
good race race 16 300000
good wide-race race 1024 300000

verdict() {
	ok "$2" "$tmp/$1.out" was_good "$1"
}

verdict near 'interrupted at every point'
verdict wide 'in larger rings, too'
verdict far 'slot indexes wrap'
verdict farther 'in the largest rings, too'
verdict stress 'under threads, in rings that wrap all the time'
verdict wide-stress 'under threads, in larger rings'
verdict race 'no race, in rings that wrap all the time'
verdict wide-race 'no race in larger rings'

while IFS=$'\t' read -r name programs expression; do
	names+=("$name")
	who+=("$programs")
	expressions+=("$expression")
done < <(grep -v '^#' "$here/mutants")
lane 0 &
lane 1 &
wait
for i in "${!names[@]}"; do
	ok "noticed: ${names[i]}" "$tmp/mutant$i/out" test -e "$tmp/mutant$i/noticed"
done

finish

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The tool prints each event once, in order, or reports which events are lost.
set -eu
# shellcheck source=tests/t/tool-lib.sh
. "$(dirname "$0")/tool-lib.sh"
build fake client.o "$here/fake-client.c"

# delivers NAME EXPECTED NEXT DUMPS SENT ARGUMENT...: from the fake's FAKE_NEXT,
# FAKE_DUMPS and FAKE_SENT the tool makes EXPECTED: numbers of events, lN+M for M
# events lost from N on, and then dN for each dump since N that it asked for. Each
# line is strict JSON.
delivers() {
	local name=$1 expected=$2 next=$3 dumps=$4 sent=$5
	shift 5
	FAKE_TRACE=1 FAKE_NEXT=$next FAKE_DUMPS=$dumps FAKE_SENT=$sent \
		timeout "$guard" "$tmp/fake" "$@" -j >"$tmp/out" 2>"$tmp/err" || true
	is "$name" "$(json_lines "$tmp/out" && python3 -c '
import json, sys
dumps = [l.split()[1] for l in open(sys.argv[2]) if l.startswith("dump")]
out = []
for line in open(sys.argv[1]):
    e = json.loads(line)
    out.append("l%d+%d" % (e["first_seq"], e["count"])
               if e["event"] == "lost" else str(e["seq"]))
print(" ".join(out + ["d" + d for d in dumps]))' "$tmp/out" "$tmp/err")" "$expected"
}

delivers 'watch starts with what is new' '5 6 7' 5 '' '5-7X' watch
delivers 'older ones still in flight are not new' '5 6' 5 '' '2-6X' watch
delivers 'watch --all' '3 4 5 6 d0' 6 3-5 '3-6X' watch --all
delivers 'watch --all, nothing recorded' '1 2 d0' 1 '' '1-2X' watch --all
delivers 'a gap is filled by a dump' '5 6 7 8 9 d6' 5 '6-8;' '5 8 9X' watch
delivers 'a dump is ahead of what is sent' '5 6 7 8 9 10 11 d6' 5 '6-10;' '5 8-11X' watch
delivers 'what the dump lacks is reported as lost' '5 l6+2 8 9 d6' 5 '8;' '5 8 9X' watch
delivers 'so is all of it when the dump is empty' '5 l6+2 8 9 d6' 5 ';' '5 8 9X' watch
delivers 'an overrun' '5 6 7 8 9 d7' 5 '7-8;' '5 6 ! ~ 9X' watch
delivers 'an overrun with events left to read' '5 6 7 8 9 d8' 5 '8;' '5 ! 6 7 ~ 9X' watch
delivers 'an overrun, the last events gone with it' '5 6 7 8 d6' 5 '6-8;' '5 ! ~ X' watch
delivers 'an overrun, then a gap' '5 6 7 8 9 d6 d10' 5 '6-9;;' '5 ! 9 ~ X' watch
delivers 'a dump that the ring has overtaken' '5 l6+14 20 21 22 d6' 5 '20-21;' '5 8 9 20 21 22X' watch
delivers 'an announcement among events' '5 6 7' 5 '' '5 S 6 7X' watch
delivers 'an announcement while a dump fills a gap' '5 6 7 8 9 d6' 5 '6-8;' '5 8 S 9X' watch
delivers 'an announcement in an overrun' '5 6 7 8 9 d7' 5 '7-8;' '5 6 ! S ~ 9X' watch
delivers 'watch --since' '3 4 5 6 d3' 5 '3-4;' '4-6X' watch --since 3
delivers 'watch --since, too old' 'l1+2 3 4 5 d1' 5 '3-4;' '5X' watch --since 1
delivers 'watch --since 0 is 1' '1 2 3 d1' 3 '1-2;' '3X' watch --since 0
delivers 'watch --since an event to come' '7 8 d7' 5 ';' '5-8X' watch --since 7
delivers 'log' '3 4 5 d0' 6 '3-5' '' log
delivers 'log of nothing' 'd0' 1 '' '' log
delivers 'log --since' '4 5 d4' 6 '4-5' '' log --since 4
delivers 'log --since an event to come' 'd9' 6 '' '' log --since 9
delivers 'log --since, too old' 'l1+2 3 4 5 d1' 6 '3-5' '' log --since 1

# Events are 1,000 s apart, since boot.
export FAKE_STEP=1000000000000
booted=$(sed -n 's/^btime //p' /proc/stat)

# at SECONDS: prints that time since boot, as an option has it.
at() {
	echo "@$((booted + $1))"
}
delivers 'log --since a time' '4 5 d1' 6 '3-5' '' log --since "$(at 3500)"
delivers 'log --until' '3 4 d0' 6 '3-5' '' log --until "$(at 4500)"
delivers 'log --since --until' '4 d1' 6 '2-5' '' log --since "$(at 3500)" --until "$(at 4500)"
delivers 'watch --since a time' '4 5 6 d1' 5 '3-4;' '4-6X' watch --since "$(at 3500)"
delivers 'lost before --since' '4 5 d1' 6 '3-5' '' log --since "$(at 3500)"
delivers 'lost, maybe after --since' 'l1+2 3 4 5 d1' 6 '3-5' '' log --since "$(at 1500)"
delivers 'lost, maybe before --until' '3 l4+2 d0' 7 '3 6' '' log --until "$(at 4500)"
delivers 'lost after --until' '3 d0' 8 '3 4 7' '' log --until "$(at 3500)"
delivers 'lost at the end of a time' 'l5+2 d1 d5' 7 '3-4;' '' log --since "$(at 4500)"
unset FAKE_STEP

delivers 'log, events dropped between' '3 l4+2 6 d0' 7 '3 6' '' log
delivers 'log, overtaken at its end' '3 4 l5+2 d0 d5' 7 '3-4;' '' log
delivers 'log, a dump that ends early is continued once' '3 4 5 6 d0 d5' 7 '3-4;5-6' '' log
delivers 'log, a dump that waits too long for a writer goes on from there' '3 4 5 6 d0 d5' 7 '3-4A;5-6' '' log
delivers 'log, a writer that is not done before its first event' '3 4 d0 d0' 5 'A;3-4' '' log
delivers 'log, a writer that is never done' "3 l4+1 d0$(printf ' d4%.0s' {1..20})" \
	5 "3A$(printf ';A%.0s' {1..20})" '' log
FAKE_OLDEST=3 delivers 'log, a writer of the first event that is never done' \
	"l3+2$(printf ' d0%.0s' {0..20})" 5 "A$(printf ';A%.0s' {1..20})" '' log
FAKE_OLDEST=3 delivers 'watch --all, a writer of the first event that is never done' \
	"l3+2 5 6$(printf ' d0%.0s' {0..20}) d3" 5 "A$(printf ';A%.0s' {1..20});" '5-6X' watch --all
delivers 'log, each dump ends early after an event' '3 4 5 l6+1 d0 d4 d5 d6' 7 '3;4;5;' '' log
delivers 'watch, a dump that waits too long for a writer' '5 6 7 8 9 d6 d7' 5 '6A;7-8;' '5 8 9X' watch
delivers 'a newer event in the dump of a log' '3 4 5 6 d0' 6 '3-6' '' log
delivers 'lost events pass all filters' 'l1+2 d1' 4 '3' '' log --since 1 --comm x \
	--pid 1 --pidns 1 --container x --event teardown-end
delivers 'a filter by pid' '4 d0' 6 '3-5' '' log --pid 5000041
delivers 'a filter by type' '3 d0' 4 3 '' log --event teardown-end,reparent
delivers 'a filter by type hides other types' 'd0' 4 3 '' log --event teardown-end

for size in 1 1073741823; do
	FAKE_TRACE=1 FAKE_SENT=X capture "$tmp/fake" watch --rcvbuf $size
	is '--rcvbuf sets the receive buffer' \
		"$(grep ^rcvbuf "$tmp/err")" "rcvbuf $size"
done
FAKE_NEXT=1 FAKE_SENT='1X' capture "$tmp/fake" watch
is 'watch fails when the module is unloaded' "$status $(cat "$tmp/err")" '1 nsorphan: the module was unloaded'
is 'watch prints what the module sent before' "$(wc -l <"$tmp/out")" 1
finish

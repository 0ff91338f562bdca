#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Which signal a process was sent last, and how much explain concludes where not
# all signals were recorded: see last-signal.c.
set -eu
# shellcheck source=tests/t/tool-lib.sh
. "$(dirname "$0")/tool-lib.sh"
build last-signal 'client.o\|nsorphan.o' "$here/fake-client.c" \
	"$here/last-signal.c"

export FAKE_SIGNALS='15:1000010:2000001:0' FAKE_RECORDED=1

# knows NAME NEXT DUMPS ARGUMENT EXPECTED: as FAKE_NEXT and FAKE_DUMPS have it,
# last-signal prints EXPECTED for ARGUMENT.
knows() {
	is "$1" "$(FAKE_NEXT=$2 FAKE_DUMPS=$3 "$tmp/last-signal" "$4")" "$5"
}
knows 'all events are recorded' 10 1-9 2:4 all
knows 'events before the signal are overwritten' 10 4-9 2:4 all
knows 'events before the signal are lost' 10 '1-2 4-9' 2:4 all
knows 'events after the signal are lost' 10 '1-4 6-9' 2:4 some
knows 'the last events are lost' 10 '1-8;' 2:4 some
knows 'the signal itself is not recorded' 10 1-9 2:0 some
FAKE_MISSED=1 knows 'a probe missed hits' 10 1-9 2:4 some
FAKE_RECORDED=0 knows 'recording is switched off' 10 1-9 2:4 off
knows 'signals of the initial namespace are not recorded' 10 1-9 4026531836:4 off
FAKE_RECORDED=3 knows 'signals=contained does not record those either' 10 1-9 4026531836:4 off
FAKE_RECORDED=3 knows 'but those of a container in it' 10 1-9 -4026531836:4 all
knows 'signals=namespaced does not' 10 1-9 -4026531836:4 off
FAKE_RECORDED=2 knows 'signals=all records those of the initial namespace' 10 1-9 4026531836:4 all
FAKE_RECORDED=2 knows 'signals=all records those of another namespace' 10 1-9 2:4 all

# The fake's event N is from N us after boot.
knows 'a process older than the first event, which is number 1' 10 1-9 2@0 all
knows 'a process older than the oldest event' 10 4-9 2@3500 some
knows 'a process younger than the oldest event' 10 4-9 2@4500 all
knows 'a process older than lost events' 10 '1-4 6-9' 2@4500 some
knows 'a process younger than lost events' 10 '1-4 6-9' 2@6000 all
knows 'a process older than the last events, which are lost' 10 '1-8;' 2@8500 some
knows 'no event at all' 1 '' 2@1000 all
FAKE_LOADED=2000 knows 'a process older than the module' 10 1-9 2@1000 late
FAKE_LOADED=2000 knows 'a process younger than the module' 10 1-9 2@3000 all
FAKE_LOADED=2000 knows 'one older than the module and the oldest event' 10 4-9 2@1000 some

FAKE_SIGNALS='15:1000010:2000001:0 1:1000010:2000001:0 15:0:2000001:0 2:1000010:3000001:0' \
	knows 'the last signal that asks the process to end' 10 1-9 2000001 '15 of event 9'
FAKE_SIGNALS='15:1000010:2000001:0 1:1000010:2000001:0 15:0:2000001:0 2:1000010:3000001:0' \
	knows 'the last signal of another process' 10 1-9 3000001 '2 of event 8'
FAKE_SIGNALS='1:1000010:2000001:0 15:0:2000001:0' \
	knows 'a signal from the kernel does not count' 10 1-9 2000001 '1 of event 9'
FAKE_SIGNALS='15:1000010:2000001:0 28:1000010:2000001:0 20:1000010:2000001:0' \
	knows 'a signal that ends nobody does not count' 10 1-9 2000001 '15 of event 7'
knows 'a process that was sent nothing' 10 1-9 2000002 '0 of event 0'
finish

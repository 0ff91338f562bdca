#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What explain takes for granted of signals that are not recorded: see sent.c.
set -eu
# shellcheck source=tests/t/tool-lib.sh
. "$(dirname "$0")/tool-lib.sh"
build sent 'client.o\|nsorphan.o' "$here/fake-client.c" "$here/sent.c"

export FAKE_SIGNALS='15:1000010:2000001:0' FAKE_RECORDED=1

# knows NAME NEXT DUMPS ARGUMENT EXPECTED
knows() {
	is "$1" "$(FAKE_NEXT=$2 FAKE_DUMPS=$3 "$tmp/sent" "$4")" "$5"
}
knows 'all is there' 10 1-9 2:4 all
knows 'what came before it is gone' 10 4-9 2:4 all
knows 'some before it are lost' 10 '1-2 4-9' 2:4 all
knows 'some behind it are lost' 10 '1-4 6-9' 2:4 some
knows 'the last are lost' 10 '1-8;' 2:4 some
knows 'it is not recorded itself' 10 1-9 2:0 some
FAKE_MISSED=1 knows 'the kernel told nothing of some' 10 1-9 2:4 some
FAKE_RECORDED=0 knows 'switched off' 10 1-9 2:4 off
knows 'the initial namespace' 10 1-9 4026531836:4 off
FAKE_RECORDED=2 knows 'which all has, too' 10 1-9 4026531836:4 all
FAKE_RECORDED=2 knows 'a namespace of which all has all' 10 1-9 2:4 all

# The fake's event N is from N us after boot.
knows 'since a start before the first event, but it is number 1' 10 1-9 2@0 all
knows 'since a start before the first that is left' 10 4-9 2@3500 some
knows 'since a start behind that' 10 4-9 2@4500 all
knows 'since a start before some that are lost' 10 '1-4 6-9' 2@4500 some
knows 'since a start behind them' 10 '1-4 6-9' 2@6000 all
knows 'since a start before the last, which are lost' 10 '1-8;' 2@8500 some
knows 'nothing was recorded at all' 1 '' 2@1000 all

FAKE_SIGNALS='15:1000010:2000001:0 1:1000010:2000001:0 15:0:2000001:0 2:1000010:3000001:0' \
	knows 'the last that asks it to end' 10 1-9 2000001 '15 of event 9'
FAKE_SIGNALS='15:1000010:2000001:0 1:1000010:2000001:0 15:0:2000001:0 2:1000010:3000001:0' \
	knows 'of several processes' 10 1-9 3000001 '2 of event 8'
FAKE_SIGNALS='1:1000010:2000001:0 15:0:2000001:0' \
	knows 'what the kernel sent does not count' 10 1-9 2000001 '1 of event 9'
knows 'nobody' 10 1-9 2000002 '0 of event 0'
finish

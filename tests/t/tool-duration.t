#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Durations in text have a unit that fits them, and are rounded down.
set -eu
# shellcheck source=tests/t/tool-lib.sh
. "$(dirname "$0")/tool-lib.sh"
build duration nsorphan.o "$here/duration.c"

# reads NS EXPECTED
reads() {
	is "$1 ns" "$("$tmp/duration" "$1")" "$2"
}
reads 0 '0 ns'
reads 999 '999 ns'
reads 1000 '1.0 us'
reads 999999 '999.9 us'
reads 21390000 '21.3 ms'
reads 999999999 '999.9 ms'
reads 4900000000 '4.9 s'
reads 119999999999 '119.9 s'
reads 120000000000 '2 min 0 s'
reads 7199000000000 '119 min 59 s'
reads 7200000000000 '2 h 0 min'
reads 18446744073709551615 '5124095 h 34 min'
finish

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# --since and --until take times as journalctl does.
set -eu
# shellcheck source=tests/t/tool-lib.sh
. "$(dirname "$0")/tool-lib.sh"
build times nsorphan.o "$here/times.c"
export TZ=UTC-2 # two hours ahead

# reads TEXT EXPECTED
reads() {
	is "'$1'" "$("$tmp/times" "$1")" "$2"
}
reads '2099-11-23 20:30:15' '2099-11-23 18:30:15.0'
reads '2099-11-23T20:30:15.2' '2099-11-23 18:30:15.2'
reads '2099-11-23T20:30:15.2Z' '2099-11-23 20:30:15.2'
reads '2099-11-23T20:30Z' '2099-11-23 20:30:00.0'
reads '2099-11-23 20:30' '2099-11-23 18:30:00.0'
reads '2099-11-23' '2099-11-22 22:00:00.0'
reads '@4098000000' '2099-11-10 13:20:00.0'
reads 1971-01-01 boot
reads @0 boot
reads 60000d boot
is "'23:59:59'" "$("$tmp/times" 23:59:59)" \
	"$(date -ud "TZ=\"UTC-2\" 23:59:59" '+%F %T').0"
for ago in 0=0s 0=now 1=1s 60=1m 61=1m1s; do
	is "$ago" "$("$tmp/times" "$ago")" yes
done
for text in '' x 1 1x m 1m1 1.5h -1m +1m ' 1m' '1 m' 24:00 20:60 '20:30 ' 2099-13-01 \
	2099-11-23T 2099-11-23Tx '2099-11-23 20:30:15.' '2099-11-23 20:30:15.1x' \
	'@' '@x' '@-1' tomorrow 99999999999999999999s 18446744073709551615w; do
	reads "$text" none
done
finish

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Which freezer holds a process, wherever its hierarchy is mounted: freezer.c.
set -eu
# shellcheck source=tests/t/tool-lib.sh
. "$(dirname "$0")/tool-lib.sh"
build freezer nsorphan.o "$here/freezer.c" -Wl,--wrap=procfs_read_whole_file

export MOUNTINFO=$tmp/mountinfo

# mounted FOLDER TYPE OPTIONS: a hierarchy, as mountinfo has it.
mounted() {
	echo "31 23 0:28 / ${1// /\\040} rw,relatime shared:9 - $2 cgroup $3"
}

# frozen LINE...: of a process with these in its /proc/PID/cgroup.
frozen() {
	mkdir -p "$tmp/pid"
	printf '%s\n' "$@" >"$tmp/pid/cgroup"
	"$tmp/freezer" "$tmp/pid"
}

# cgroup PATH FILE CONTENT
cgroup() {
	mkdir -p "$1"
	printf '%s\n' "$3" >"$1/$2"
}

both=$tmp/cpu,freezer
odd="$tmp/a folder"
v2=$tmp/unified
cgroup "$both/cold" freezer.state FROZEN
cgroup "$both/cooling" freezer.state FREEZING
cgroup "$both/warm" freezer.state THAWED
cgroup "$odd/cold" freezer.state FROZEN
cgroup "$v2/cold" cgroup.freeze 1
cgroup "$v2/cold" cgroup.events $'populated 1\nfrozen 1'
mkdir "$v2/cold/below"
cgroup "$v2/cooling" cgroup.freeze 1
cgroup "$v2/cooling" cgroup.events $'populated 1\nfrozen 0'
cgroup "$v2/warm" cgroup.freeze 0
cgroup "$v2/warm" cgroup.events $'populated 1\nfrozen 0'

{
	echo '22 1 0:20 / /proc rw - proc proc rw'
	echo "40 23 0:28 /docker/x $tmp/part rw - cgroup cgroup rw,freezer"
	mounted "$tmp/pids" cgroup rw,pids
	mounted "$both" cgroup rw,cpu,freezer
	mounted "$v2" cgroup2 rw,nsdelegate
} >"$MOUNTINFO"
is 'mounted with another controller' "$(frozen '4:cpu,freezer:/cold' 0::/)" "v1 THAWED $both/cold/freezer.state"
is 'named first' "$(frozen '4:freezer,cpu:/cold' 0::/)" "v1 THAWED $both/cold/freezer.state"
is 'not frozen yet' "$(frozen '4:cpu,freezer:/cooling' 0::/)" "v1 partly THAWED $both/cooling/freezer.state"
is 'thawed' "$(frozen '4:cpu,freezer:/warm' 0::/)" not
is 'another cgroup' "$(frozen '4:cpu,freezer:/none' 0::/)" not
is 'a controller that is only called alike' "$(frozen '4:cpu,freezers:/cold')" not
is 'a path that looks like a controller' "$(frozen '5:pids:/x:freezer:/cold')" not
is 'v2' "$(frozen 5:pids:/cold 0::/cold)" "v2 0 $v2/cold/cgroup.freeze"
is 'v2, by the cgroup above' "$(frozen 0::/cold/below)" "v2 0 $v2/cold/cgroup.freeze"
is 'v2, not frozen yet' "$(frozen 0::/cooling)" "v2 partly 0 $v2/cooling/cgroup.freeze"
is 'v2, thawed' "$(frozen 0::/warm)" not
is 'a file that is empty' "$(frozen '')" not

mounted "$odd" cgroup rw,freezer >"$MOUNTINFO"
is 'mounted on a folder with a blank' "$(frozen '4:freezer:/cold')" "v1 THAWED $odd/cold/freezer.state"
is 'v2 that is not mounted' "$(frozen '4:freezer:/warm' 0::/cold)" not
mounted "$both" cgroup rw,cpu,freezer | sed 's/- cgroup cgroup /- cgroup  /' >"$MOUNTINFO"
is 'mounted from nothing' "$(frozen '4:cpu,freezer:/cold')" "v1 THAWED $both/cold/freezer.state"
: >"$MOUNTINFO"
is 'nothing is mounted' "$(frozen '4:freezer:/cold' 0::/cold)" not
finish

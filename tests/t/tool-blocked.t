#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The names of system calls that processes of 64 and of 32 bits are blocked in:
# blocked.c.
set -eu
# shellcheck source=tests/t/tool-lib.sh
. "$(dirname "$0")/tool-lib.sh"
build blocked nsorphan.o "$here/blocked.c"

# A static ELF program for i386 that loops around pause(), which is number 29;
# for amd64 that is shmget().
python3 -c '
import struct, sys
code = bytes.fromhex("b81d000000 cd80 ebf7")
headers, base = 52 + 32, 0x8048000
size = headers + len(code)
sys.stdout.buffer.write(b"\x7fELF\1\1\1".ljust(16, b"\0") + struct.pack(
    "<2H5I6H8I", 2, 3, 1, base + headers, 52, 0, 0, 52, 32, 1, 0, 0, 0,
    1, 0, base, base, size, size, 5, 4096) + code)' >"$tmp/i386"
chmod +x "$tmp/i386"

# asleep PROGRAM [ARGUMENT]...: sets pid, once it sleeps in it.
asleep() {
	"$@" </dev/null 2>"$tmp/err" &
	pid=$!
	while [ "$(readlink "/proc/$pid/exe")" != "$(realpath "$(command -v "$1")")" ] ||
		! grep -q '^State:.S' "/proc/$pid/status"; do
		kill -0 "$pid" 2>/dev/null || return 1
		sleep 0.02
	done
}

# named NAME EXPECTED WIDTH PROGRAM...: WIDTH is compat, or empty.
named() {
	local name=$1 expected=$2 width=$3
	shift 3
	if ! asleep "$@"; then
		tests=$((tests + 1))
		echo "ok $tests - $name # SKIP it does not run here"
	elif ! cat "/proc/$pid/syscall" >/dev/null 2>&1; then
		tests=$((tests + 1))
		echo "ok $tests - $name # SKIP the kernel does not tell"
	else
		is "$name" "$("$tmp/blocked" ${width:+"$width"} "$pid")" "$expected"
	fi
	kill "$pid" 2>/dev/null || :
	wait "$pid" 2>/dev/null || :
}
named '64 bits' clock_nanosleep '' sleep 1000
named '32 bits' pause compat "$tmp/i386"
finish

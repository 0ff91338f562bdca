# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Shared by the tests of the tool: TAP, the tool itself, and a build of it that
# talks to an imaginary module (fake-client.c). What a test waits for is a state
# that the kernel or the tool shows, never a time.

# bash expands \u only in a locale that has the character.
export LC_ALL=C.UTF-8

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
tools=$top/tools
# shellcheck disable=SC2034 # for the tests
tool=$tools/nsorphan
tmp=$(mktemp -d)
trap 'jobs -p | xargs -r kill -KILL 2>/dev/null || :; rm -rf "$tmp"' EXIT

# Seconds after which a program is hung. No outcome depends on it otherwise.
guard=120

make -s -C "$tools" >&2 || { echo "Bail out! the tool does not build"; exit 1; }

# build NAME WITHOUT SOURCE...: links the sources with the objects of the tool but
# those that match the pattern WITHOUT.
build() {
	local name=$1 without=$2 objects
	shift 2
	mapfile -t objects < <(find "$tools" -name '*.c' -print |
		sed 's/c$/o/' | grep -v "$without")
	# shellcheck disable=SC2046 # flags are words
	gcc -std=gnu11 -Wall -Wextra -g -I"$tools" -I"$top/uapi" -o "$tmp/$name" \
		"$@" "${objects[@]}" \
		$(pkg-config --cflags --libs libnl-genl-3.0 json-c \
			smartcols libseccomp) >&2 ||
		{ echo "Bail out! $name does not build"; exit 1; }
}

tests=0
failed=0

# ok NAME COMMAND...: passes if the command succeeds.
ok() {
	local name=$1
	shift
	tests=$((tests + 1))
	if "$@"; then
		echo "ok $tests - $name"
	else
		echo "not ok $tests - $name"
		failed=$((failed + 1))
	fi
}

# is NAME GOT EXPECTED
is() {
	tests=$((tests + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $tests - $1"
	else
		echo "not ok $tests - $1"
		printf '%s\n' "$2" | sed 's/^/# got:      /' >&2
		printf '%s\n' "$3" | sed 's/^/# expected: /' >&2
		failed=$((failed + 1))
	fi
}

# capture COMMAND...: runs it and sets $status; standard output and standard error
# go to $tmp/out and $tmp/err.
# shellcheck disable=SC2034 # for the tests
capture() {
	status=0
	timeout "$guard" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
}

# json_lines FILE: each of its lines is an object in strict JSON; see json-lines.py.
json_lines() {
	python3 "$here/json-lines.py" "$1" >&2
}

# until_true COMMAND...: returns once the command succeeds.
until_true() {
	local end=$((SECONDS + guard))
	until "$@"; do
		if [ "$SECONDS" -gt "$end" ]; then
			echo "# never true in $guard s: $*" >&2
			exit 1
		fi
		sleep 0.02
	done
}

# says FILE LINE: the file has such a line.
says() {
	grep -qxF -e "$2" "$1"
}

# in_poll PID [forever]: the process sleeps in poll() or ppoll(), without a time
# limit if that is asked for. Numbers are those of x86 and of arm64.
in_poll() {
	local number limit
	read -r number _ _ limit _ 2>/dev/null <"/proc/$1/syscall" || return
	case $number in
	7) [ "${2:-}" != forever ] || [ "$limit" = 0xffffffff ] ;;
	271 | 73) [ "${2:-}" != forever ] || [ "$limit" = 0x0 ] ;;
	*) return 1 ;;
	esac
}

# idle PID TRACE: the fake client has nothing more to send, which it said in the
# file TRACE, and the tool waits without a time limit.
idle() {
	says "$2" sent && in_poll "$1" forever
}

# switches PID: how often the process went to sleep or was preempted.
switches() {
	grep -h ctxt_switches "/proc/$1/status"
}

# ended PID: waits for the end of a child and sets $status; one that hangs is
# killed.
ended() {
	status=0
	timeout "$guard" tail -s 0.02 --pid="$1" -f /dev/null || kill -KILL "$1"
	wait "$1" || status=$?
}

finish() {
	echo "1..$tests"
	[ "$failed" = 0 ]
}

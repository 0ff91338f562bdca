# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the tests of the tool share: TAP, the tool, and one with a module that
# is not there (fake-client.c).

# bash expands \u only in a locale that has the character.
export LC_ALL=C.UTF-8

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
tools=$top/tools
# shellcheck disable=SC2034 # for the tests
tool=$tools/nsorphan
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

make -s -C "$tools" >&2 || { echo "Bail out! the tool does not build"; exit 1; }

# build NAME WITHOUT SOURCE...: links it with the objects of the tool but WITHOUT.
build() {
	local name=$1 without=$2 objects
	shift 2
	mapfile -t objects < <(find "$tools" -name '*.c' -print |
		sed 's/c$/o/' | grep -v "$without")
	# shellcheck disable=SC2046 # flags are words
	gcc -std=gnu11 -Wall -Wextra -g -I"$tools" -I"$top/uapi" -o "$tmp/$name" \
		"$@" "${objects[@]}" \
		$(pkg-config --cflags --libs libnl-genl-3.0 yajl smartcols libseccomp) >&2 ||
		{ echo "Bail out! $name does not build"; exit 1; }
}

tests=0
failed=0

# ok NAME COMMAND...: the command succeeds.
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
		printf '%s\n' "$2" | sed 's/^/# got:      /'
		printf '%s\n' "$3" | sed 's/^/# expected: /'
		failed=$((failed + 1))
	fi
}

# capture COMMAND...: sets status; standard output and error go to files.
# shellcheck disable=SC2034 # for the tests
capture() {
	status=0
	timeout 20 "$@" >"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
}

finish() {
	echo "1..$tests"
	[ "$failed" = 0 ]
}

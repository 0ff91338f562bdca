# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the two tests of the recorder share: TAP, with what a failure printed.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck disable=SC2034 # for the tests
top=$(cd "$here/../.." && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

tests=0
failed=0

# ok NAME FILE COMMAND...: the command succeeds; FILE says why it does not.
ok() {
	local name=$1 why=$2
	shift 2
	tests=$((tests + 1))
	if "$@"; then
		echo "ok $tests - $name"
	else
		echo "not ok $tests - $name"
		tail -n 30 "$why" | sed 's/^/# /'
		failed=$((failed + 1))
	fi
}

finish() {
	echo "1..$tests"
	[ "$failed" = 0 ]
}

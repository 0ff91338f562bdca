#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What is printed in JSON, byte by byte: any string, and each line that a command
# prints. See json-strings.c and json-output.c.
set -eu
# shellcheck source=tests/t/tool-lib.sh
. "$(dirname "$0")/tool-lib.sh"
build strings nsorphan.o "$here/json-strings.c"
build output nsorphan.o "$here/json-output.c" -Wl,--wrap=clock_real_ns

python3 "$here/json-strings.py" input >"$tmp/in"
status=0
timeout "$guard" "$tmp/strings" <"$tmp/in" >"$tmp/out" || status=$?
is 'any string is printed' "$status" 0
ok 'any string: each line is JSON' json_lines "$tmp/out"
ok 'any string is escaped as JSON has it, with U+FFFD for what is no UTF-8' \
	python3 "$here/json-strings.py" check "$tmp/out"

capture "$tmp/output"
is 'every kind of line is printed' "$status $(cat "$tmp/err")" '0 '
ok 'every kind of line is JSON' json_lines "$tmp/out"
ok 'every kind of line has its members, in their order' \
	python3 "$here/json-output.py" "$tmp/out"
finish

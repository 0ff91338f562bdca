#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Whatever a process is called, JSON is valid and no terminal is harmed.
set -eu
# shellcheck source=tests/t/tool-lib.sh
. "$(dirname "$0")/tool-lib.sh"
build fake client.o "$here/fake-client.c"
export FAKE_NEXT=2 FAKE_DUMPS=1

json() {
	FAKE_COMM=$1 "$tmp/fake" log -j >"$tmp/out"
	ok "strict JSON: $(printf %q "$1")" json_lines "$tmp/out"
	ok "JSON: $(printf %q "$1")" python3 -c '
import json, os, sys
event, = map(json.loads, open(sys.argv[1], encoding="utf-8", newline="\n"))
expected = os.fsencode(sys.argv[2])[:15].decode("utf-8", "replace")
for member in "child", "old_parent", "new_parent":
    assert event[member]["comm"] == expected, (event[member]["comm"], expected)
' "$tmp/out" "$1"
}

json plain
json '"quoted"'
json "back\\slash\\"
json $'new\nline\r\t'
json $'\e[31mred\e]0;t\a'
json $'\x01\x1f\x7f'
json 'grün €'
json $'\xff\xfe'
json $'cut \xe2\x82'
json $'\xe2\x82x'
json $'\xc0\xaf\xe0\x80\xaf'
json $'\xed\xa0\x80'
json $'\xf0\x9f\x98\x80'
json $'\xf4\x90\x80\x80'
json $'\x80\xbf\x80'
json $'\xf0\x9f\x98'
json '12345678901234€'
json '</script>'
json ''

text() {
	local line
	line=$(FAKE_COMM=$2 LC_ALL=$1 "$tmp/fake" log)
	is "text, $1: $(printf %q "$2")" "${line#*4026531836    }" \
		"$3 5000010 orphaned by $3 5000011, adopted by $3 5000012"
}

for locale in C C.utf8; do
	text $locale 'a b' 'a b'
	text $locale 'a\b' 'a\x5cb'
	text $locale $'a\nb' 'a\x0ab'
	text $locale $'\e[31m' '\x1b[31m'
	text $locale $'\x7f\x9b' '\x7f\x9b'
	text $locale $'\xc2\x9b' '\xc2\x9b'
	text $locale $'\xe2\x82' '\xe2\x82'
	text $locale $'\u202e' '\xe2\x80\xae'
	text $locale $'\xed\xa0\x80' '\xed\xa0\x80'
done
text C.utf8 'grün €' 'grün €'
text C 'ü' '\xc3\xbc'

is 'no colour in a pipe' "$("$tmp/fake" log | grep -c $'\e')" 0
if command -v script >/dev/null; then
	on_terminal() {
		TERM=xterm NO_COLOR=$1 script -qec "$tmp/fake log" /dev/null </dev/null
	}
	is 'colour on a terminal' "$(on_terminal '' | grep -c $'\e\[36m')" 1
	is 'no colour on a terminal with NO_COLOR' "$(on_terminal 1 | grep -c $'\e')" 0
	is 'a heading on a terminal' "$(on_terminal 1 | grep -c ^TIME)" 1
fi

"$tmp/fake" status -j >"$tmp/out"
ok 'status -j is strict JSON' json_lines "$tmp/out"
ok 'status -j is one object with members in order' python3 -c '
import json, sys
status = json.load(open(sys.argv[1]))
assert " ".join(status) == "version kernel reparent_probe teardown_probe signals stall_ms \
records oldest_seq next_seq overwritten dropped missed mismatched readers teardowns", status
assert status["version"] == "\"\\\ufffd\n"
assert status["oldest_seq"] == 2**64 - 1
' "$tmp/out"
ok 'log -j prints the members of an event in order' python3 -c '
import json, sys
event = json.loads(sys.stdin.read())
assert " ".join(event) == "seq time boot_ns event pidns cgroup child old_parent \
new_parent crossed", event
assert " ".join(event["child"]) == "pid ns_pid pidns comm start_ns uid", event
' < <("$tmp/fake" log -j)
finish

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Wrong usage prints one line and exits with 2; without the module each command
# prints one line and exits with 1. Neither prints anything on standard output.
set -eu
# shellcheck source=tests/t/tool-lib.sh
. "$(dirname "$0")/tool-lib.sh"

# wrong PATTERN ARGUMENT...: this is wrong usage, and the message has PATTERN.
wrong() {
	local pattern=$1 command
	shift
	command=nsorphan$(printf ' %q' "$@")
	capture "$tool" "$@"
	is "status: $command" "$status" 2
	is "one line: $command" "$(wc -l <"$tmp/err")" 1
	ok "says why: $command" grep -q -e "$pattern" "$tmp/err"
	is "nothing printed: $command" "$(cat "$tmp/out")" ''
}

wrong 'missing command'
wrong "^nsorphan: unknown command 'wacht'" wacht
wrong 'unknown command' $'two\nlines'
wrong "unknown option '--verbose'" --verbose watch
wrong "^nsorphan watch: unknown option '--nope'" watch --nope
wrong "unknown option '-x'" watch -x
wrong "unknown option '-x'" status -jx
wrong "unexpected argument 'more'" watch more
wrong "unexpected argument 'more'" status -j more
wrong "unexpected argument 'b'" help a b
wrong 'unknown command' help nothing
wrong 'unknown option' log --all
wrong 'unknown option' status --pid 1
wrong 'unknown option' teardowns --event lost
wrong 'unknown option' status --pidns 1
wrong 'unknown option' signals --event signal
wrong 'unknown option' log --follow
wrong 'requires --follow' signals --all
wrong 'mutually exclusive' signals --follow --all --since 1
wrong 'not a number' teardowns --pidns x
wrong 'unknown option' log --rcvbuf 4096
wrong 'unknown option' tree --pid 1
wrong 'unknown option' list --event signal
wrong 'unknown option' teardowns -a
wrong "unexpected argument 'web'" list web
wrong "unexpected argument 'b'" tree a b
wrong "unexpected argument '2'" explain 1 2
wrong 'requires a value' watch --rcvbuf
for number in 0 -1 4k 1073741824; do
	wrong 'not a number' watch --rcvbuf "$number"
done
wrong 'takes no value' watch --all=1
wrong 'mutually exclusive' watch --all --since 1
wrong 'text, json' watch --format xml
wrong 'text, json' selftest -f ''
wrong 'reparent, teardown-begin, teardown-kill, teardown-end, teardown-stall, signal, lost' log --event signals
wrong "''" log --event reparent,
wrong "''" log --event ''
wrong 'requires a value' log --event
wrong 'requires a value' log -n
wrong 'requires a value' watch --container ''
wrong 'requires a value' watch --pod ''
wrong 'requires a value' watch --comm=
for number in 0 -1 +1 1x ' 1' 0x10 '' 1.5 99999999999999999999; do
	wrong 'not a number' watch --count "$number"
done
for number in 0 -1 1x 2147483648; do
	wrong 'not a number' watch --pid="$number"
done
wrong 'not a number' watch --pidns 4294967296
wrong 'not a number' log --since 18446744073709551616
for time in '' x 1x 25:00 '2026-13-01' $'10m\n'; do
	wrong 'is not a time' log --since "$time"
	wrong 'is not a time' stops --until "$time"
done
wrong 'is not a time' stops --since 5
wrong 'unknown option' watch --until today
wrong 'mutually exclusive' signals --follow --until today
wrong 'mutually exclusive' stops --follow --until today
wrong 'unknown option' stops --all

for help in '--help' '-h' 'help' 'help watch' 'watch --help' 'log --help' \
	'status -h' 'teardowns -h' 'selftest --help' 'explain --help' 'tree -h' \
	'signals -h' 'list -h' 'watch --pid 1 --help' '--version'; do
	# shellcheck disable=SC2086 # words
	capture "$tool" $help
	is "status: nsorphan $help" "$status" 0
	ok "prints: nsorphan $help" test -s "$tmp/out"
	is "no complaint: nsorphan $help" "$(cat "$tmp/err")" ''
done
version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"$/\1/p' "$top/dkms.conf")
is 'the version is that of dkms.conf' "$("$tool" --version)" "nsorphan $version"

if [ ! -e /sys/module/nsorphan ]; then
	for command in watch log status signals 'signals --follow' stops selftest \
		'watch -j' 'status -j'; do
		# shellcheck disable=SC2086 # words
		capture "$tool" $command
		is "without the module: nsorphan $command" "$status" 1
		is "one line: nsorphan $command" "$(wc -l <"$tmp/err")" 1
		ok "how to load it: nsorphan $command" \
			grep -q "the module is not loaded: .*modprobe nsorphan" "$tmp/err"
		is "nothing printed: nsorphan $command" "$(cat "$tmp/out")" ''
	done
	# The module records orphans; /proc has the processes.
	capture "$tool" tree "$$"
	is 'without the module: nsorphan tree' "$status $(wc -l <"$tmp/err")" '0 1'
	ok 'it says what is missing' grep -q \
		'^nsorphan: the module is not loaded, so who is an orphan .* not known: ' \
		"$tmp/err"
	ok 'without the module: nsorphan tree prints processes' grep -q "^ *$$ " "$tmp/out"
fi

# Targets that do not exist. No PID reaches the kernel's PID_MAX_LIMIT.
for target in 4194304 pidns:1 pidns:0 pidns: pidns:x pidns:4294967296 nobody '' \
	$'two\nlines'; do
	capture "$tool" tree "$target"
	grep -v 'the module is not loaded' "$tmp/err" >"$tmp/said"
	is "one line: nsorphan tree ${target@Q}" \
		"$status $(wc -l <"$tmp/said")$(cat "$tmp/out")" '1 1'
done
finish

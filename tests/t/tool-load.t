#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make load and tools/dkms-selftest, which dkms runs last: when they run the
# selftest, why not otherwise, and what they leave behind. No module is loaded:
# stubs replace the commands.
set -eu
# shellcheck source=tests/t/tool-lib.sh
. "$(dirname "$0")/tool-lib.sh"

if [ -e /sys/module/nsorphan ]; then
	echo '1..0 # SKIP the module is loaded on this machine'
	exit
fi

mkdir "$tmp/bin" "$tmp/built" "$tmp/source"
: >"$tmp/built/nsorphan.ko.xz"

# stub NAME LINE...: installs a command of these lines, which first logs its
# arguments to $tmp/calls.
stub() {
	local name=$1
	shift
	printf '%s\n' '#!/bin/bash' "echo ${name@Q} \"\$@\" >>'$tmp/calls'" "$@" \
		>"$tmp/bin/$name"
	chmod +x "$tmp/bin/$name"
}

# is_in PIDNS USERNS: the namespaces that the script finds itself in.
is_in() {
	# shellcheck disable=SC2016 # the stub expands it
	stub readlink 'case $1 in' "*/pid) echo 'pid:[$1]' ;;" \
		"*/user) echo 'user:[$2]' ;;" 'esac'
}

reset() {
	stub uname 'echo 6.0-run'
	stub stat 'echo 1:2'
	is_in 4026531836 4026531837
	stub insmod
	stub rmmod
	stub nsorphan
}

# dkms_selftest [KERNEL]: runs tools/dkms-selftest; sets $status, and leaves in
# $tmp/calls the commands that would change anything.
dkms_selftest() {
	: >"$tmp/calls"
	status=0
	(cd "$tmp/source" && PATH=$tmp/bin:$PATH timeout "$guard" \
		"$tools/dkms-selftest" "${1:-6.0-run}" "$tmp/built") \
		>"$tmp/out" 2>"$tmp/err" || status=$?
	sed -i -E '/^(uname|readlink|stat) /d' "$tmp/calls"
}

# skips NAME REASON: it runs nothing, prints why, and succeeds.
skips() {
	is "$1: nothing is run" "$status $(cat "$tmp/err" "$tmp/calls")" '0 '
	is "$1: one line says why" "$(cat "$tmp/out")" \
		"nsorphan: selftest not run: $2"
	ok "$1: no failure is marked" test ! -e "$tmp/source/selftest-failed"
}

# The real tool: it does not find the module, which insmod has not loaded.
reset
: >"$tmp/calls"
status=0
PATH=$tmp/bin:$PATH timeout "$guard" make --no-print-directory -C "$top" \
	-o module -o tools load >"$tmp/out" 2>"$tmp/err" || status=$?
is 'make load fails where the selftest does' "$status" 2
is 'make load: a failed selftest unloads the module' "$(grep mod "$tmp/calls")" \
	$'insmod ./nsorphan.ko\nrmmod nsorphan'
ok 'make load: a failed selftest is reported' grep -qx \
	'the selftest failed: the module is unloaded again' "$tmp/err"

reset
dkms_selftest
is 'loads the module, tests it, unloads it' "$status $(cat "$tmp/calls")" \
	"0 insmod $tmp/built/nsorphan.ko.xz"$'\nnsorphan selftest\nrmmod nsorphan'

stub nsorphan 'echo not ok; exit 1'
dkms_selftest
is 'a selftest that fails: the module is unloaded' "$(cat "$tmp/calls")" \
	"insmod $tmp/built/nsorphan.ko.xz"$'\nnsorphan selftest\nrmmod nsorphan'
is 'a selftest that fails: status' "$status $(cat "$tmp/err")" \
	'1 nsorphan: the installed module fails its selftest'
ok 'a selftest that fails: failure is marked' test -e "$tmp/source/selftest-failed"

# The mark of an earlier run must be removed.
dkms_selftest 6.0-other
skips 'another kernel' 'this kernel is 6.0-run, the module is for 6.0-other'

reset
stub insmod 'echo insmod: Key was rejected >&2; exit 1'
dkms_selftest
is 'a module that does not load: status' "$status $(cat "$tmp/err")" \
	$'1 insmod: Key was rejected\nnsorphan: the installed module does not load'
is 'a module that does not load: the tool says why, no selftest' "$(cat "$tmp/calls")" \
	"insmod $tmp/built/nsorphan.ko.xz
nsorphan status"
ok 'a module that does not load: failure is marked' test -e "$tmp/source/selftest-failed"

reset
stub rmmod 'exit 1'
dkms_selftest
is 'a module in use is no failure' "$status $(cat "$tmp/err")" \
	'0 nsorphan: the module stays loaded: it is in use'

reset
is_in 4026532000 4026531837
dkms_selftest
skips 'a pid namespace' 'this is a container or a chroot'
is_in 4026531836 4026532000
dkms_selftest
skips 'a user namespace' 'this is a container or a chroot'
is_in '' ''
dkms_selftest
skips 'no /proc' 'this is a container or a chroot'

reset
rm "$tmp/built/nsorphan.ko.xz"
dkms_selftest
skips 'no module' "no nsorphan.ko in $tmp/built"

rm "$tmp/bin/nsorphan"
if ! PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin type -P nsorphan >/dev/null; then
	dkms_selftest
	is 'no tool: nothing is run' "$status $(cat "$tmp/err" "$tmp/calls")" '0 '
	ok 'no tool: one line says why' grep -qx \
		'nsorphan: selftest not run: no nsorphan in .*: make -C tools install' \
		"$tmp/out"
fi

# A chroot into this machine's own folders.
if [ "$(id -u)" = 0 ]; then
	reset
	rm "$tmp/bin/stat"
	mkdir "$tmp/root"
	: >"$tmp/built/nsorphan.ko"
	# shellcheck disable=SC2016 # the inner shell expands it
	if root=$tmp/root source=$tmp/source unshare -m bash -c '
		mount -t tmpfs root "$root" &&
		for dir in /*/; do
			mkdir "$root$dir" && mount --rbind "$dir" "$root$dir" ||
				exit
		done &&
		PATH=$1:$PATH exec chroot "$root" "$2" 6.0-run "$3"' \
		sh "$tmp/bin" "$tools/dkms-selftest" "$tmp/built" \
		>"$tmp/out" 2>"$tmp/err"; then
		is 'a chroot' "$(cat "$tmp/out")" \
			'nsorphan: selftest not run: this is a container or a chroot'
	else
		sed 's/^/# no chroot to test: /' "$tmp/err"
	fi
fi
finish

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Shared by the tests of dkms: TAP, and commands that stand in for those that would
# load a module or tell of this machine's kernel.

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/bin"

number=0
# Where dkms builds.
dkms_tree=/var/lib/dkms

# check NAME COMMAND...: one test, which passes if the command succeeds. If not, what
# it and the builds of dkms printed is shown.
check() {
	local name=$1
	shift
	number=$((number + 1))
	if "$@" >"$tmp/out" 2>&1; then
		echo "ok $number - $name"
	else
		echo "not ok $number - $name"
		{
			cat "$tmp/out"
			find "$dkms_tree" -name make.log -exec cat {} +
		} | sed 's/^/# /' >&2
	fi
}

fails() {
	! "$@"
}

# stub NAME LINE...: puts a script of these lines in front of that command in PATH.
# Unless a line ends it, it goes on with the real command.
path=$PATH
stub() {
	local name=$1 command
	shift
	command=$(PATH=$path type -P "$name") || command=false
	printf '%s\n' '#!/bin/bash' "$@" "exec $command \"\$@\"" \
		>"$tmp/bin/$name"
	chmod +x "$tmp/bin/$name"
}

# runs KERNEL: uname reports it as the running kernel.
runs() {
	stub uname "[ \"\$*\" != -r ] || exec echo '$1'"
}

# selftest STATUS: nsorphan prints its arguments and ends with this status.
selftest() {
	stub nsorphan "echo \"nsorphan \$*\"; exit $1"
}

# use_stubs: from here on nothing is loaded, and the selftest succeeds. dkms-selftest
# takes this for the machine's own namespaces.
# shellcheck disable=SC2016 # the stubs expand these
use_stubs() {
	stub readlink 'case $* in' \
		'/proc/self/ns/pid) exec echo "pid:[4026531836]" ;;' \
		'/proc/self/ns/user) exec echo "user:[4026531837]" ;;' 'esac'
	stub stat '[ "$1" != -L ] || exec echo 1:2'
	stub insmod 'echo "insmod $*"; exit 0'
	stub rmmod 'echo "rmmod $*"; exit 0'
	selftest 0
	PATH=$tmp/bin:$PATH
}

# make_headers FOLDER CONFIG...: headers of a kernel with these options, for which
# nothing can be built. dkms looks for include/.
make_headers() {
	mkdir -p "$1/include"
	printf '%s=y\n' "${@:2}" >"$1/.config"
	# shellcheck disable=SC2016 # make expands it
	printf '%s\n' '%:' '	@echo broken $(MAKECMDGOALS); false' >"$1/Makefile"
}
# What dkms.conf asks of a kernel.
# shellcheck disable=SC2034 # for the tests
needed=(CONFIG_KPROBES CONFIG_KRETPROBES CONFIG_TRACEPOINTS CONFIG_PID_NS
	CONFIG_CGROUPS CONFIG_NET)

# install ARGUMENT...: runs make dkms-install.
install() {
	local status=0
	make --no-print-directory dkms-install "$@" >"$tmp/installed" 2>&1 ||
		status=$?
	cat "$tmp/installed"
	return $status
}

# printed PATTERN...: the last install printed such lines, in this order.
printed() {
	local line
	cat "$tmp/installed"
	while read -r line; do
		# shellcheck disable=SC2053 # it is a pattern
		[[ $# -gt 0 && $line = $1 ]] && shift
	done <"$tmp/installed"
	[ $# = 0 ]
}

# is_for KERNEL FILE: this is a module for that kernel.
is_for() {
	modinfo -F vermagic "$2" | tee /dev/stderr | grep -q "^$1 "
}

version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
# says_version COMMAND...: it is the tool of dkms.conf's version.
says_version() {
	"$@" --version | tee /dev/stderr | grep -qFx "nsorphan $version"
}

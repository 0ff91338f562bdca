#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make dkms-install builds and installs the module for a kernel through
# Debian's dkms, and the tool, and ends with the selftest; make dkms-uninstall
# leaves nothing: in trees of their own, and with stand-ins for what would load
# a module, so that this machine stays as it is.
# patient:
# slow:
set -u
cd "$(dirname "$0")/../.." || exit

skip() {
	echo "1..0 # SKIP $*"
	exit
}

[ "$(id -u)" = 0 ] || skip "dkms installs for root only"
[ ! -e /sys/module/nsorphan ] || skip "the module is loaded on this machine"
eval "$(tests/vm/kernel "${KERNEL:-6.1}")" || exit
: "${release:?}"

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp/registered" "$tmp/sources" "$tmp/modules/$release" "$tmp/bin"
# dkms signs what it builds, with a key that it makes.
export mok_signing_key=$tmp/mok.key mok_certificate=$tmp/mok.pub

number=0
check() {
	local name=$1
	shift
	number=$((number + 1))
	if "$@" >"$tmp/out" 2>&1; then
		echo "ok $number - $name"
	else
		echo "not ok $number - $name"
		sed 's/^/# /' "$tmp/out"
		find "$tmp/registered" -name make.log -exec sed 's/^/# /' {} +
	fi
}

# stand_in NAME LINE...: a script before the command of that name in PATH, which
# it becomes at its end.
path=$PATH
stand_in() {
	local name=$1 command
	shift
	command=$(PATH=$path type -P "$name") || command=false
	printf '%s\n' '#!/bin/bash' "$@" "exec $command \"\$@\"" \
		>"$tmp/bin/$name"
	chmod +x "$tmp/bin/$name"
}

# runs KERNEL: what this machine seems to run.
runs() {
	stand_in uname "[ \"\$*\" != -r ] || exec echo '$1'"
}

# selftest STATUS: what it seems to end with. Where it says that it loads and
# tests a module, nothing of that is done.
selftest() {
	stand_in nsorphan "echo \"nsorphan \$*\"; exit $1"
}

# shellcheck disable=SC2016 # the stand-ins expand these
{
	stand_in readlink 'case $* in' \
		'/proc/self/ns/pid) exec echo "pid:[4026531836]" ;;' \
		'/proc/self/ns/user) exec echo "user:[4026531837]" ;;' 'esac'
	stand_in stat '[ "$1" != -L ] || exec echo 1:2'
	stand_in insmod 'echo "insmod $*"; exit 0'
	stand_in rmmod 'echo "rmmod $*"; exit 0'
}
selftest 0
PATH=$tmp/bin:$PATH

trees="--dkmstree $tmp/registered --sourcetree $tmp/sources"
trees+=" --installtree $tmp/modules --no-depmod"
through_dkms() {
	make --no-print-directory "$1" DKMS="dkms $trees" \
		DKMS_SOURCES="$tmp/sources" DESTDIR="$tmp/root" \
		KERNELRELEASE="$release"
}

# says PATTERN...: the last install said such lines, in this order.
says() {
	local line
	cat "$tmp/said"
	while read -r line; do
		# shellcheck disable=SC2053 # it is a pattern
		[[ $# -gt 0 && $line = $1 ]] && shift
	done <"$tmp/said"
	[ $# = 0 ]
}

install() {
	local status=0
	through_dkms dkms-install >"$tmp/said" 2>&1 || status=$?
	cat "$tmp/said"
	return $status
}
fails() {
	! "$@"
}

module=$tmp/modules/$release/updates/dkms/nsorphan.ko
is_for_kernel() {
	modinfo -F vermagic "$module" | tee /dev/stderr | grep -q "^$release "
}
has_version() {
	local version
	version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
	modinfo -F version "$module" | tee /dev/stderr | grep -qFx "$version" &&
		"$tmp/root/usr/local/sbin/nsorphan" --version | tee /dev/stderr |
		grep -qFx "nsorphan $version"
}
nothing_left() {
	find "$tmp/registered" "$tmp/sources" "$tmp/modules" "$tmp/root" \
		! -type d | grep . && return 1
	rm "$tmp/bin/nsorphan"
	! find "$tmp" -name '*nsorphan*' | grep .
}
echo 1..10
runs other
check "make dkms-install ends well" install
check "for a kernel that does not run there is no selftest, it says" \
	says "nsorphan: selftest not run: this kernel is other, the module is for $release"
check "the installed module is for $release" is_for_kernel
check "module and tool have the version of dkms.conf" has_version
runs "$release"
check "make dkms-install does it again over itself" install
check "for the kernel that runs, the selftest is the last step" \
	says "insmod $tmp/registered/nsorphan/*/$release/*/module/nsorphan.ko" \
	'nsorphan selftest' 'rmmod nsorphan'
selftest 1
check "make dkms-install fails where the selftest does" fails install
check "and says so" \
	says 'nsorphan: the module that was installed fails its selftest' \
	'installed, but the selftest failed'
check "make dkms-uninstall ends well" through_dkms dkms-uninstall
check "make dkms-uninstall leaves nothing" nothing_left

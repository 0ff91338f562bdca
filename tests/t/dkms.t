#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make dkms-install builds and installs the module for a kernel through
# Debian's dkms, and make dkms-uninstall leaves nothing: in trees of their own,
# so that this machine's stay as they are.
set -u
cd "$(dirname "$0")/../.." || exit

skip() {
	echo "1..0 # SKIP $*"
	exit
}

[ "$(id -u)" = 0 ] || skip "dkms installs for root only"
eval "$(tests/vm/kernel "${KERNEL:-6.1}")" || exit
: "${release:?}"

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp/registered" "$tmp/sources" "$tmp/modules/$release"
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

trees="--dkmstree $tmp/registered --sourcetree $tmp/sources"
trees+=" --installtree $tmp/modules --no-depmod"
through_dkms() {
	make --no-print-directory "$1" DKMS="dkms $trees" \
		DKMS_SOURCES="$tmp/sources" KERNELRELEASE="$release"
}

module=$tmp/modules/$release/updates/dkms/nsorphan.ko
is_for_kernel() {
	modinfo -F vermagic "$module" | tee /dev/stderr | grep -q "^$release "
}
has_version() {
	local version
	version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
	modinfo -F version "$module" | tee /dev/stderr | grep -qFx "$version"
}
nothing_left() {
	find "$tmp/registered" "$tmp/sources" "$tmp/modules" ! -type d |
		grep . && return 1
	! find "$tmp" -name '*nsorphan*' | grep .
}

echo 1..6
check "make dkms-install ends well" through_dkms dkms-install
check "the installed module is for $release" is_for_kernel
check "the installed module has the version of dkms.conf" has_version
check "make dkms-install does it again over itself" through_dkms dkms-install
check "make dkms-uninstall ends well" through_dkms dkms-uninstall
check "make dkms-uninstall leaves nothing" nothing_left

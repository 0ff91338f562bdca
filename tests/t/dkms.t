#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make dkms-install builds and installs the module for a kernel through Debian's
# dkms, and the tool, and ends with the selftest; make dkms-uninstall leaves
# nothing. It uses private trees, and stubs in place of what would load a module, so
# this machine is not changed.
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

# shellcheck source=tests/t/dkms-lib.sh
. tests/t/dkms-lib.sh
dkms_tree=$tmp/registered
mkdir -p "$dkms_tree" "$tmp/sources" "$tmp/modules/$release"
# dkms signs the module with a key that it generates.
export mok_signing_key=$tmp/mok.key mok_certificate=$tmp/mok.pub
use_stubs

trees="--dkmstree $dkms_tree --sourcetree $tmp/sources"
trees+=" --installtree $tmp/modules --no-depmod"
kernels=("$release")
# private COMMAND...: gives the command, make or install, the private trees.
private() {
	"$@" DKMS="dkms $trees" DKMS_SOURCES="$tmp/sources" \
		DESTDIR="$tmp/root" DKMS_KERNELS="${kernels[*]}"
}

module=$tmp/modules/$release/updates/dkms/nsorphan.ko
has_version() {
	modinfo -F version "$module" | tee /dev/stderr | grep -qFx "$version" &&
		says_version "$tmp/root/usr/local/sbin/nsorphan"
}
nothing_left() {
	find "$dkms_tree" "$tmp/sources" "$tmp/modules" "$tmp/root" \
		! -type d | grep . && return 1
	rm "$tmp/bin/nsorphan"
	! find "$tmp" -name '*nsorphan*' | grep .
}
echo 1..17
runs other
check "make dkms-install succeeds" private install
check "the selftest is not run for a kernel that is not running" \
	printed "nsorphan: selftest not run: this kernel is other, the module is for $release"
check "the installed module is for $release" is_for "$release" "$module"
check "module and tool have the version of dkms.conf" has_version
runs "$release"
check "make dkms-install replaces an earlier installation" private install
check "the selftest is the last step for the running kernel" \
	printed "insmod $dkms_tree/nsorphan/*/$release/*/module/nsorphan.ko" \
	'nsorphan selftest' 'rmmod nsorphan'
selftest 1
check "make dkms-install fails if the selftest fails" fails private install
check "a failed selftest is reported" \
	printed 'nsorphan: the installed module fails its selftest' \
	'installed, but the selftest failed'

# dkms looks for headers in /lib/modules, or where it is told to.
# shellcheck disable=SC2016
stub dkms "trees=$tmp/modules" 'for word; do' \
	'[ "${before:-}" != -k ] || [ ! -d "$trees/$word/build" ] ||' \
	'	set -- "$@" --kernelsourcedir "$trees/$word/build"' \
	'before=$word; done'
make_headers "$tmp/modules/6.9.0-broken/build" "${needed[@]}"
make_headers "$tmp/modules/5.4.0-old/build" "${needed[@]}"
make_headers "$tmp/modules/6.9.0-without-kprobes/build" "${needed[@]:1}"
selftest 0
kernels=(6.9.0-broken 5.4.0-old 6.9.0-without-kprobes "$release")
check "make dkms-install fails if a kernel does not build" fails private install
check "it goes on with the others, and names that one at the end" printed \
	'skipped: 5.4.0-old, *' 'skipped: 6.9.0-without-kprobes, *' \
	'nsorphan selftest' 'not installed, as dkms failed for: 6.9.0-broken'
check "the others have it" is_for "$release" "$module"
# autoinstall KERNEL: what apt has dkms do for a kernel that it installs.
# shellcheck disable=SC2016,SC2086 # for the inner shell; words
autoinstall() {
	unshare --mount --propagation private bash -c '
		mount --bind "$1" /lib/modules && shift && exec dkms autoinstall "$@"
	' autoinstall "$tmp/modules" -k "$1" $trees
}
check "for a kernel that is too old apt's hook does nothing" autoinstall 5.4.0-old
check "nor for one without kprobes" autoinstall 6.9.0-without-kprobes
check "it fails for one that does not build" fails autoinstall 6.9.0-broken
kernels=(5.4.0-old "$release")
check "a kernel that is skipped is no failure" private install
rm -r "$tmp"/modules/{6.9.0-broken,5.4.0-old,6.9.0-without-kprobes}
check "make dkms-uninstall succeeds" \
	private make --no-print-directory dkms-uninstall
check "make dkms-uninstall leaves nothing" nothing_left

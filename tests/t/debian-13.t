#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# On Debian 13 make deps, make, make dkms-install and make demo work as on Debian 12:
# with gcc 14, clang 19 and a newer dkms. Runs in a root of Debian 13, whose changes
# are lost at the end; stubs replace what would load a module.
# patient:
# slow:
# one a day:
# places: 1
# prepare: tests/vm/debian trixie
set -u
cd "$(dirname "$0")/../.." || exit

# Outside: starts this script in the root.
if [ "${1:-}" != inside ]; then
	# shellcheck source=tests/vm/lib.sh
	. tests/vm/lib.sh
	tmp=$(mktemp -d)
	trap 'rm -rf "$tmp"' EXIT
	[ "$(id -u)" = 0 ] || {
		echo '1..0 # SKIP dkms installs for root only'
		exit
	}
	root=$(tests/vm/debian trixie 2> >(tee "$tmp/err" >&2))
	case $? in
	0) ;;
	77)
		echo "1..0 # SKIP $(tail -n 1 "$tmp/err")"
		exit
		;;
	*) exit 1 ;;
	esac
	checkout >"$tmp/checkout.tar" || exit

	# All processes end, and all mounts go, with the first process.
	# shellcheck disable=SC2016 # for the inner shell
	unshare --mount --pid --fork --kill-child bash -euc '
		root=$1 tmp=$2 cache=$3
		mkdir "$tmp/changes" "$tmp/root"
		mount -t tmpfs changes "$tmp/changes"
		mkdir "$tmp/changes/upper" "$tmp/changes/work"
		mount -t overlay root "$tmp/root" \
			-o "lowerdir=$root,upperdir=$tmp/changes/upper,workdir=$tmp/changes/work"
		cd "$tmp/root"
		mkdir -p checkout cache outside proc sys dev
		tar -xf "$tmp/checkout.tar" -C checkout
		cat /etc/resolv.conf >etc/resolv.conf || :
		mount -t proc proc proc
		mount --rbind /sys sys
		mount --rbind /dev dev
		mount --bind "$cache" cache
		pivot_root . outside
		umount -l /outside
		exec env -i LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin \
			HOME=/ NSORPHAN_CACHE=/cache NSORPHAN_TODAY="$4" \
			/checkout/tests/t/debian-13.t inside
	' debian "$root" "$tmp" "$cache" "$NSORPHAN_TODAY"
	exit
fi

# Inside.
# shellcheck source=tests/t/dkms-lib.sh
. tests/t/dkms-lib.sh
release=$(basename /lib/modules/*)

# in_silence COMMAND...: it succeeds and prints nothing.
in_silence() {
	local status=0
	"$@" >"$tmp/said" 2>&1 || status=$?
	cat "$tmp/said"
	[ $status = 0 ] && [ ! -s "$tmp/said" ]
}

# without_warning COMMAND...
without_warning() {
	local status=0
	"$@" >"$tmp/said" 2>&1 || status=$?
	cat "$tmp/said"
	[ $status = 0 ] && ! grep -q 'warning:' "$tmp/said"
}

packages() {
	dpkg-query -W -f '${Package} ${Version} ${db:Status-Abbrev}\n'
}
deps_change_nothing() {
	packages >"$tmp/before"
	in_silence make -s deps &&
		packages | diff "$tmp/before" -
}

dkms_is_newer() {
	local version
	version=$(dpkg-query -W -f '${Version}' dkms)
	echo "$version"
	dpkg --compare-versions "$version" gt 3.0.11
}

has_dkms_module() {
	find "/lib/modules/$release/updates" -name 'nsorphan.ko*' \
		-printf '%p\n' | tee "$tmp/found"
	is_for "$release" "$(<"$tmp/found")" && dkms status nsorphan | tee /dev/stderr |
		grep -q ", $release, .*: installed"
}

# dkms keeps the key that it signs modules with. Folders that others use stay.
files() {
	find / -xdev -name '*nsorphan*' ! -path '/checkout/*' ! -path '/clang/*' \
		! -path "$tmp/*"
	find /usr/local /lib/systemd ! -type d
	find /usr/src /var/lib/dkms /lib/modules |
		grep -vE '/mok\.(key|pub)$|/modules\.[a-z.]*$'
}
nothing_left() {
	files >"$tmp/after"
	diff "$tmp/before" "$tmp/after"
}

echo 1..19
check "make deps finds everything installed, and changes nothing" \
	deps_change_nothing

cp -r . /clang
check "make builds module and tool without a warning" \
	without_warning make KERNELRELEASE="$release"
check "the module is for $release" is_for "$release" nsorphan.ko
check "the tool runs" says_version tools/nsorphan
check "clang builds the tool without a warning" \
	without_warning make -C /clang tools CC=clang
check "and it runs" says_version /clang/tools/nsorphan

# dkms.conf excludes the module for this kernel.
excluded=5.4.0-old
make_headers "/lib/modules/$excluded/build" "${needed[@]}"
runs "$release"
use_stubs
files >"$tmp/before"
check "dkms is newer than that of Debian 12" dkms_is_newer
check "make dkms-install succeeds" install
check "nothing in dkms.conf is deprecated" fails grep -i deprecated "$tmp/installed"
check "it skips a kernel that dkms.conf excludes" printed "skipped: $excluded, *"
check "the selftest is the last step for the running kernel" \
	printed "insmod *.ko*" 'nsorphan selftest' 'rmmod nsorphan'
check "dkms has installed the module for $release" has_dkms_module
check "the tool is installed" says_version /usr/local/sbin/nsorphan
check "dkms autoinstall succeeds for a kernel that is excluded" \
	dkms autoinstall -k "$excluded"
check "so does the hook of that kernel's package" \
	/etc/kernel/postinst.d/dkms "$excluded"
check "make dkms-install replaces an earlier installation" install
check "make dkms-uninstall succeeds" make --no-print-directory dkms-uninstall
check "make dkms-uninstall leaves nothing" nothing_left
rm -r "/lib/modules/$excluded"
PATH=$path

check "make demo shows what it should" make demo

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

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp/registered" "$tmp/sources" "$tmp/modules/$release" "$tmp/bin"
# dkms signs the module with a key that it generates.
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
		{
			cat "$tmp/out"
			find "$tmp/registered" -name make.log -exec cat {} +
		} | sed 's/^/# /' >&2
	fi
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

# shellcheck disable=SC2016 # the stubs expand these
{
	stub readlink 'case $* in' \
		'/proc/self/ns/pid) exec echo "pid:[4026531836]" ;;' \
		'/proc/self/ns/user) exec echo "user:[4026531837]" ;;' 'esac'
	stub stat '[ "$1" != -L ] || exec echo 1:2'
	stub insmod 'echo "insmod $*"; exit 0'
	stub rmmod 'echo "rmmod $*"; exit 0'
}
selftest 0
PATH=$tmp/bin:$PATH

trees="--dkmstree $tmp/registered --sourcetree $tmp/sources"
trees+=" --installtree $tmp/modules --no-depmod"
through_dkms() {
	make --no-print-directory "$1" DKMS="dkms $trees" \
		DKMS_SOURCES="$tmp/sources" DESTDIR="$tmp/root" \
		DKMS_KERNELS="${kernels[*]}" "${@:2}"
}
kernels=("$release")

# printed PATTERN...: the last install printed such lines, in this order.
printed() {
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
echo 1..17
runs other
check "make dkms-install succeeds" install
check "the selftest is not run for a kernel that is not running" \
	printed "nsorphan: selftest not run: this kernel is other, the module is for $release"
check "the installed module is for $release" is_for_kernel
check "module and tool have the version of dkms.conf" has_version
runs "$release"
check "make dkms-install replaces an earlier installation" install
check "the selftest is the last step for the running kernel" \
	printed "insmod $tmp/registered/nsorphan/*/$release/*/module/nsorphan.ko" \
	'nsorphan selftest' 'rmmod nsorphan'
selftest 1
check "make dkms-install fails if the selftest fails" fails install
check "a failed selftest is reported" \
	printed 'nsorphan: the installed module fails its selftest' \
	'installed, but the selftest failed'

# tree KERNEL CONFIG...: headers of a kernel for which nothing can be built.
tree() {
	mkdir -p "$tmp/modules/$1/build"
	printf '%s=y\n' "${@:2}" >"$tmp/modules/$1/build/.config"
	# shellcheck disable=SC2016
	printf '%s\n' '%:' '	@echo broken $(MAKECMDGOALS); false' \
		>"$tmp/modules/$1/build/Makefile"
}
# dkms looks for headers in /lib/modules, or where it is told to.
# shellcheck disable=SC2016
stub dkms "trees=$tmp/modules" 'for word; do' \
	'[ "${before:-}" != -k ] || [ ! -d "$trees/$word/build" ] ||' \
	'	set -- "$@" --kernelsourcedir "$trees/$word/build"' \
	'before=$word; done'
all=(CONFIG_KPROBES CONFIG_KRETPROBES CONFIG_TRACEPOINTS CONFIG_PID_NS
	CONFIG_CGROUPS CONFIG_NET)
tree 6.9.0-broken "${all[@]}"
tree 5.4.0-old "${all[@]}"
tree 6.9.0-without-kprobes "${all[@]:1}"
selftest 0
kernels=(6.9.0-broken 5.4.0-old 6.9.0-without-kprobes "$release")
check "make dkms-install fails if a kernel does not build" fails install
check "it goes on with the others, and names that one at the end" printed \
	'skipped: 5.4.0-old, *' 'skipped: 6.9.0-without-kprobes, *' \
	'nsorphan selftest' 'not installed, as dkms failed for: 6.9.0-broken'
check "the others have it" is_for_kernel
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
check "a kernel that is skipped is no failure" install
rm -r "$tmp"/modules/{6.9.0-broken,5.4.0-old,6.9.0-without-kprobes}
check "make dkms-uninstall succeeds" through_dkms dkms-uninstall
check "make dkms-uninstall leaves nothing" nothing_left

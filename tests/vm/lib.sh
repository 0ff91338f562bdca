# SPDX-License-Identifier: GPL-2.0
# Paths and functions shared by the scripts in this folder, above all the cache.
# shellcheck shell=bash

vm=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck disable=SC2034 # read by the scripts that source this file
top=$(cd "$vm/../.." && pwd)
cache=${NSORPHAN_CACHE:-$HOME/.cache/nsorphan}

# Mirrors are queried once a day. A run keeps its date over midnight.
export NSORPHAN_TODAY=${NSORPHAN_TODAY:-$(date +%F)}
today=$NSORPHAN_TODAY

# The machine's own Debian suite.
# shellcheck source=/dev/null
own=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")

# The major version of the compiler of the kernel "clang": see CLANG in the Makefile.
# shellcheck disable=SC2034
clang=16
[ "$own" = bookworm ] ||
	clang=$(clang -dumpversion 2>/dev/null | cut -d. -f1)

# What a healthy kernel never logs.
# shellcheck disable=SC2034
complaints='\bBUG\b|WARNING|\bOops\b|KASAN|UBSAN|Call Trace|Kernel panic'
complaints+='|possible recursive locking|suspicious RCU|unreferenced object'
complaints+='|detected stall|soft lockup|blocked for more than|hung task'
complaints+='|general protection fault|unable to handle|suspected memory leaks'

# dpkg, depmod and modinfo are in folders that a plain user's PATH lacks.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

say() {
	echo "${0##*/}: $*" >&2
}

die() {
	say "$@"
	exit 1
}

# Exits with 77 when no mirror has something, so that callers can skip it.
absent() {
	say "$@"
	exit 77
}

# cached NAME MAKE [ARGUMENT...]
#
# Prints the path of NAME in the cache. If it does not exist, runs
# "MAKE NEW [ARGUMENT...]", which makes the file or folder NEW. Only a complete one
# gets the name, also if MAKE fails or several processes ask at the same time.
cached() {
	local path=$cache/$1 make=$2 lock
	shift 2

	if [ ! -e "$path" ]; then
		mkdir -p "${path%/*}"
		exec {lock}>"$path.lock"
		flock "$lock"
		if [ ! -e "$path" ]; then
			rm -rf "$path.new"
			("$make" "$path.new" "$@") >&2 {lock}>&- &&
				mv -T "$path.new" "$path" || return
		fi
		exec {lock}>&-
	fi
	touch -c "$path"
	echo "$path"
}

# forget FOLDER DAYS: removes what was not used for so long from a folder of the
# cache. By ctime: files that are being unpacked have the mtime of their package.
forget() {
	find "$cache/$1" -mindepth 1 -maxdepth 1 -ctime "+$2" \
		-exec rm -rf {} + 2>/dev/null || true
}

# checkout: prints a tar archive of the checkout: new files, too, but not what is built.
checkout() {
	(
		cd "$top" && git -c safe.directory='*' ls-files -z \
			--cached --others --exclude-standard | sort -zu |
			while IFS= read -rd '' file; do
				[ ! -f "$file" ] || printf '%s\0' "$file"
			done | tar -c --null --files-from=- --owner=0 --group=0
	)
}

# Prints a short name for the contents of stdin.
digest() {
	sha256sum | cut -c1-16
}

# apt_sources SUITE: prints the sources.list lines of a Debian suite on the mirrors
# that the machine's own apt uses. For SUITE-backports these include SUITE, which
# its packages need.
apt_sources() {
	local suite=${1%-backports} uri codename component sources
	local probe found=

	# shellcheck disable=SC2016 # the format is apt's
	sources=$(apt-get indextargets 'Created-By: Packages' 'Origin: Debian' \
		--format '$(REPO_URI) $(CODENAME) $(COMPONENT)' |
		sort -u)
	[ "$sources" ] ||
		absent "apt knows no Debian mirror: run apt-get update first"
	if [ "$1" != "$suite" ]; then
		sources+=$'\n'$(sed -n "s/ $own / $own-backports /p" <<<"$sources")
	fi

	probe=$(mktemp -d)
	while read -r uri codename component; do
		[[ $codename = "$own"* ]] || continue
		codename=${codename/#"$own"/"$suite"}
		if /usr/lib/apt/apt-helper -o Acquire::Retries=2 \
			download-file "${uri%/}/dists/$codename/InRelease" \
			"$probe/InRelease" >/dev/null 2>&1; then
			echo "deb $uri $codename $component"
			found=1
		fi
	done <<<"$sources"
	rm -rf "$probe"
	[ "$found" ] || absent "no mirror has Debian $1"
}

# apt_in SUITE ARCH COMMAND...: runs an apt command that knows only this suite, not
# the machine's packages and suites.
apt_in() {
	local dir
	dir=$(cached "apt/$1-$2-$today" make_apt "$1" "$2") &&
		apt_with "$dir" "${@:2}"
}

make_apt() {
	mkdir -p "$1/lists/partial" "$1/cache/archives/partial" &&
		: >"$1/status" &&
		apt_sources "$2" >"$1/sources.list" &&
		apt_with "$1" "$3" apt-get -qq update ||
		absent "Debian $2 ($3) cannot be fetched"
	forget apt 1
}

apt_with() {
	local dir=$1 arch=$2 command=$3
	shift 3
	"$command" -o Dir::Etc::sourcelist="$dir/sources.list" \
		-o Dir::Etc::sourceparts=- -o Dir::State::lists="$dir/lists" \
		-o Dir::State::status="$dir/status" -o Dir::Cache="$dir/cache" \
		-o APT::Architecture="$arch" -o APT::Architectures="$arch" \
		-o APT::Sandbox::User=root -o Acquire::Retries=3 "$@"
}

# kbuild FOLDER ARGUMENT...: builds the external module in FOLDER for the kernel
# that tests/vm/kernel described in $arch, $modules, $headers, $buildroot.
kbuild() {
	local folder=$1
	shift
	if [ "${arch:?}" = arm64 ]; then
		set -- ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- "$@"
	fi
	! grep -qx CONFIG_CC_IS_CLANG=y "${headers:?}/.config" ||
		set -- "LLVM=-$clang" "$@"
	if [ -z "${buildroot?}" ]; then
		make -C "${headers:?}" M="$folder" "$@"
		return
	fi

	# In a mount namespace of its own; objtool needs /proc. If / is no mount point,
	# as in a chroot, the mounts cannot be private: one build at a time, which
	# unmounts them.
	# shellcheck disable=SC2016 # for the inner shell
	flock "$buildroot.lock" unshare --mount --propagation unchanged \
		--pid --fork --kill-child bash -euc '
		root=$1
		mount --make-rprivate / 2>/dev/null || :
		undo() { umount "$root/work" "$root/kernel" "$root/proc"; }
		trap undo EXIT
		mount -t proc proc "$root/proc"
		mount --bind "$2" "$root/kernel"
		mount --bind "$3" "$root/work"
		shift 3
		chroot "$root" /usr/bin/env -i LC_ALL=C \
			PATH=/usr/sbin:/usr/bin:/sbin:/bin make "$@"
	' kbuild "$buildroot" "$modules" "$folder" \
		-C "/kernel${headers#"$modules"}" M=/work "$@"
}

# Prints the machine's own apt settings for fetching: proxies, retries, checks.
apt_acquire() {
	apt-config dump --format '%F "%v"%n' Acquire |
		grep -E '^"?Acquire::(https?|Retries|ForceIPv|Check-)' || true
}

# SPDX-License-Identifier: GPL-2.0
# Shared by the scripts beside this file: where things are, and how something
# slow is made once.
# shellcheck shell=bash

vm=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck disable=SC2034 # read by the scripts that source this file
top=$(cd "$vm/../.." && pwd)
cache=${NSORPHAN_CACHE:-$HOME/.cache/nsorphan}

# dpkg, depmod and modinfo live where a plain user's PATH does not look.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

say() {
	echo "${0##*/}: $*" >&2
}

die() {
	say "$@"
	exit 1
}

# cached NAME MAKE [ARGUMENT...]
#
# Prints the path of the cache's NAME. If it is not there, runs
# "MAKE NEW [ARGUMENT...]", which makes the file or folder NEW; only a whole
# one ever gets the name, however the maker ends and however many ask at once.
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
				mv -T "$path.new" "$path" ||
				return 1
		fi
		exec {lock}>&-
	fi
	echo "$path"
}

# A short name for the contents of stdin.
digest() {
	sha256sum | cut -c1-16
}

# apt_sources SUITE: sources.list lines for a Debian suite, as far as the
# machine's own apt knows a mirror that has it.
apt_sources() {
	local own uri codename component sources

	# shellcheck source=/dev/null
	own=$(. /etc/os-release && echo "$VERSION_CODENAME")
	# shellcheck disable=SC2016 # the format is apt's
	sources=$(apt-get indextargets 'Created-By: Packages' 'Origin: Debian' \
		--format '$(REPO_URI) $(CODENAME) $(COMPONENT)' |
		sort -u)
	[ "$sources" ] ||
		die "apt knows no Debian mirror: run apt-get update first"

	while read -r uri codename component; do
		[[ $codename = "$own"* ]] || continue
		codename=${codename/#"$own"/"$1"}
		echo "deb $uri $codename $component"
	done <<<"$sources"
}

# What the machine's apt was told about fetching: proxies, retries, checks.
apt_acquire() {
	apt-config dump --format '%F "%v"%n' Acquire |
		grep -E '^"?Acquire::(https?|Retries|ForceIPv|Check-)' || true
}

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The tool builds without a warning by gcc and by clang, and make module takes the
# compiler that the kernel was built by.
# patient:
# slow:
set -eu
# shellcheck source=tests/t/tool-lib.sh
. "$(dirname "$0")/tool-lib.sh"
# shellcheck source=tests/vm/lib.sh
. "$top/tests/vm/lib.sh"

# builds COMPILER: it builds the tool without a warning, and the tool runs.
builds() {
	local dir=$tmp/$1
	mkdir "$dir"
	cp -a "$top"/{tools,uapi,dkms.conf} "$dir"
	find "$dir" -type f \( -name '*.[od]' -o -name nsorphan \) -delete
	make -C "$dir/tools" CC="$1" >"$dir/log" 2>&1 ||
		{ tail -n 20 "$dir/log" >&2 && return 1; }
	! grep 'warning:' "$dir/log" >&2 || return
	"$dir/tools/nsorphan" --version >&2
}

# compiler LINE [ARGUMENT...]: prints the variables on the command line with which
# make module calls the make of a kernel that has this line in its configuration.
compiler() {
	local line=$1
	shift
	mkdir -p "$tmp/kernel/include/config"
	echo "$line" >"$tmp/kernel/include/config/auto.conf"
	# shellcheck disable=SC2016 # make expands it
	echo 'modules: ; @echo "$(MAKEOVERRIDES)"' >"$tmp/kernel/Makefile"
	make -C "$top" --no-print-directory -s module \
		KERNEL_BUILD="$tmp/kernel" "$@" |
		tr ' ' '\n' | grep ^LLVM= || :
}

ok 'gcc builds the tool without a warning' builds gcc
ok "clang-$clang builds the tool without a warning" builds "clang-$clang"

is 'a kernel that gcc built: no LLVM' "$(compiler CONFIG_CC_IS_GCC=y)" ''
is "a kernel that clang-$clang built: its version" \
	"$(compiler "CONFIG_CLANG_VERSION=${clang}0006")" "LLVM=-$clang"
is 'a kernel that clang built which is not installed: the default one' \
	"$(compiler CONFIG_CLANG_VERSION=100001)" LLVM=1
is 'LLVM on the command line is taken' \
	"$(compiler "CONFIG_CLANG_VERSION=${clang}0006" LLVM=-99)" LLVM=-99
finish

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What a name stands for, alive or gone: see target.c.
set -eu
# shellcheck source=tests/t/tool-lib.sh
. "$(dirname "$0")/tool-lib.sh"
build target nsorphan.o "$here/target.c" \
	-Wl,--wrap=names_lookup,--wrap=error_print_of
timeout "$guard" "$tmp/target"

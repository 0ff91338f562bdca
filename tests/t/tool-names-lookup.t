#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Looking up names takes a bounded time, whatever hangs: see names-lookup.c.
set -eu
# shellcheck source=tests/t/tool-lib.sh
. "$(dirname "$0")/tool-lib.sh"
build lookup nsorphan.o "$here/names-lookup.c" \
	-Wl,--wrap=names_read,--wrap=kill,--wrap=poll_wait,--wrap=clock_boot_ns
timeout "$guard" "$tmp/lookup"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The names of containers are looked up no more often than needed: see
# names-cache.c.
set -eu
# shellcheck source=tests/t/tool-lib.sh
. "$(dirname "$0")/tool-lib.sh"
build cache nsorphan.o "$here/names-cache.c" \
	-Wl,--wrap=names_lookup,--wrap=clock_boot_ns
timeout "$guard" "$tmp/cache"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Whole, cut and random messages of the module are decoded safely: see decode.c.
set -eu
# shellcheck source=tests/t/tool-lib.sh
. "$(dirname "$0")/tool-lib.sh"
build decode nsorphan.o "$here/decode.c"
timeout "$guard" valgrind -q --leak-check=full --error-exitcode=9 "$tmp/decode"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Messages of the module, decoded: see decode.c.
set -eu
# shellcheck source=tests/t/tool-lib.sh
. "$(dirname "$0")/tool-lib.sh"
build decode nsorphan.o "$here/decode.c"
if command -v valgrind >/dev/null; then
	timeout 100 valgrind -q --leak-check=full --error-exitcode=9 "$tmp/decode"
else
	timeout 20 "$tmp/decode"
fi

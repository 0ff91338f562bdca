#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# explain reaches the right verdict from given facts: see verdict.c.
set -eu
# shellcheck source=tests/t/tool-lib.sh
. "$(dirname "$0")/tool-lib.sh"
build verdict nsorphan.o "$here/verdict.c"
timeout "$guard" valgrind -q --leak-check=full --error-exitcode=9 "$tmp/verdict"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The outcome of a stop, and who is named for it, from given signals: see stop.c.
set -eu
# shellcheck source=tests/t/tool-lib.sh
. "$(dirname "$0")/tool-lib.sh"
build stop nsorphan.o "$here/stop.c"
timeout "$guard" "$tmp/stop"

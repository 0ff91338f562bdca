#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The container id in a cgroup path is found: see containers.c.
set -eu
# shellcheck source=tests/t/tool-lib.sh
. "$(dirname "$0")/tool-lib.sh"
build containers nsorphan.o "$here/containers.c"
timeout "$guard" "$tmp/containers"

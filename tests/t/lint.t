#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# No checker of make lint finds anything: see tests/lint.
# patient:
# slow:
cd "$(dirname "$0")/../.." && exec tests/lint --tap

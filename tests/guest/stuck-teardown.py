# SPDX-License-Identifier: GPL-2.0
# kernels: 6.1 5.10 6.1-plain 6.1-rt 6.12-deb12 6.12 7 6.1-arm64 6.12-arm64
"""Whose init is dead, and does not go: explain and teardowns say why."""
from lib import done
from stuck import teardown
from stuck.expect import catalogue

catalogue(teardown.CASES)
done()

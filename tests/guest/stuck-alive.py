# SPDX-License-Identifier: GPL-2.0
# kernels: 6.1 5.10 6.1-plain 6.1-rt 6.12-deb12 6.12 7 6.1-arm64 6.12-arm64
"""Who was asked to end, and goes on: explain says why."""
from lib import done
from stuck import alive
from stuck.expect import catalogue

catalogue(alive.CASES)
done()

# SPDX-License-Identifier: GPL-2.0
# slow:
"""Who was asked to end, and goes on: explain says why."""
from lib import done
from stuck import alive
from stuck.expect import catalogue

catalogue(alive.CASES)
done()

# SPDX-License-Identifier: GPL-2.0
# slow:
"""Whose init is dead, and does not go: explain and teardowns say why."""
from lib import done
from stuck import teardown
from stuck.expect import catalogue

catalogue(teardown.CASES)
done()

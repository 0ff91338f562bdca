# SPDX-License-Identifier: GPL-2.0
# in turn:
# slow:
# clock: virtual
"""explain says what is left of a container, and who has not reaped its main."""
from lib import done
from waits import left
from waits.harness import catalogue, watched

with watched():
    catalogue(*left.CASES)
done()

# SPDX-License-Identifier: GPL-2.0
# in turn:
# slow:
# clock: virtual
"""explain says who holds the other end, the lock, or the answer."""
from lib import done
from waits import locks, pipes, supervised
from waits.harness import catalogue, watched

with watched():
    catalogue(*pipes.CASES, *locks.CASES, *supervised.CASES)
done()

# SPDX-License-Identifier: GPL-2.0
# in turn:
# slow:
# clock: virtual
"""explain says which file system holds a container, alive or in its exit."""
from lib import done
from waits import disk, fuse
from waits.harness import catalogue, watched

with watched():
    catalogue(*disk.CASES, *fuse.CASES)
done()

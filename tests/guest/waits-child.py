# SPDX-License-Identifier: GPL-2.0
# in turn:
# slow:
# clock: virtual
"""explain follows an init to the child, or the child's child, that has to end."""
from lib import done
from waits import child
from waits.harness import catalogue, watched

with watched():
    catalogue(*child.CASES)
done()

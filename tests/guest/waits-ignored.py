# SPDX-License-Identifier: GPL-2.0
# in turn:
# slow:
# clock: virtual
"""explain says which signal an init never got, and which children it forgets."""
from lib import done
from waits import ignores, zombies
from waits.harness import catalogue, watched

with watched():
    catalogue(*ignores.CASES, *zombies.CASES)
done()

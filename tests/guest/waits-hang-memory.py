# SPDX-License-Identifier: GPL-2.0
# in turn:
# slow:
# clock: virtual
"""No command waits for the memory of what it looks at."""
from lib import done
from waits import hang
from waits.harness import watched

with watched():
    hang.catalogue(*hang.MEMORY_CASES)
done()

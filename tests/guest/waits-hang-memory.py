# SPDX-License-Identifier: GPL-2.0
# slow:
# clock: virtual
# kernels: 6.1
"""No command waits for the memory of what it looks at."""
from lib import done
from waits import hang
from waits.harness import watched

with watched():
    hang.catalogue(*hang.MEMORY_CASES)
done()

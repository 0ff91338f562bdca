# SPDX-License-Identifier: GPL-2.0
# in turn:
# slow:
# clock: virtual
# kernels: 6.1 7
"""explain says which limit holds a container that has to end."""
from lib import done
from waits import throttled
from waits.harness import catalogue, watched

with watched():
    catalogue(*throttled.CASES)
done()

# SPDX-License-Identifier: GPL-2.0
# in turn:
# slow:
# clock: virtual
"""explain says which limit holds a container that has to end."""
from lib import done
from waits import throttled
from waits.harness import catalogue, watched

with watched():
    catalogue(*throttled.CASES)
done()

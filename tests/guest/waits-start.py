# SPDX-License-Identifier: GPL-2.0
# slow:
# kernels: 6.1
"""explain says that a container was created and not started, and how it is."""
from lib import done
from waits import start
from waits.harness import catalogue, watched

start.make_bundle()
with watched():
    catalogue(*start.CASES)
done()

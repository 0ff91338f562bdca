# SPDX-License-Identifier: GPL-2.0
# in turn:
# slow:
"""explain says that a container was created and not started, and how it is."""
from lib import done
from waits import start
from waits.harness import catalogue, watched

start.make_bundle()
with watched():
    catalogue(*start.CASES)
done()

# SPDX-License-Identifier: GPL-2.0
# in turn:
# slow:
# clock: virtual
"""explain says what stops, freezes or traces a process, and what lets it go on."""
from lib import done
from waits import stopped, tracers
from waits.harness import catalogue, watched

with watched():
    catalogue(*stopped.CASES, *tracers.CASES)
done()

# SPDX-License-Identifier: GPL-2.0
# in turn:
# slow:
# clock: virtual
"""explain says why a container that was sent SIGTERM goes on."""
from lib import done
from stuck import alive
from stuck.expect import catalogue

catalogue(alive.CASES)
done()

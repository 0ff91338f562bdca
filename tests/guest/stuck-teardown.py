# SPDX-License-Identifier: GPL-2.0
# in turn:
# slow:
# clock: virtual
"""explain and teardowns say why a container whose init is dead remains."""
from lib import done
from stuck import teardown
from stuck.expect import catalogue

catalogue(teardown.CASES)
done()

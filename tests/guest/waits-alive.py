# SPDX-License-Identifier: GPL-2.0
# in turn:
# slow:
# clock: virtual
"""explain says for what an init goes on that took SIGTERM, and who must act."""
from lib import done
from waits import handles
from waits.harness import catalogue, watched

with watched():
    catalogue(*handles.CASES)
done()

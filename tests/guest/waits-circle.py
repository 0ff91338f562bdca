# SPDX-License-Identifier: GPL-2.0
# in turn:
# slow:
# boot: --virtual-clock
"""
explain says that two processes hold each other, and that no command helps. The module
can be unloaded meanwhile.
"""
# In a guest of its own, which ends with them.
import os

from lib import UNENDING, done, equal, insmod, rmmod, status, write
from waits import tracers
from waits.harness import answered, remedied

loaded = insmod('stall_ms=500')
assert loaded.returncode == 0, loaded.stderr
made = tracers.trace_each_other()
case, twins = made.__enter__()
write(UNENDING, ' '.join(map(str, (case.init, *twins))))
found = answered(case)
if found:
    remedied(case, found)
equal(status()['missed'], 0, 'no probe hit was missed')
equal(rmmod().returncode, 0, 'the module can be unloaded')
try:
    done()
except SystemExit as over:
    # What would be undone after the case never ends.
    os._exit(over.code)

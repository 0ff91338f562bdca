# SPDX-License-Identifier: GPL-2.0
# kernels: 6.1 5.10 7
"""Who was asked to end, and goes on: explain says why."""
from lib import *
from stuck import alive
from stuck.expect import explained, gone, listed

with module('stall_ms=500'):
    cases = alive.CASES
    if status().get('signals', 'off') != 'off':
        cases += alive.CASES_OF_SIGNALS
    else:
        print('# this module records no signals: left out:',
              *(make.__name__ for make in alive.CASES_OF_SIGNALS))
    for make in cases:
        with make() as case:
            explained(case)
            listed(case)
        gone(case)
    equal(status()['missed'], 0, 'no probe hit was missed')
done()

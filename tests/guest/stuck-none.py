# SPDX-License-Identifier: GPL-2.0
# slow:
# seconds: 300
"""Who is well, or dies as it should: no false alarm."""
from lib import *
from stuck import well
from stuck.case import reap
from stuck.expect import (explain, explained, explained_once, gone, listed,
                          objects)

DYING = {('teardown', 'teardown-running'), ('gone', 'gone')}


def dying_crowd():
    """Looked at as often as can be while it dies."""
    with well.crowd() as case:
        explained_once(case)
        kill(case.init)
        said, alarms = set(), []
        while stat(case.init)['state'] != 'Z':
            found = explain(f'pidns:{case.pidns}')
            if not found:
                break
            said.add((found['state'], found['verdict']))
            alarms += [entry for entry in found['waiting_for']
                       if entry['cause'] != 'teardown-running']
            _, told = objects('teardowns', '-j')
            alarms += [entry for dying in told or []
                       for entry in dying['processes']
                       if entry['cause'] != 'teardown-running']
        reap(case.init)
        ok(said <= DYING, f'{case.name}: it is dying, or gone', said)
        equal(alarms[:3], [], f'{case.name}: and nobody is to blame')
    gone(case)
    # On a machine that is busy it may take longer than that: then it is one.
    end, = (event for event in events(0, 'teardown-end', f'pidns={case.pidns}')
            if event['init']['pid'] == case.init)
    ok(not stalls(case.pidns) or end['duration_ns'] >= status()['stall_ms'] * 10**6,
       f'{case.name}: there was no stall that was none', end)


with module():
    for number, make in enumerate(well.CASES):
        with make() as case:
            if number == 0:
                explained(case)
            else:
                explained_once(case)
            listed(case)
    dying_crowd()
    equal(status()['missed'], 0, 'no probe hit was missed')
done()

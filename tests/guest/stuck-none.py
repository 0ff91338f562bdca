# SPDX-License-Identifier: GPL-2.0
# in turn:
# slow:
# clock: virtual
"""Nothing is blamed in healthy containers and in those that end normally."""
from lib import *
from stuck import well
from stuck.case import reap
from stuck.expect import (explain, explained, explained_once, gone, listed,
                          objects)

# The init is killed, takes its namespace down, and is reaped by this test.
DYING = {('alive', 'init-exiting'), ('teardown', 'teardown-running'),
         ('gone', 'init-not-reaped'), ('gone', 'gone')}


def dying_crowd():
    """A large container, looked at again and again while it ends."""
    with well.crowd() as case:
        explained_once(case)
        kill(case.init)
        said, alarms = set(), []
        ended = False
        while not ended:
            ended = stat(case.init)['state'] == 'Z'
            found = explain(f'pidns:{case.pidns}')
            if not found:
                break
            said.add((found['state'], found['verdict']))
            alarms += [entry for entry in found['waiting_for']
                       if entry['cause'] != 'teardown-running' and
                       entry['process']['pid'] != case.init]
            _, listed = objects('teardowns', '-j')
            alarms += [entry for dying in listed or []
                       for entry in dying['processes']
                       if entry['cause'] != 'teardown-running']
        reap(case.init)
        ok(said and said <= DYING,
           f'{case.name}: explain says teardown or gone', said)
        equal(alarms[:3], [], f'{case.name}: and blames no process')
    gone(case)
    # If the teardown takes longer than stall_ms, a stall is right.
    end, = (event for event in events(0, 'teardown-end', f'pidns={case.pidns}')
            if event['init']['pid'] == case.init)
    ok(not stalls(case.pidns) or end['duration_ns'] >= status()['stall_ms'] * 10**6,
       f'{case.name}: there was no stall before stall_ms', end)


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

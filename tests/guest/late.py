# SPDX-License-Identifier: GPL-2.0
# in turn:
# slow:
# clock: virtual
"""Teardowns that ran already when the module was loaded are seen, to their end."""
from lib import *
from stuck import teardown
from stuck.expect import explain, explained_once, gone, listed

SLOTS = 1024


def ended(pidns):
    return [event for event in of_namespace(pidns) if event['event'] == 'teardown-end']


def kind(make):
    """A case that is made before the module is loaded, and ends after."""
    with contextlib.ExitStack() as loaded:
        with make() as case:
            loaded.enter_context(module('stall_ms=500'))
            explained_once(case)
            listed(case)
            one = teardowns()[case.pidns]
            ok(one['before_load'], f'{case.name}: it is said to be late')
            event = wait_for(lambda: stalls(case.pidns))[0]
            equal((event['before_load'], event['waited_ns'] >= 500_000_000),
                  (True, True), f'{case.name}: it stalls, from the load on')
            ok('since before the module was loaded' in
               explain(f'pidns:{case.pidns}')['text'], f'{case.name}: in words, too')
        wait_for(lambda: ended(case.pidns))
        found = of_namespace(case.pidns)
        equal({event['event'] for event in found},
              {'teardown-stall', 'teardown-end'}, f'{case.name}: it ends, and no event '
              'tells what was not seen')
        end, = ended(case.pidns)
        equal((end['init']['pid'], end['before_load'], 'killed' in end),
              (case.init, True, False), f'{case.name}: how it ended')
        ok(0 < end['duration_ns'] < end['boot_ns'], f'{case.name}: after how long')
        gone(case)
        ok('before the module was loaded' in explain(f'pidns:{case.pidns}')['text'],
           f'{case.name}: in words, too')
        equal((status()['teardowns'], status()['missed']), (0, 0),
              f'{case.name}: nothing is left of it')


def text():
    """What teardowns and log print of one."""
    pid = namespace(sleeper)
    pidns = pidns_of(pid)
    outside = Joiner(pid)
    kill(pid)
    wait_for_state(outside.joined, 'Z')
    with module('stall_ms=500'):
        said = run(TOOL, 'teardowns').stdout
        ok(re.search(r'has waited \S+ \S+ \(it began before the module was loaded\) '
                     r'for 1 process\n', said), 'teardowns says so', said)
        wait_for(lambda: stalls(pidns))
        outside.end()
        os.waitpid(pid, 0)
        wait_for(lambda: ended(pidns))
        said = run(TOOL, 'log').stdout
        ok(re.search(r'empty after \S+ \S+ \(it began before the module was loaded\)\n',
                     said), 'and log', said)
        end, = [json.loads(line) for line in run(TOOL, 'log', '-j', '--event',
                'teardown-end').stdout.splitlines()]
        equal((end['before_load'], 'killed' in end), (True, False), 'in JSON')


def hundreds():
    """Some are gone before the module is, others are not."""
    some, others = Hanging(200, 2), Hanging(100, 1)
    with module('stall_ms=0'):
        equal(status()['teardowns'], 300, 'hundreds: all are found')
        found = teardowns()
        equal({(one['init']['pid'], len(one['processes'])) for one in found.values()},
              {(pids[-1], 2) for pids in some.pids} |
              {(pids[-1], 1) for pids in others.pids}, 'with their processes')
        # One that begins after the load is like any other.
        pid = namespace(sleeper)
        pidns = pidns_of(pid)
        kill(pid)
        os.waitpid(pid, 0)
        equal([event['event'] for event in of_namespace(pidns)],
              ['teardown-begin', 'teardown-end'], 'another one begins and ends')
        some.reap()
        wait_for(lambda: status()['teardowns'] == 100)
        equal({event['init']['pid'] for event in events(0, 'teardown-end')
               if event.get('before_load')}, {pids[-1] for pids in some.pids},
              'those that are over make an event each')
    with module('stall_ms=0'):
        equal(status()['teardowns'], 100, 'another module finds the others')
        others.reap()
        wait_for(lambda: status()['teardowns'] == 0)
        equal(len(events(0, 'teardown-end')), 100, 'and sees them end')
        equal(status()['missed'], 0, 'nothing is missed')


def too_many():
    """What finds no slot counts."""
    hanging = Hanging(SLOTS + 6, 1)
    with module('stall_ms=0'):
        equal((status()['teardowns'], status()['missed']), (SLOTS, 6),
              'more of them than slots')
        hanging.reap()
        wait_for(lambda: status()['teardowns'] == 0)
        equal(len(events(0, 'teardown-end')), SLOTS, 'the others end')


def living():
    """One that lives may have been sent what the module has not seen."""
    pid = namespace(sleeper)
    pidns = pidns_of(pid)
    os.kill(pid, signal.SIGTERM)
    with module():
        found = explain(f'pidns:{pidns}')
        equal(found['verdict'], 'healthy', 'a container that was asked before the load')
        ok(re.search(r'No signal that would end it is recorded or pending; what it was '
                     r'sent before the module was loaded, \S+ m?s ago, is not known\.$',
                     found['text']), 'what was sent before is not known', found['text'])
        younger = namespace(sleeper)
        ok(explain(f'pidns:{pidns_of(younger)}')['text'].endswith('recorded or pending.'),
           'of one that is younger all is known')
    kill(pid, younger)
    os.waitpid(pid, 0)
    os.waitpid(younger, 0)


def while_loading():
    """They end, one after another, while the module is loaded."""
    for n in range(5):
        hanging = Hanging(60, 1)
        # Reaps them while the module is loaded.
        hanging.process.stdin.close()
        with module('stall_ms=100'):
            equal(hanging.process.wait(HANG), 0, 'all are reaped')
            wait_for(lambda: status()['teardowns'] == 0)
            ends = events(0, 'teardown-end')
            equal((status()['missed'], len(ends),
                   len({event['pidns'] for event in ends})),
                  (0, len(ends), len(ends)), f'while loading, {n + 1}: each ends once')


for make in teardown.CASES:
    kind(make)
text()
hundreds()
too_many()
living()
while_loading()
done()

# SPDX-License-Identifier: GPL-2.0
"""Inits that do not reap their children, or only seem not to."""
import contextlib
import os
import signal
import time

from lib import children, read, run, sleeper, spawn, wait_for, write
from stuck.case import ANYTHING, named, proven, state
from waits.child import executing
from waits.harness import container
from waits.throttled import controllers

COUNT = 20


def zombies(pid):
    """Returns the dead children of a process, in the order of their pids."""
    return sorted(child for child in children(pid) if state(child) == 'Z')


def leave_zombies(case):
    """Makes orphans in the container, as probes by docker exec do, which end."""
    typed = run('sh', '-c', f'echo 0 >{case.cgroup}/cgroup.procs && '
                f'exec nsenter -t {case.init} -p sh -c "$1"', 'sh',
                f'i=0; while [ $i -lt {COUNT} ]; do (sleep 0.1 &); i=$((i+1)); done')
    assert typed.returncode == 0, typed.stderr
    wait_for(lambda: len(zombies(case.init)) == COUNT)


def not_reaped(case, number, *more):
    proven(lambda: len(zombies(case.init)) == number,
           f'{case.name}: {number} zombies', case.init)
    case.answer('init-does-not-reap', actor=case.init, chain=(), remedy=ANYTHING,
                says=(rf'\b{number}\b.* zombies', *more))


@contextlib.contextmanager
def of_probes():
    """Each probe leaves a process, which nobody waits for."""
    with container('an init that reaps no orphan',
                   executing('sleep', '1000')) as case:
        leave_zombies(case)
        not_reaped(case, COUNT, 'sleep')
        yield case


@contextlib.contextmanager
def at_the_limit():
    """No other process can be started: the limit counts zombies, too."""
    controllers('pids')
    with container('an init with as many zombies as it may have processes',
                   executing('sleep', '1000')) as case:
        leave_zombies(case)
        # Besides them: init, the idler.
        wait_for(lambda: int(read(f'{case.cgroup}/pids.current')) == COUNT + 2)
        write(f'{case.cgroup}/pids.max', COUNT + 2)
        not_reaped(case, COUNT, rf'\b{COUNT + 2}\b.*pids\.max|pids\.max.*\b{COUNT + 2}\b')
        yield case


@contextlib.contextmanager
def of_its_own():
    """It forked them itself, and goes on with other things."""
    def init(up):
        for _ in range(2):
            spawn(named(b'task', lambda: 0))
        up()
        sleeper()

    with container('an init that does not wait for its own children', init) as case:
        wait_for(lambda: len(zombies(case.init)) == 2)
        not_reaped(case, 2, 'task')
        yield case


def well(case):
    case.answer('healthy', actor=None, chain=(), remedy=None)


@contextlib.contextmanager
def only_one():
    """One zombie is no leak: it may be about to be reaped."""
    def init(up):
        spawn(named(b'task', lambda: 0))
        up()
        sleeper()

    with container('an init with one zombie', init) as case:
        proven(lambda: len(zombies(case.init)) == 1, f'{case.name}: it has one',
               case.init)
        well(case)
        yield case


@contextlib.contextmanager
def reaps_late():
    """Whenever one looks there are zombies, but not the same ones."""
    def init(up):
        up()
        while True:
            some = [spawn(lambda: 0) for _ in range(4)]
            time.sleep(0.1)
            for pid in some:
                os.waitpid(pid, 0)

    with container('an init that reaps its children after a while', init) as case:
        seen = set()

        def others():
            found = set(zombies(case.init))
            return found if len(found) > 1 and not found & seen else None

        for _ in range(3):
            seen |= wait_for(others)
        proven(others, f'{case.name}: each time others', case.init)
        well(case)
        yield case


@contextlib.contextmanager
def ignores_sigchld():
    """The kernel reaps them: nothing is left of those that ended."""
    def init(up):
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        for _ in range(COUNT):
            spawn(lambda: 0)
        up()
        sleeper()

    with container('an init for which the kernel reaps', init) as case:
        proven(lambda: children(case.init) == case.bystanders,
               f'{case.name}: no child is left', case.init)
        well(case)
        yield case


CASES = (of_probes, at_the_limit, of_its_own, only_one, reaps_late,
         ignores_sigchld)

# SPDX-License-Identifier: GPL-2.0
"""Containers that are healthy or end normally: nothing is to be blamed."""
import contextlib
import os
import signal
import time

from lib import (KERNEL, SLOW, Joiner, events, kill, next_seq, sleeper, spawn,
                 wait_for)
from stuck.alive import goes_on
from stuck.case import (container, named, proven, process, state, waits, zaps)
from stuck.teardown import outer


@contextlib.contextmanager
def quiet():
    """Its init has no handler for SIGTERM, but no SIGTERM was sent."""
    def init(up):
        up()
        sleeper()

    with container('a container that nobody asked to end', init) as case:
        yield case


@contextlib.contextmanager
def shell():
    """An init that waits for its child, as a shell does: no cause for suspicion."""
    def init(up):
        pid = spawn(named(b'command', sleeper))
        up()
        os.waitpid(pid, 0)

    with container('a container whose init waits for its child', init) as case:
        proven(lambda: waits(case.init), f'{case.name}: the init waits',
               case.init)
        yield case


@contextlib.contextmanager
def under_load():
    """Signals come from outside, from inside and from dying children."""
    pause = 0.002 * SLOW

    def init(up):
        for number in signal.SIGTERM, signal.SIGUSR1, signal.SIGHUP:
            signal.signal(number, goes_on)

        def child():
            signal.signal(signal.SIGUSR1, goes_on)
            while True:
                os.kill(1, signal.SIGHUP)
                time.sleep(pause)

        pid = spawn(named(b'busy', child))
        up()
        while True:
            os.kill(pid, signal.SIGUSR1)
            os.waitpid(spawn(lambda: 0), 0)
            time.sleep(3 * pause)

    with container('a healthy container under signals', init) as case:
        def load():
            while True:
                os.kill(case.init, signal.SIGUSR1)
                time.sleep(pause)

        since = next_seq()
        with process(load) as outside:
            for sender in outside, case.member(b'busy'):
                wait_for(lambda: len(events(
                    since, 'signal', f'sender.pid={sender}',
                    f'target.pid={case.init}')) > 50)
            yield case


@contextlib.contextmanager
def healthy_outer():
    """A container within it is stuck; this one is not, and was sent nothing."""
    with container('a container in which another is stuck', outer) as case:
        inner = case.member(b'inner')
        outside = Joiner(inner)
        case.undo.callback(outside.end)
        kill(inner)
        proven(lambda: zaps(inner) and
               state(outside.joined) == 'Z',
               f'{case.name}: the inner one is stuck', inner, outside.joined)
        yield case


CASES = quiet, shell, under_load, healthy_outer


# The debug kernel takes more than a minute to show 5,000 processes.
CROWD = 500 if KERNEL == 'debug' else 5000


@contextlib.contextmanager
def crowd():
    """A container of so many processes, for the test to kill and look at."""
    def init(up):
        up()
        os.execv('/nsorphan/guest/crowd', ['crowd', str(CROWD)])

    with container(f'a container of {CROWD} processes', init) as case:
        path = f'/sys/fs/cgroup/{case.container}/cgroup.procs'

        def all_there():
            with open(path) as file:
                return len(file.readlines()) == CROWD + 1

        wait_for(all_there)
        yield case

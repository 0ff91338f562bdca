# SPDX-License-Identifier: GPL-2.0
"""Containers that are well, or die as they should: nobody is to be blamed."""
import contextlib
import os
import signal
import time

from lib import KERNEL, SLOW, Joiner, kill, sleeper, spawn, wait_for
from stuck.alive import goes_on
from stuck.case import (container, named, proven, process, state, waits, zaps)
from stuck.teardown import outer


@contextlib.contextmanager
def quiet():
    """It has no handler for SIGTERM, but who has asked it to end?"""
    def init(up):
        up()
        sleeper()

    with container('a container that nobody asked to end', init) as case:
        yield case


@contextlib.contextmanager
def shell():
    """As a shell that waits for what it runs: no reason to suspect it."""
    def init(up):
        pid = spawn(named(b'command', sleeper))
        up()
        os.waitpid(pid, 0)

    with container('a container whose init waits for its child', init) as case:
        proven(lambda: waits(case.init), f'{case.name}: it does',
               case.init)
        yield case


@contextlib.contextmanager
def under_load():
    """Signals from outside, from inside and from dying children."""
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
        time.sleep(0.3)
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

        with process(load):
            time.sleep(1)
            yield case


@contextlib.contextmanager
def healthy_outer():
    """In it another is stuck; it is not, and nobody asked it to end."""
    with container('a container in which another is stuck', outer) as case:
        inner = case.member(b'inner')
        outside = Joiner(inner)
        case.undo.callback(outside.end)
        kill(inner)
        proven(lambda: zaps(inner) and
               state(outside.joined) == 'Z',
               f'{case.name}: it is', inner, outside.joined)
        yield case


CASES = quiet, shell, under_load, healthy_outer


# A kernel that watches itself takes a minute and more to show 5,000.
CROWD = 500 if KERNEL == 'debug' else 5000


@contextlib.contextmanager
def crowd():
    """So many processes, alive; kill the init and look."""
    def init(up):
        up()
        os.execv('/nsorphan/guest/crowd', ['crowd', str(CROWD)])

    with container(f'a container of {CROWD} processes', init) as case:
        path = f'/sys/fs/cgroup/{case.container}/cgroup.procs'

        def all_there():
            with open(path) as file:
                return len(file.readlines()) == CROWD + 1

        assert wait_for(all_there, 200)
        yield case

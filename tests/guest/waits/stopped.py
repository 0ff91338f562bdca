# SPDX-License-Identifier: GPL-2.0
"""Inits that are stopped or frozen; and frozen processes of a teardown."""
import contextlib
import os
import signal

from lib import (V1, kill, read, sleep_handling_signals, sleeper, spawn, stop, v1,
                 wait_for, wait_for_state, wait_until_asleep, write)
from stuck.case import CGROUPS, mask, named, proven, state, torn_down
from stuck.fuse import NO_READ, silent
from waits.child import executing
from waits.harness import TERM, ask, container


FREEZER = f'{V1}/freezer'


def ends_when_asked(up):
    signal.signal(TERM, lambda *_: os._exit(0))
    up()
    sleep_handling_signals()


@contextlib.contextmanager
def stopped_when_asked():
    with container('an init that was stopped before SIGTERM',
                   ends_when_asked) as case:
        stop(case.init)
        ask(case)
        proven(lambda: state(case.init) == 'T' and mask(case.init, 'ShdPnd'),
               f'{case.name}: SIGTERM is pending', case.init)
        case.answer('init-stopped', actor=case.init, chain=(),
                    remedy=rf'^kill -CONT {case.init}$')
        yield case


@contextlib.contextmanager
def stopped_unasked():
    """Nobody asked it to end: SIGCONT makes it go on."""
    with container('an init that is stopped', executing('sleep', '1000')) as case:
        wait_until_asleep(case.init)
        stop(case.init)
        proven(lambda: state(case.init) == 'T', f'{case.name}: it is', case.init)
        case.answer('init-stopped', actor=case.init, chain=(),
                    remedy=rf'^kill -CONT {case.init}$',
                    ends=lambda: state(case.init) == 'S')
        yield case


def thawed_by(case, path, word, *, verdict='init-stopped', **more):
    """Whoever froze the cgroup, of which this is the file, must thaw it."""
    cgroup = os.path.dirname(path).removeprefix(FREEZER).removeprefix(CGROUPS)
    case.answer(verdict, actor=rf'{cgroup}\b', chain=('freezer',), remedy=rf'^echo {word} ?> ?{path}$', **more)


def freeze(case):
    path = f'{case.cgroup}/cgroup.freeze'
    write(path, 1)
    case.undo.callback(write, path, 0)
    return path


def frozen_is(case, number):
    return f'frozen {number}' in read(f'{case.cgroup}/cgroup.events')


@contextlib.contextmanager
def frozen_v2():
    """As docker pause; a worker would be frozen before it could tell so."""
    with container('an init that is frozen by cgroup v2', ends_when_asked,
                   worker=False) as case:
        path = freeze(case)
        wait_for(lambda: frozen_is(case, 1))
        ask(case)
        proven(lambda: frozen_is(case, 1) and mask(case.init, 'ShdPnd'),
               f'{case.name}: SIGTERM is pending', case.init)
        thawed_by(case, path, 0)
        yield case


@contextlib.contextmanager
def being_frozen():
    """A child in D state is not frozen, and the cgroup never is; yet init is."""
    def init(up):
        def read_silent():
            with open(NO_READ, 'rb', 0) as file:
                file.read(1)

        signal.signal(TERM, lambda *_: os._exit(0))
        spawn(named(b'reader', read_silent))
        up()
        sleep_handling_signals()

    with silent() as server, \
            container('an init whose cgroup is being frozen', init,
                      worker=False) as case:
        case.undo.callback(server.end)
        pid = case.member(b'reader')
        server.waiter()
        wait_for_state(pid, 'D')
        path = freeze(case)
        wait_for(lambda: 'do_freezer_trap' in read(f'/proc/{case.init}/stack') or
                 'get_signal' in read(f'/proc/{case.init}/stack'))
        ask(case)
        proven(lambda: frozen_is(case, 0) and read(path) == '1\n' and
               mask(case.init, 'ShdPnd') and state(pid) == 'D',
               f'{case.name}: SIGTERM is pending, a child is in D state', case.init,
               pid)
        thawed_by(case, path, 0, says=(str(pid),))
        yield case


@contextlib.contextmanager
def frozen_parent_v2():
    """Not the container's own cgroup is frozen, but the one above its init's."""
    def init(up):
        ends_when_asked(up)

    with container('an init that a cgroup between freezes', init,
                   worker=False) as case:
        upper, lower = f'{case.cgroup}/upper', f'{case.cgroup}/upper/lower'
        os.makedirs(lower)
        write(f'{lower}/cgroup.procs', case.init)
        path = f'{upper}/cgroup.freeze'
        write(path, 1)
        case.undo.callback(write, path, 0)
        wait_for(lambda: 'frozen 1' in read(f'{lower}/cgroup.events'))
        ask(case)
        proven(lambda: mask(case.init, 'ShdPnd'), f'{case.name}: SIGTERM is pending',
               case.init)
        thawed_by(case, path, 0)
        yield case


@contextlib.contextmanager
def freezer_v1(*inner):
    """Mounts the freezer of cgroup v1; yields the path of a cgroup."""
    with v1('freezer') as mount:
        path = '/'.join((mount, 'ice', *inner))
        os.makedirs(path)
        yield path


@contextlib.contextmanager
def frozen_v1():
    """Not even SIGKILL wakes it up."""
    with freezer_v1() as path, \
            container('an init that is frozen by cgroup v1', ends_when_asked) as case:
        file = f'{path}/freezer.state'
        write(f'{path}/tasks', case.init)
        case.undo.callback(write, file, 'THAWED')
        write(file, 'FROZEN')
        wait_for(lambda: read(file) == 'FROZEN\n')
        ask(case)
        kill(case.init)
        proven(lambda: mask(case.init, 'ShdPnd') and state(case.init) == 'D',
               f'{case.name}: SIGKILL is pending', case.init)
        thawed_by(case, file, 'THAWED')
        yield case


def frozen_in_teardown(name, *inner):
    """The cgroup is frozen itself, or the one above it."""
    @contextlib.contextmanager
    def make():
        def init(up):
            spawn(named(b'frozen', sleeper))
            up()
            sleeper()

        with freezer_v1(*inner) as path, container(name, init) as case:
            pid = case.member(b'frozen')
            file = f'{FREEZER}/ice/freezer.state'
            write(f'{path}/tasks', pid)
            case.undo.callback(write, file, 'THAWED')
            write(file, 'FROZEN')
            wait_for(lambda: read(f'{path}/freezer.state') == 'FROZEN\n')
            ask(case)
            torn_down(case, pid)
            proven(lambda: state(pid) == 'D', f'{case.name}: it is frozen', pid)
            thawed_by(case, file, 'THAWED', verdict='teardown-frozen')
            yield case
    make.__name__ = name
    return make


CASES = (stopped_when_asked, stopped_unasked, frozen_v2, being_frozen,
         frozen_parent_v2, frozen_v1,
         frozen_in_teardown('a dying process that is frozen'),
         frozen_in_teardown('a dying process of an engine in a frozen cgroup',
                            'inner', 'most'))

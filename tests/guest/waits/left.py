# SPDX-License-Identifier: GPL-2.0
"""Containers whose main is dead: its processes live on, or nobody reaps it."""
import contextlib
import os

from lib import (PR_SET_CHILD_SUBREAPER, Channel, kill, prctl, read, set_name,
                 setns_pid, sleeper, spawn, stat, stop, unshare_pid, wait_for,
                 wait_until_ended)
from stuck.alive import ignoring_child
from stuck.case import ANYTHING, Case, cgroup, container_id, named, proven, state


@contextlib.contextmanager
def started_by_shim(name, main, join=lambda: None, reaps=True):
    """
    Runs main(up) in a container as the child of a process outside, which adopts what
    main leaves behind and reaps all of it, or never. The shim calls join() before, by
    which main gets another pid namespace. Yields the case and the shim's pid.
    """
    told = Channel()

    def first():
        enter()
        set_name(b'main')
        main(lambda: told.send('up'))

    def shim():
        set_name(b'shim')
        prctl(PR_SET_CHILD_SUBREAPER, 1)
        join()
        told.send(spawn(first))
        while reaps:
            try:
                os.waitpid(-1, 0)
            except ChildProcessError:
                break
        sleeper()

    with contextlib.closing(told), cgroup(name) as enter:
        pid = spawn(shim)
        try:
            # In either order.
            main_pid, = {told.receive(), told.receive()} - {'up'}
            case = Case(name, main_pid, 0, container_id(name))
            with case.undo:
                yield case, pid
        finally:
            kill(pid, *map(int, read(f'{enter.path}/cgroup.procs').split()))
            os.waitpid(pid, 0)


def left_behind(case, adopter, *left):
    """Nobody ends what is left: it must be killed, with the cgroup if there is that."""
    file = f'{case.cgroup}/cgroup.kill'
    pids = '|'.join(map(str, left))
    command = (rf'echo 1 ?> ?{file}' if os.path.exists(file) else
               rf'kill -(KILL|TERM)( ({pids}))+')
    case.answer('left-behind', actor=(*left, adopter), chain=ANYTHING,
                remedy=rf'^{command}$', says=tuple(map(str, left)))


@contextlib.contextmanager
def daemon_of_host():
    """It left main's session, and main was killed: the shim adopted it."""
    ready = Channel()

    def main(up):
        def daemon():
            os.setsid()
            ready.send('is there')
            ignoring_child(lambda: None)

        def between():
            spawn(named(b'daemon', daemon))

        os.waitpid(spawn(between), 0)
        ready.receive()
        up()
        sleeper()

    with contextlib.closing(ready), \
            started_by_shim('a container on the host whose daemon is left',
                            main) as (case, shim):
        pids = set(map(int, read(f'{case.cgroup}/cgroup.procs').split()))
        daemon, = pids - {case.init}
        kill(case.init)
        wait_for(lambda: state(case.init) == 'g')
        proven(lambda: state(daemon) == 'S' and stat(daemon)['ppid'] == shim,
               f'{case.name}: the shim has it', daemon)
        left_behind(case, shim, daemon)
        yield case


@contextlib.contextmanager
def grandchild_beside():
    """As in a pod that shares its namespace: that one's init adopted what is left."""
    pause = Channel()

    def main(up):
        def child():
            spawn(named(b'grandchild', sleeper))
            sleeper()

        spawn(named(b'app', child))
        up()
        sleeper()

    def infrastructure():
        unshare_pid()
        pause.send(spawn(named(b'pause', sleeper)))
        sleeper()

    outer = spawn(infrastructure)
    init = pause.receive()
    try:
        with started_by_shim('a container beside a pause whose processes are left',
                             main, join=lambda: setns_pid(init)) as (case, shim):
            wait_for(lambda: len(read(f'{case.cgroup}/cgroup.procs').split()) == 3)
            left = set(map(int, read(f'{case.cgroup}/cgroup.procs').split()))
            left.discard(case.init)
            kill(case.init)
            wait_until_ended(case.init)
            proven(lambda: init in {stat(pid)['ppid'] for pid in left} and
                   all(state(pid) == 'S' for pid in left),
                   f'{case.name}: pause has them', *left)
            left_behind(case, init, *left)
            yield case
    finally:
        kill(init, outer)
        os.waitpid(outer, 0)
        pause.close()


def unreaped(case, shim, remedy, **more):
    case.answer('init-not-reaped', actor=shim, chain=('engine',), remedy=remedy, **more)


@contextlib.contextmanager
def shim_is_stopped():
    """It would reap, if somebody continued it."""
    def main(up):
        up()
        sleeper()

    with started_by_shim('a dead init whose shim is stopped', main,
                         join=unshare_pid) as (case, shim):
        stop(shim)
        kill(case.init)
        wait_until_ended(case.init)
        proven(lambda: state(case.init) == 'Z' and stat(case.init)['ppid'] == shim,
               f'{case.name}: it is not reaped', case.init, shim)
        unreaped(case, shim, rf'^kill -CONT {shim}$',
                 ends=lambda: state(case.init) == 'g')
        yield case


@contextlib.contextmanager
def shim_never_waits():
    """An engine's daemon is not to be killed; that it must wait can be said."""
    def main(up):
        spawn(named(b'child', sleeper))
        up()
        sleeper()

    with started_by_shim('a dead init whose shim never waits', main,
                         join=unshare_pid, reaps=False) as (case, shim):
        kill(case.init)
        wait_until_ended(case.init)
        proven(lambda: state(case.init) == 'Z' and stat(case.init)['ppid'] == shim and
               not read(f'{case.cgroup}/cgroup.procs'),
               f'{case.name}: it is not reaped', case.init, shim)
        unreaped(case, shim, ANYTHING)
        yield case


@contextlib.contextmanager
def main_of_host_unreaped():
    """Without a namespace it is a zombie as well, and nothing else is left."""
    def main(up):
        up()
        sleeper()

    with started_by_shim('a dead main on the host whose shim never waits', main,
                         reaps=False) as (case, shim):
        kill(case.init)
        wait_until_ended(case.init)
        proven(lambda: state(case.init) == 'Z', f'{case.name}: it is not reaped',
               case.init, shim)
        unreaped(case, shim, ANYTHING)
        yield case


CASES = (daemon_of_host, grandchild_beside, shim_is_stopped, shim_never_waits,
         main_of_host_unreaped)

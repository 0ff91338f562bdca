# SPDX-License-Identifier: GPL-2.0
"""Inits that wait for a lock of a file."""
import contextlib
import fcntl
import os
import struct

from lib import Channel, sleep_handling_signals, sleeper, spawn
from stuck.alive import ignoring_child, waiting_init
from stuck.case import await_mask, mask, named, proven, waits
from waits.harness import ANYTHING, ask, container, handled, sleeps_in
from waits.pipes import outside, waits_for, when_asked

PATH = '/run/locked'
F_OFD_SETLKW = 38


def opened():
    return os.open(PATH, os.O_RDWR | os.O_CREAT)


def flock(fd):
    fcntl.flock(fd, fcntl.LOCK_EX)


def posix(fd):
    fcntl.lockf(fd, fcntl.LOCK_EX)


def ofd(fd):
    """A lock of the open file description: it has no owner by pid."""
    fcntl.fcntl(fd, F_OFD_SETLKW,
                struct.pack('hhqqi4x', fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0))


WAITS = {flock: ('flock_lock_inode_wait', 'locks_lock_inode_wait', '__do_sys_flock'),
         posix: ('fcntl_setlk', 'do_lock_file_wait', 'posix_lock_inode_wait'),
         ofd: ('fcntl_setlk', 'do_lock_file_wait', 'posix_lock_inode_wait')}


def waits_for_lock(pid, lock):
    return sleeps_in(pid, *WAITS[lock])


def locking(lock):
    """Returns an init that wants the lock when it is asked to end."""
    def init(up):
        fd = opened()
        when_asked(lambda: lock(fd))
        up()
        sleep_handling_signals()
    return init


@contextlib.contextmanager
def held_outside(lock):
    """A process outside that has the lock; yields its pid."""
    locked = Channel()

    def hold():
        lock(opened())
        locked.send('locked')
        sleeper()

    with contextlib.closing(locked), \
            outside(b'holder', hold, locked.write_end) as pid:
        locked.receive()
        yield pid


def of_outside(name, lock):
    @contextlib.contextmanager
    def make():
        with held_outside(lock) as holder, container(name, locking(lock)) as case:
            ask(case)
            proven(lambda: handled(case.init) and waits_for_lock(case.init, lock),
                   f'{case.name}: it waits for it', case.init)
            waits_for(case, 'lock', holder, 'TERM|KILL')
            yield case
    make.__name__ = name
    return make


@contextlib.contextmanager
def posix_of_child():
    """An older child has it, and ignores SIGTERM."""
    def init(up):
        fd = opened()

        def helper():
            posix(opened())
            ignoring_child(up)

        spawn(named(b'helper', helper))
        when_asked(lambda: posix(fd))
        sleep_handling_signals()

    with container('an init that waits for a POSIX lock of its child', init) as case:
        helper = case.member(b'helper')
        await_mask(case.init, 'SigCgt')
        ask(case)
        proven(lambda: handled(case.init) and waits_for_lock(case.init, posix) and
               mask(helper, 'SigIgn'), f'{case.name}: it does', case.init, helper)
        waits_for(case, 'lock', helper, 'KILL')
        yield case


@contextlib.contextmanager
def child_waits_for_flock():
    def child(up):
        fd = opened()
        up()
        flock(fd)

    with held_outside(flock) as holder, \
            container('an init that waits for a child that waits for a flock',
                      waiting_init(child, passes=False)) as case:
        pid = case.member(b'child')
        await_mask(case.init, 'SigCgt')
        ask(case)
        proven(lambda: waits(case.init) and waits_for_lock(pid, flock),
               f'{case.name}: the child waits for it', case.init, pid)
        waits_for(case, 'lock', holder, 'TERM|KILL', 'init-waits-for-child',
                  chain=('child', 'lock'))
        yield case


@contextlib.contextmanager
def ofd_of_outside():
    """/proc/locks has no pid of it; who has the file open can be told."""
    with held_outside(ofd) as holder, \
            container('an init that waits for a lock of an open file',
                      locking(ofd)) as case:
        ask(case)
        proven(lambda: handled(case.init) and waits_for_lock(case.init, ofd),
               f'{case.name}: it waits for it', case.init)
        case.answer('init-waits', actor=(holder, PATH), chain=('lock',),
                    remedy=ANYTHING)
        yield case


@contextlib.contextmanager
def flock_inherited():
    """
    /proc/locks names a process that has ended: main's older child, which has inherited
    the file from it, keeps the lock.
    """
    def init(up):
        fd = opened()

        def locker():
            flock(opened())
            spawn(named(b'heir', lambda: ignoring_child(up)))

        os.waitpid(spawn(locker), 0)
        when_asked(lambda: flock(fd))
        sleep_handling_signals()

    with container('an init that waits for a flock that its child inherited',
                   init) as case:
        heir = case.member(b'heir')
        await_mask(case.init, 'SigCgt')
        ask(case)
        proven(lambda: handled(case.init) and waits_for_lock(case.init, flock) and
               mask(heir, 'SigIgn'), f'{case.name}: it does', case.init, heir)
        waits_for(case, 'lock', heir, 'KILL')
        yield case


CASES = (of_outside('an init that waits for a flock held outside', flock),
         of_outside('an init that waits for a POSIX lock held outside', posix),
         posix_of_child, child_waits_for_flock, ofd_of_outside, flock_inherited)

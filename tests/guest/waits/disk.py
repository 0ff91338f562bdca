# SPDX-License-Identifier: GPL-2.0
"""A file system on a loop device that is frozen and thawed; what waits for it."""
import contextlib
import os
import signal

from lib import Channel, kill, run, sleeper, spawn, wait_for
from stuck.alive import waiting_init
from stuck.case import await_mask, mask, named, proven, state, torn_down, waits
from stuck.engine import command
from waits.harness import TERM, ask, container, exiting, sleeps_in

MOUNT = '/run/disk'
IMAGE = '/tmp/disk.img'
# Frozen: what waits in sb_start_write() and its like.
FREEZE_WAIT = 'percpu_rwsem_wait', '__percpu_down_read'


class Disk:
    def freeze(self):
        command('fsfreeze', '-f', MOUNT)

    def thaw(self):
        """Thaws it, unless the remedy has."""
        run('fsfreeze', '-u', MOUNT)


@contextlib.contextmanager
def disk():
    for module in 'loop', 'ext4', 'crc32c_generic':
        run('modprobe', module)
    os.makedirs(MOUNT, exist_ok=True)
    with open(IMAGE, 'wb') as file:
        file.truncate(16 << 20)
    command('mkfs.ext4', '-q', '-F', IMAGE)
    command('mount', '-o', 'loop', IMAGE, MOUNT)
    made = Disk()
    try:
        yield made
    finally:
        made.thaw()
        wait_for(lambda: run('umount', MOUNT).returncode == 0)
        os.unlink(IMAGE)


def holds_unlinked(name):
    """Opens a file that no name has any more: closing it frees its blocks."""
    fd = os.open(f'{MOUNT}/{name}', os.O_CREAT | os.O_RDWR)
    os.write(fd, b'x' * 100000)
    os.unlink(f'{MOUNT}/{name}')
    return fd


def thawed(case, verdict, chain, **more):
    """The file system's owner must act."""
    case.answer(verdict, actor=MOUNT, chain=chain, remedy=rf'^fsfreeze -u {MOUNT}$',
                **more)


@contextlib.contextmanager
def exits_on_frozen():
    """Killed, it closes its files before the kernel kills anybody else."""
    def init(up):
        holds_unlinked('file')
        up()
        sleeper()

    with disk() as frozen, \
            container('an init that closes a file on a frozen disk', init) as case:
        case.undo.callback(frozen.thaw)
        frozen.freeze()
        ask(case)
        kill(case.init)
        proven(lambda: exiting(case.init) and state(case.init) == 'D' and
               sleeps_in(case.init, 'ext4_evict_inode') and
               all(state(pid) == 'S' for pid in case.bystanders),
               f'{case.name}: it is in D state in its exit, the others live',
               case.init, *case.bystanders)
        thawed(case, 'init-exiting', ('filesystem',), unsaid=('still dying',))
        yield case


def writes(go):
    """Writes when told to: a frozen disk makes it wait in D state."""
    fd = os.open(f'{MOUNT}/log', os.O_CREAT | os.O_WRONLY)

    def write():
        go.receive()
        os.write(fd, b'x' * 100)
    return write


def in_frozen_write(pid):
    return state(pid) == 'D' and sleeps_in(pid, *FREEZE_WAIT)


@contextlib.contextmanager
def writing(name, init):
    """Yields a container and what makes it write to a disk that is frozen."""
    with contextlib.closing(Channel()) as go, disk() as frozen, \
            container(name, lambda up: init(up, go)) as case:
        case.undo.callback(frozen.thaw)
        frozen.freeze()
        yield case, lambda: go.send('write')


@contextlib.contextmanager
def child_writes():
    def init(up, go):
        def child(up):
            write = writes(go)
            up()
            write()
            sleeper()

        waiting_init(child)(up)

    with writing('an init that waits for a child that writes to a frozen disk',
                 init) as (case, write):
        pid = case.member(b'child')
        await_mask(case.init, 'SigCgt')
        write()
        wait_for(lambda: in_frozen_write(pid))
        ask(case)
        proven(lambda: waits(case.init) and in_frozen_write(pid),
               f'{case.name}: the child is in D state', case.init, pid)
        thawed(case, 'init-waits-for-child', ('child', 'filesystem'))
        yield case


@contextlib.contextmanager
def init_writes():
    def init(up, go):
        signal.signal(TERM, lambda *_: os._exit(0))
        write = writes(go)
        up()
        write()
        signal.pause()

    with writing('an init that writes to a frozen disk', init) as (case, write):
        write()
        wait_for(lambda: in_frozen_write(case.init))
        ask(case)
        proven(lambda: in_frozen_write(case.init) and mask(case.init, 'ShdPnd'),
               f'{case.name}: it is in D state', case.init)
        thawed(case, 'init-disk-sleep', ('filesystem',))
        yield case


@contextlib.contextmanager
def torn_down_writer():
    def init(up, go):
        def body():
            write = writes(go)
            up()
            write()

        spawn(named(b'writer', body))
        sleeper()

    with writing('a dying process that writes to a frozen disk',
                 init) as (case, write):
        pid = case.member(b'writer')
        write()
        wait_for(lambda: in_frozen_write(pid))
        ask(case)
        torn_down(case, pid)
        thawed(case, 'teardown-disk-sleep', ('filesystem',))
        yield case


@contextlib.contextmanager
def torn_down_closer():
    """In its exit, not in a system call: there is no descriptor to look at."""
    def init(up):
        def hold():
            holds_unlinked('file')
            up()
            sleeper()

        spawn(named(b'holder', hold))
        sleeper()

    with disk() as frozen, \
            container('a dying process that closes a file on a frozen disk',
                      init) as case:
        case.undo.callback(frozen.thaw)
        pid = case.member(b'holder')
        frozen.freeze()
        torn_down(case, pid)
        proven(lambda: exiting(pid) and state(pid) == 'D' and
               sleeps_in(pid, 'ext4_evict_inode'),
               f'{case.name}: it is in D state', pid)
        thawed(case, 'teardown-disk-sleep', ('filesystem',))
        yield case


CASES = (exits_on_frozen, child_writes, init_writes, torn_down_writer,
         torn_down_closer)

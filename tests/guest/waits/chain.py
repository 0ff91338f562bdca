# SPDX-License-Identifier: GPL-2.0
"""
Chains of processes of which each waits for the next one, in a random way. At the end
is one who must act, or the chain closes to a circle.
"""
import contextlib
import ctypes
import os
import signal
import socket
import struct

from lib import (NUMBERS, descendants, kill, libc, read, setns_pid, sleeper, spawn,
                 wait_for, write)
from stuck import fuse
from stuck.case import (CGROUPS, container_id, fields, named, proven, stack, state,
                        torn_down)
from stuck.teardown import family
from waits.fuse import connections
from waits.harness import PIPE_READ, TERM, add_worker, container, forget_files
from waits.locks import WAITS, flock
from waits.tracers import interrupt

FOLDER = '/run/chain'
CLONE_VFORK = 0x4000


class Link:
    """
    How a process waits for its child: hold() is run in the child before anything
    else, then wait() in the parent, which does not return from it.
    """
    kind = None             # as explain calls it

    def __init__(self, number):
        self.number = number
        self.path = f'{FOLDER}/{number}'

    def prepare(self):
        """In the parent, before the child is made; returns the child's descriptors."""
        return ()

    def hold(self):
        """In the child."""

    def start(self, child):
        """In the parent: makes the child, which runs child(); waits for it."""
        told, tell = os.pipe()
        kept = self.prepare()

        def first():
            forget_files(tell, *kept)
            self.hold()
            os.write(tell, b'x')
            os.close(tell)
            child()

        pid = spawn(first)
        os.close(tell)
        os.read(told, 1)
        self.wait(pid)

    def is_waiting(self, pid, next_pid):
        return sleeps(pid, *self.functions)


def sleeps(pid, *functions):
    return any(name.split('.')[0] in functions for name in stack(pid))


class Child(Link):
    kind, functions = 'child', ('do_wait',)

    def wait(self, pid):
        os.waitpid(pid, 0)


class Vfork(Link):
    kind = 'child'

    def start(self, child):
        if libc.syscall(NUMBERS['clone'], CLONE_VFORK | signal.SIGCHLD,
                        0, 0, 0, 0) == 0:
            forget_files()
            child()

    def is_waiting(self, pid, next_pid):
        return state(pid) == 'D' and sleeps(pid, 'kernel_clone', '_do_fork')


class Pipe(Link):
    kind, functions = 'pipe', PIPE_READ

    def prepare(self):
        self.ours, self.its = os.pipe()
        return self.its,

    def wait(self, pid):
        os.close(self.its)
        os.read(self.ours, 1)


class Socket(Link):
    kind, functions = 'socket', ('unix_stream_read_generic', 'unix_stream_data_wait')

    def prepare(self):
        self.ours, self.its = socket.socketpair()
        return self.its.fileno(),

    def wait(self, pid):
        self.its.close()
        self.ours.recv(1)


class Lock(Link):
    kind, functions = 'lock', WAITS[flock]

    def open(self):
        return os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC)

    def hold(self):
        flock(self.open())

    def wait(self, pid):
        flock(self.open())


class Tracer(Link):
    kind = 'tracer'

    def hold(self):
        interrupt(os.getppid())

    def start(self, child):
        # It stops somewhere in here.
        def first():
            forget_files()
            self.hold()
            child()

        spawn(first)
        sleeper()

    def is_waiting(self, pid, next_pid):
        return state(pid) == 't' and fields(pid)['TracerPid'] == str(next_pid)


class Fuse(Link):
    """The child mounts a file system, and answers no request but the first."""
    kind = 'fuse'

    def prepare(self):
        os.makedirs(self.path)
        return ()

    def hold(self):
        device = os.open('/dev/fuse', os.O_RDWR)
        options = f'fd={device},rootmode=40000,user_id=0,group_id=0'
        assert libc.mount(b'chain', self.path.encode(), b'fuse', 0,
                          options.encode()) == 0, os.strerror(ctypes.get_errno())
        request = os.read(device, 1 << 18)
        _, opcode, unique, node, *_ = struct.unpack_from('=2I2Q4I', request)
        body = fuse.answer(opcode, node, b'')
        os.write(device, struct.pack('=IiQ', 16 + len(body), 0, unique) + body)

    def wait(self, pid):
        with contextlib.suppress(OSError):
            os.stat(f'{self.path}/file')
        sleeper()

    def is_waiting(self, pid, next_pid):
        return fuse.waits_for_answer(pid)


KINDS = Child, Vfork, Pipe, Socket, Lock, Tracer, Fuse


# What the last one does

def sleeps_well():
    sleeper()


def ignores():
    signal.signal(TERM, signal.SIG_IGN)
    sleeper()


def stops():
    os.kill(os.getpid(), signal.SIGSTOP)
    sleeper()


ENDS = 'sleeps', 'ignores', 'stopped', 'frozen', 'circle'


class Chain:
    """
    A random chain: its kinds of wait, and how it ends. It begins with main, which is
    asked to end; or main is killed, and a zombie remains whose parent outside, who
    does not reap it, is the first.
    """

    def __init__(self, dice):
        self.begin = dice.choice(('asked', 'asked', 'reaper'))
        kinds = [dice.choice(KINDS) for _ in range(dice.randint(1, 6))]
        self.links = [kind(number) for number, kind in enumerate(kinds)]
        self.end = dice.choice(ENDS)
        # Who is waited for by the last one.
        self.back = dice.randrange(len(kinds)) if self.end == 'circle' else None
        self.pids = []

    def __str__(self):
        ways = ' '.join(type(link).__name__.lower() for link in self.links)
        back = f' to {self.back}' if self.back is not None else ''
        return f'{self.begin} {ways} {self.end}{back}'

    def lock(self):
        return os.open(f'{FOLDER}/circle', os.O_RDWR | os.O_CREAT | os.O_CLOEXEC)

    def last(self):
        if self.end == 'circle':
            flock(self.lock())
        elif self.end == 'frozen':
            os.mkdir(self.freezer)
            write(f'{self.freezer}/cgroup.procs', 0)
            sleeper()
        else:
            {'sleeps': sleeps_well, 'ignores': ignores, 'stopped': stops}[self.end]()

    def body(self, number):
        """What process number of the chain does, from 0 on."""
        def run():
            if number == self.back:
                self.held = self.lock()
                flock(self.held)
            if number < len(self.links):
                self.links[number].start(named(b'link%d' % (number + 1),
                                               self.body(number + 1)))
            else:
                self.last()
        return run

    def wait_until_made(self, first, undo):
        """Waits until all wait, from the first process on; finds their pids."""
        self.pids = [first] + [wait_for(lambda: member(first, f'link{number + 1}'))
                               for number in range(len(self.links))]
        if self.end == 'frozen':
            wait_for(lambda: read(f'{self.freezer}/cgroup.procs').split())
            write(f'{self.freezer}/cgroup.freeze', 1)
            undo.callback(write, f'{self.freezer}/cgroup.freeze', 0)
        pairs = list(zip(self.links, self.pids, self.pids[1:]))
        proven(lambda: self.is_at_end() and
               all(link.is_waiting(*pids) for link, *pids in pairs),
               f'{self}: each waits for the next', *self.pids)

    def is_at_end(self):
        pid = self.pids[-1]
        return {'sleeps': lambda: state(pid) == 'S',
                'ignores': lambda: state(pid) == 'S',
                'stopped': lambda: state(pid) == 'T',
                'frozen': lambda: 'frozen 1' in read(f'{self.freezer}/cgroup.events'),
                'circle': lambda: sleeps(pid, *WAITS[flock])}[self.end]()

    def actors(self):
        """
        Returns the pids of whom one must act. A tracer can let go, and a parent can
        reap, whatever they wait for themselves.
        """
        last = {'frozen': [], 'circle': self.pids[self.back or 0:]}
        tracers = [pid for link, pid in zip(self.links, self.pids[1:])
                   if link.kind == 'tracer']
        parent = self.pids[:1] if self.begin == 'reaper' else []
        return {*last.get(self.end, self.pids[-1:]), *tracers, *parent}


def member(first, name):
    """Returns the descendant of that name, or None."""
    return next((pid for pid in descendants(first)
                 if read(f'/proc/{pid}/comm') == f'{name}\n'), None)


@contextlib.contextmanager
def asked(chain, name):
    """Main is the first, and is asked to end."""
    def init(up):
        signal.signal(TERM, lambda *_: None)
        up()
        chain.body(0)()

    chain.freezer = f'{CGROUPS}/{container_id(name)}/frozen'
    with container(name, init) as case:
        chain.wait_until_made(case.init, case.undo)
        os.kill(case.init, TERM)
        add_worker(case)
        yield case


@contextlib.contextmanager
def killed(chain, name):
    """Main is killed, and waits for one that its parent outside does not reap."""
    def parent(case):
        setns_pid(case.init)
        spawn(named(b'joined', sleeper))
        # From here on its children are outside, too.
        setns_pid(os.getpid())
        chain.body(0)()

    chain.freezer = f'{CGROUPS}/chain'
    with container(name, family()) as case:
        first = spawn(named(b'parent', lambda: parent(case)))
        case.undo.callback(end, chain, first)
        chain.wait_until_made(first, case.undo)
        torn_down(case, wait_for(lambda: member(first, 'joined')))
        yield case


def end(chain, first):
    kill(first, *descendants(first))
    os.waitpid(first, 0)
    if os.path.exists(chain.freezer):
        wait_for(lambda: 'populated 0' in read(f'{chain.freezer}/cgroup.events'))
        os.rmdir(chain.freezer)


@contextlib.contextmanager
def made(chain, name):
    """Makes the chain; yields the case of its container."""
    os.makedirs(FOLDER, exist_ok=True)
    connections()
    try:
        with {'asked': asked, 'reaper': killed}[chain.begin](chain, name) as case:
            yield case
    finally:
        for link in chain.links:
            libc.umount2(link.path.encode(), 2)  # MNT_DETACH
            with contextlib.suppress(OSError):
                os.rmdir(link.path)
        for file in os.listdir(FOLDER):
            with contextlib.suppress(OSError):
                os.unlink(f'{FOLDER}/{file}')

# SPDX-License-Identifier: GPL-2.0
"""
A stuck container as its maker knows it: what the tool must say of it, and the
proof from /proc that the container is in that state.
"""
import contextlib
import dataclasses
import hashlib
import os
import signal

from lib import (Channel, descendants, eventually, kill, namespace, ok,
                 pidns_of, read, set_name, spawn, wait_for)

CGROUPS = '/sys/fs/cgroup'


@dataclasses.dataclass
class Culprit:
    """A process that keeps the container from ending, and why it does."""
    pid: int
    cause: str
    flags: set = dataclasses.field(default_factory=set)
    parent: int = None      # if the parent must reap the process
    tracer: int = None
    tid: int = None         # if a single thread is the cause


# Whatever the tool says there, it is not compared.
ANYTHING = object()


@dataclasses.dataclass
class Case:
    name: str
    init: int
    pidns: int
    container: str
    state: str = 'alive'
    verdicts: tuple = ('healthy',)  # any of them, if several are true
    culprits: list = dataclasses.field(default_factory=list)
    # Who must act, if not the culprit: a pid, or a pattern of what is no process; of
    # several each is right.
    actor: object = None
    remedy: object = ANYTHING   # pattern of the command; None: there is none
    # The kinds of wait on the way from main to the actor; a list has several ways.
    chain: object = ()
    # What is true once the command was typed; None: the container is gone.
    ends: object = None
    says: tuple = ()        # patterns of the text
    unsaid: tuple = ()
    # Processes in the container that are not to blame; the cgroup for more of them,
    # if not the container's own, and whether one can be started after the signal.
    bystanders: list = dataclasses.field(default_factory=list)
    home: str = None
    worker: bool = False
    undo: contextlib.ExitStack = dataclasses.field(
        default_factory=contextlib.ExitStack)

    @property
    def cgroup(self):
        return f'{CGROUPS}/{self.container}'

    def member(self, name):
        """Waits for a process of that name in the container; returns its pid."""
        comm = name.decode() + '\n'
        return wait_for(lambda: [pid for pid in descendants(self.init)
                                 if read(f'/proc/{pid}/comm') == comm])[0]

    def blames(self, verdict, *culprits, actor=None):
        self.verdicts = verdict if isinstance(verdict, tuple) else (verdict,)
        self.culprits = list(culprits)
        if self.verdicts[0].startswith('teardown'):
            self.state = 'teardown'
        self.actor = actor

    def answer(self, verdict, actor, chain, remedy, **more):
        """States what the tool must say, without the causes of each process."""
        self.blames(verdict, actor=actor)
        self.chain, self.remedy = chain, remedy
        for name, value in more.items():
            assert hasattr(self, name), name
            setattr(self, name, value)


def container_id(name):
    return hashlib.sha256(name.encode()).hexdigest()


@contextlib.contextmanager
def cgroup(name):
    """
    Makes a cgroup named like a container's; yields a function that moves its
    caller there.
    """
    path = f'{CGROUPS}/{container_id(name)}'
    os.mkdir(path)

    def enter():
        with open(f'{path}/cgroup.procs', 'w') as file:
            file.write('0')
    enter.path = path
    try:
        yield enter
    finally:
        wait_for(lambda: 'populated 0' in read(f'{path}/cgroup.events'))
        for folder, _, _ in os.walk(path, topdown=False):
            os.rmdir(folder)


@contextlib.contextmanager
def container(name, init, own_namespace=True):
    """
    Runs init(up) as the init of a container, or as the main process of one that has
    no pid namespace; it calls up() when it is ready. At the end the case's undo stack
    is run, so that nothing keeps the container.
    """
    channel = Channel()

    def first():
        # An init that executes no program has to be the first in the cgroup.
        enter()
        set_name(b'init')
        init(lambda: channel.send('up'))

    with cgroup(name) as enter:
        pid = namespace(first) if own_namespace else spawn(first)
        case = Case(name, pid, pidns_of(pid), container_id(name))
        try:
            assert channel.receive() == 'up'
            with case.undo:
                yield case
        finally:
            kill(pid)
            reap(pid)
            if not own_namespace:
                kill(*map(int, read(f'{enter.path}/cgroup.procs').split()))
            channel.close()


def reap(pid):
    """Reaps a child of this process, which may have been reaped already."""
    def reaped():
        try:
            return os.waitpid(pid, os.WNOHANG)[0] == pid
        except ChildProcessError:
            return True
    assert eventually(reaped), f'{pid} cannot be reaped: {glance(pid)}'


@contextlib.contextmanager
def process(body):
    """Runs body() in a process outside of the container, until the context ends."""
    pid = spawn(body)
    try:
        yield pid
    finally:
        kill(pid)
        os.waitpid(pid, 0)


def named(name, body):
    """Returns body(), run by a process of that name."""
    def run():
        set_name(name)
        return body()
    return run


# What /proc shows

def fields(pid):
    """Returns /proc/PID/status, or {} if the process is gone."""
    return dict(line.split(':\t', 1) for line in
                read(f'/proc/{pid}/status').splitlines() if ':\t' in line)


def mask(pid, name):
    """Tells whether SIGTERM is in that set of signals: SigCgt, ShdPnd..."""
    return bool(int(fields(pid).get(name, '0'), 16) >> signal.SIGTERM - 1 & 1)


def await_mask(pid, *names):
    """Waits until SIGTERM is in one of those sets of signals."""
    wait_for(lambda: any(mask(pid, name) for name in names))


def wchan(pid):
    """Returns the kernel function that the process sleeps in; '0' on 5.10."""
    return read(f'/proc/{pid}/wchan')


def stack(pid):
    """
    Returns the kernel functions on the stack, the innermost first. Not for an
    init in a watched teardown: reading the stack of a running task that has a
    kretprobe on it makes the kernel warn.
    """
    return [line.split()[1].split('+')[0]
            for line in read(f'/proc/{pid}/stack').splitlines()]


def waits(pid):
    """Tells whether the process waits for a child in wait4 or waitid."""
    return 'do_wait' in stack(pid)


PF_EXITING = 0x4


def zaps(pid):
    """Tells whether the process sleeps in zap_pid_ns_processes()."""
    text = read(f'/proc/{pid}/stat')
    flags = int(text.rpartition(') ')[2].split()[6]) if text else 0
    return (flags & PF_EXITING and state(pid) in 'SDI' and
            wchan(pid) in ('do_wait', 'zap_pid_ns_processes', '0'))


def state(pid):
    return fields(pid).get('State', 'gone')[0]


def glance(pid):
    return (f'{fields(pid).get("State")} tracer {fields(pid).get("TracerPid")} '
            f'dumping {fields(pid).get("CoreDumping")} in {wchan(pid)}')


def proven(condition, name, *pids):
    """Checks that the case comes to be what its name says."""
    return ok(eventually(condition), name,
              *(f'{pid}: {glance(pid)}' for pid in pids))


def torn_down(case, *culprits):
    """Kills the init; proves that the kernel waits for nobody but the culprits."""
    kill(case.init)
    proven(lambda: zaps(case.init) and
           all(state(pid) != 'g' for pid in culprits) and
           set(descendants(case.init)) <= set(culprits),
           f'{case.name}: the init waits for the culprits in '
           'zap_pid_ns_processes', case.init, *culprits)


def ask_to_end(case):
    """Sends SIGTERM, as docker stop does; each case proves what became of it."""
    os.kill(case.init, signal.SIGTERM)

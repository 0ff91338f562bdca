# SPDX-License-Identifier: GPL-2.0
"""
A stuck container, as whoever made it knows it to be: what the tool has to say
of it, and what /proc shows that it really is so.
"""
import contextlib
import dataclasses
import hashlib
import os
import signal
import time

from lib import (Channel, descendants, kill, namespace, ok, pidns_of, read,
                 set_name, spawn, stat, wait_for)

CGROUPS = '/sys/fs/cgroup'


@dataclasses.dataclass
class Culprit:
    """One who keeps it there, and why."""
    pid: int
    cause: str
    flags: set = dataclasses.field(default_factory=set)
    parent: int = None      # where it is he who has to reap it
    tracer: int = None
    tid: int = None         # where one thread is to blame


@dataclasses.dataclass
class Case:
    name: str
    init: int
    pidns: int
    container: str
    state: str = 'alive'
    verdicts: tuple = ('healthy',)  # where several are true, any of them
    culprits: list = dataclasses.field(default_factory=list)
    actor: int = None       # who has to do something about it, if not itself
    undo: contextlib.ExitStack = dataclasses.field(
        default_factory=contextlib.ExitStack)

    def member(self, name):
        """The pid of the process of that name in it."""
        def find():
            return [pid for pid in descendants(self.init)
                    if stat(pid)['comm'] == name]
        found = wait_for(find)
        assert found, f'{self.name}: no process {name}'
        return found[0]

    def blames(self, verdict, *culprits, actor=None):
        self.verdicts = verdict if isinstance(verdict, tuple) else (verdict,)
        self.culprits = list(culprits)
        if self.verdicts[0].startswith('teardown'):
            self.state = 'teardown'
        self.actor = actor


def container_id(name):
    return hashlib.sha256(name.encode()).hexdigest()


@contextlib.contextmanager
def cgroup(name):
    """One named as a container's; a function that moves its caller there."""
    path = f'{CGROUPS}/{container_id(name)}'
    os.mkdir(path)

    def enter():
        with open(f'{path}/cgroup.procs', 'w') as file:
            file.write('0')
    enter.path = path
    try:
        yield enter
    finally:
        wait_for(lambda: 'populated 0' in read(f'{path}/cgroup.events'), 30)
        os.rmdir(path)


@contextlib.contextmanager
def container(name, init):
    """
    Runs init(up) as a container's, which says up() when it is ready. In the
    end, what the maker put into undo is done, so that nothing keeps it there.
    """
    channel = Channel()

    def first():
        set_name(b'init')
        init(lambda: channel.tell('up'))

    with cgroup(name) as enter:
        pid = namespace(first, enter)
        case = Case(name, pid, pidns_of(pid), container_id(name))
        try:
            assert channel.hear() == 'up'
            with case.undo:
                yield case
        finally:
            kill(pid)
            reap(pid)
            channel.close()


def reap(pid):
    """A child of ours, which may have been reaped before; not for ever."""
    def reaped():
        try:
            return os.waitpid(pid, os.WNOHANG)[0] == pid
        except ChildProcessError:
            return True
    assert wait_for(reaped, 30), f'{pid} cannot be reaped: {glance(pid)}'


@contextlib.contextmanager
def process(body):
    """Outside of the container; ends with the context."""
    pid = spawn(body)
    try:
        yield pid
    finally:
        kill(pid)
        os.waitpid(pid, 0)


def named(name, body):
    """body as the process of that name."""
    def run():
        set_name(name)
        return body()
    return run


# What /proc shows

def fields(pid):
    return dict(line.split(':\t', 1) for line in
                read(f'/proc/{pid}/status').splitlines() if ':\t' in line)


def mask(pid, name):
    """Whether SIGTERM is in that set of signals: SigCgt, ShdPnd..."""
    return bool(int(fields(pid)[name], 16) >> signal.SIGTERM - 1 & 1)


def await_mask(pid, *names):
    """Waits until SIGTERM is in one of those sets of signals."""
    assert wait_for(lambda: any(mask(pid, name) for name in names))


def wchan(pid):
    """Where in the kernel it sleeps; '0' on 5.10."""
    return read(f'/proc/{pid}/wchan')


def stack(pid):
    """
    Functions of the kernel, the innermost first. Not of an init in a teardown
    that is watched: where a kretprobe stands on the stack of one that runs at
    that moment, reading it makes the kernel warn.
    """
    return [line.split()[1].split('+')[0]
            for line in read(f'/proc/{pid}/stack').splitlines()]


def waits(pid):
    """For a child, in wait4 or waitid."""
    return 'do_wait' in stack(pid)


PF_EXITING = 0x4


def zaps(pid):
    """It is in zap_pid_ns_processes(): it exits, and waits for others."""
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
    """That the case is what it claims to be; else what its processes do."""
    return ok(wait_for(condition, 20), name,
              *(f'{pid}: {glance(pid)}' for pid in pids))


def torn_down(case, *culprits):
    """Kills the init; proves that the kernel waits, and goes on waiting."""
    kill(case.init)
    proven(lambda: zaps(case.init),
           f'{case.name}: the init is in zap_pid_ns_processes',
           case.init, *culprits)
    time.sleep(0.5)
    proven(lambda: zaps(case.init) and
           all(state(pid) != 'g' for pid in culprits),
           f'{case.name}: and stays there', case.init, *culprits)


def asked(case):
    """SIGTERM, as by docker stop."""
    os.kill(case.init, signal.SIGTERM)
    time.sleep(0.3)

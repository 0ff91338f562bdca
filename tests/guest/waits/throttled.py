# SPDX-License-Identifier: GPL-2.0
"""Containers that their limits of processor time and memory hold."""
import contextlib
import os
import signal
import time

from lib import (V1, Channel, children, kill, read, run, sleeper, spawn, wait_for,
                 write)
from stuck.alive import goes_on, waiting_init
from stuck.case import (CGROUPS, await_mask, container_id, named, proven, state,
                        waits, zaps)
from waits.harness import TERM, ask, container, sleeps_in

SPINNERS = 30
OVER_HIGH = 'mem_cgroup_handle_over_high', '__mem_cgroup_handle_over_high'
MB = 1 << 20


def controllers(*names):
    for name in names:
        write('/sys/fs/cgroup/cgroup.subtree_control', f'+{name}')


def raised(case, verdict, file, **more):
    """A higher limit helps, or SIGKILL where it was not sent."""
    name = os.path.basename(file).replace('.', r'\.')
    others = more.pop('others', ())
    commands = rf'echo max ?> ?{file}', *others
    case.answer(verdict, actor=rf'{name}.*{case.container}', chain=('throttle',),
                remedy=rf'^({"|".join(commands)})$', **more)


def fill():
    """Takes 64 MB of memory."""
    kept = []
    while len(kept) < 64:
        kept.append(bytearray(MB))


def far_beyond(file):
    """Tells whether every few pages more take two seconds, the longest there is."""
    return int(read(file.replace('.high', '.current'))) > 24 * MB


@contextlib.contextmanager
def memory_high():
    """
    Each few pages beyond memory.high make it sleep, in D state. It ends once it has
    got what it needs: not as long as the test looks.
    """
    def init(up):
        signal.signal(TERM, goes_on)
        up()
        go.receive()
        fill()
        os._exit(0)

    controllers('memory')
    with contextlib.closing(Channel()) as go, \
            container('an init beyond memory.high', init, worker=False) as case:
        file = f'{case.cgroup}/memory.high'
        write(file, '16M')
        go.send('fill')
        wait_for(lambda: far_beyond(file))
        ask(case)
        proven(lambda: state(case.init) == 'D' and
               sleeps_in(case.init, *OVER_HIGH),
               f'{case.name}: it sleeps for that, in D state', case.init)
        raised(case, 'init-throttled', file, others=(f'kill -KILL {case.init}',),
               says=(r'memory\.high',), unsaid=('SIGKILL neither', 'not even SIGKILL'))
        yield case


@contextlib.contextmanager
def memory_high_of_child():
    """Main only waits for one that is throttled."""
    def init(up):
        def fill_when_told():
            go.receive()
            fill()

        pid = spawn(named(b'child', fill_when_told))

        def terminated(_signal, _frame):
            os.waitpid(pid, 0)
            os._exit(0)

        signal.signal(TERM, terminated)
        up()
        while True:
            signal.pause()

    controllers('memory')
    with contextlib.closing(Channel()) as go, \
            container('an init that waits for a child beyond memory.high', init,
                      worker=False) as case:
        file = f'{case.cgroup}/memory.high'
        write(file, '16M')
        child = case.member(b'child')
        go.send('fill')
        wait_for(lambda: far_beyond(file))
        ask(case)
        proven(lambda: sleeps_in(case.init, 'do_wait') and state(child) == 'D' and
               sleeps_in(child, *OVER_HIGH),
               f'{case.name}: the child sleeps for that, in D state', case.init, child)
        case.answer('init-waits-for-child', actor=rf'memory\.high.*{case.container}',
                    chain=('child', 'throttle'),
                    remedy=rf'^(echo max ?> ?{file}|kill -(TERM|KILL) {child})$')
        yield case


def spin(path, enters=None):
    """
    Enters a cgroup, and runs without end once the one at the path has a limit: until
    then others have something to do.
    """
    write(f'{enters or path}/cgroup.procs', 0)
    while read(f'{path}/cpu.max').startswith('max'):
        time.sleep(0.1)
    while True:
        pass


def throttled(path):
    """Returns how often the processes of a cgroup have used up their time."""
    found = dict(line.split() for line in read(f'{path}/cpu.stat').splitlines())
    return int(found.get('nr_throttled', 0))


def limit(path):
    """Allows one millisecond in a second; waits until it is used up."""
    write(f'{path}/cpu.max', '1000 1000000')
    wait_for(lambda: throttled(path) > 1)


def is_throttled(path):
    before = throttled(path)
    return wait_for(lambda: throttled(path) > before)


def ran(pid):
    """Returns for how many ns the process has run."""
    return int(read(f'/proc/{pid}/schedstat').split()[0])


def its_turn_is_over(pid):
    """Tells whether a process that had its turn does not run while its children do."""
    def of_children():
        return sum(ran(child) for child in children(pid))

    own, others = ran(pid), of_children()
    wait_for(lambda: of_children() > others)
    return ran(pid) == own


@contextlib.contextmanager
def without_time(name):
    """
    A container whose init shares a millisecond in a second with others. It has just
    had its turn, and a lower priority: the next one is in minutes.
    """
    path = f'{CGROUPS}/{container_id(name)}'

    def init(up):
        for _ in range(SPINNERS):
            spawn(lambda: spin(path))
        os.nice(5)
        signal.signal(TERM, lambda *_: os._exit(0))
        up()
        spin(path)

    controllers('cpu')
    with container(name, init, worker=False) as case:
        file = f'{path}/cpu.max'
        limit(path)
        case.undo.callback(write, file, 'max')
        before = ran(case.init)
        wait_for(lambda: ran(case.init) > before)
        wait_for(lambda: its_turn_is_over(case.init))
        yield case, file


@contextlib.contextmanager
def cpu_max_killed():
    """It was killed, and has no time to die in."""
    with without_time('a killed init without processor time') as (case, file):
        kill(case.init)
        proven(lambda: is_throttled(case.cgroup) and state(case.init) == 'R',
               f'{case.name}: it still runs, now and then', case.init)
        raised(case, 'init-throttled', file, says=(r'cpu\.max',))
        yield case


@contextlib.contextmanager
def cpu_max_asked():
    """It would end, but its handler has not run."""
    with without_time('an init whose handler gets no processor time') as (case, file):
        ask(case)
        proven(lambda: is_throttled(case.cgroup) and state(case.init) == 'R',
               f'{case.name}: it runs now and then', case.init)
        raised(case, 'init-throttled', file, others=(f'kill -KILL {case.init}',),
               says=(r'cpu\.max',))
        yield case


def cpu_max_teardown(name, deep=''):
    """
    Only those have no time that the teardown has killed; init has. They are in the
    cgroup that has the limit, or in one below it.
    """
    path = f'{CGROUPS}/{container_id(name)}'
    home, slow = f'{path}/home', f'{path}/slow'

    def init(up):
        for folder in home, slow + deep:
            os.makedirs(folder)
        write(f'{home}/cgroup.procs', 0)
        write(f'{path}/cgroup.subtree_control', '+cpu')
        for _ in range(SPINNERS):
            spawn(lambda: spin(slow, slow + deep))
        up()
        sleeper()

    @contextlib.contextmanager
    def make():
        controllers('cpu')
        with container(name, init, home=home) as case:
            file = f'{slow}/cpu.max'

            def spinners():
                return read(f'{slow}{deep}/cgroup.procs').split()

            wait_for(lambda: len(spinners()) == SPINNERS)
            limit(slow)
            case.undo.callback(write, file, 'max')
            ask(case)
            kill(case.init)
            proven(lambda: zaps(case.init) and is_throttled(slow) and spinners() and
                   not read(f'{home}/cgroup.procs'),
                   f'{case.name}: its processes run now and then', case.init)
            raised(case, 'teardown-throttled', file, says=(r'cpu\.max',))
            yield case
    make.__name__ = name
    return make


CASES = [memory_high, memory_high_of_child, cpu_max_asked]
# Newer kernels throttle a task on its way to user mode, where one that was killed does
# not go: it dies as soon as its cgroup has time again.
if ' throttle_cfs_rq_work' not in read('/proc/kallsyms'):
    CASES += [
        cpu_max_killed,
        cpu_max_teardown('a teardown whose processes get no processor time'),
        cpu_max_teardown('a teardown below a cgroup without processor time', '/deep')]


# Version 1

MEMORY = f'{V1}/memory'


def under_oom(path):
    return 'under_oom 1' in read(f'{path}/memory.oom_control')


def waits_for_memory(pid):
    return state(pid) == 'D' and sleeps_in(pid, 'mem_cgroup_oom_synchronize')


@contextlib.contextmanager
def oom_v1():
    """Whoever needs more waits for memory, in D state; SIGKILL ends that."""
    def init(up):
        signal.signal(TERM, lambda *_: os._exit(0))
        up()
        go.receive()
        fill()
        signal.pause()

    with contextlib.closing(Channel()) as go, \
            v1_memory('an init without memory', init) as (case, path):
        go.send('fill')
        wait_for(lambda: waits_for_memory(case.init))
        ask(case)
        proven(lambda: under_oom(path) and waits_for_memory(case.init),
               f'{case.name}: it waits for some', case.init)
        more_memory(case, path, 'init-throttled', ('throttle',), case.init)
        yield case


@contextlib.contextmanager
def oom_v1_of_child():
    def init(up):
        def child(up):
            up()
            go.receive()
            fill()

        waiting_init(child, passes=False)(up)

    with contextlib.closing(Channel()) as go, \
            v1_memory('an init that waits for a child without memory', init,
                      main_too=False) as (case, path):
        pid = case.member(b'child')
        write(f'{path}/cgroup.procs', pid)
        await_mask(case.init, 'SigCgt')
        go.send('fill')
        wait_for(lambda: waits_for_memory(pid))
        ask(case)
        proven(lambda: under_oom(path) and waits(case.init) and waits_for_memory(pid),
               f'{case.name}: it waits, the child waits for some', case.init, pid)
        more_memory(case, path, 'init-waits-for-child', ('child', 'throttle'), pid)
        yield case


def more_memory(case, path, verdict, chain, pid):
    case.answer(verdict, actor=rf'memory\..*{case.container}', chain=chain,
                remedy=rf'^(echo \S+ ?> ?{path}/memory\.(limit_in_bytes|oom_control)|'
                rf'kill -(TERM|KILL) {pid})$',
                unsaid=('SIGKILL neither', 'not even SIGKILL'))


@contextlib.contextmanager
def v1_memory(name, init, main_too=True):
    """
    A container and the path of a cgroup of v1 whose OOM killer is disabled: main is
    in it, or the case puts another process there.
    """
    with contextlib.ExitStack() as after, \
            container(name, init, worker=False) as case:
        path = f'{MEMORY}/{case.container}'
        os.mkdir(path)
        write(f'{path}/memory.limit_in_bytes', '16M')
        write(f'{path}/memory.oom_control', 1)
        if main_too:
            write(f'{path}/cgroup.procs', case.init)
        case.undo.callback(write, f'{path}/memory.limit_in_bytes', -1)
        yield case, path


V1_CASES = oom_v1, oom_v1_of_child

# SPDX-License-Identifier: GPL-2.0
"""Containers that were sent SIGTERM and go on."""
import contextlib
import os
import signal

from lib import (NUMBERS, kill, libc, read, sleep_handling_signals, sleeper,
                 spawn, wait_for, wait_for_state)
from stuck.case import (Culprit, ask_to_end, await_mask, container, fields, mask,
                        named, proven, reap, stack, state, waits)
from stuck.fuse import NO_READ, PROGRAM, silent

TERM = signal.SIGTERM


def goes_on(_signal, _frame):
    pass


def lives_on(case):
    proven(lambda: state(case.init) in 'SDT', f'{case.name}: the init lives on',
           case.init)


@contextlib.contextmanager
def ignores_by_default():
    def init(up):
        up()
        sleeper()

    with container('an init without a handler', init) as case:
        ask_to_end(case)
        proven(lambda: not mask(case.init, 'SigCgt') and
               not mask(case.init, 'ShdPnd'),
               f'{case.name}: SIGTERM is neither handled nor pending')
        lives_on(case)
        case.blames('init-ignores-signal',
                    Culprit(case.init, 'init-ignores-signal'))
        yield case


@contextlib.contextmanager
def ignores_on_purpose():
    def init(up):
        signal.signal(TERM, signal.SIG_IGN)
        up()
        sleep_handling_signals()

    with container('an init that ignores SIGTERM', init) as case:
        ask_to_end(case)
        proven(lambda: mask(case.init, 'SigIgn') and
               not mask(case.init, 'ShdPnd'), f'{case.name}: SIGTERM is ignored',
               case.init)
        lives_on(case)
        case.blames('init-ignores-signal',
                    Culprit(case.init, 'init-ignores-signal'))
        yield case


@contextlib.contextmanager
def blocks():
    def init(up):
        signal.signal(TERM, goes_on)
        signal.pthread_sigmask(signal.SIG_BLOCK, [TERM])
        up()
        sleeper()

    with container('an init that blocks SIGTERM', init) as case:
        ask_to_end(case)
        proven(lambda: mask(case.init, 'SigBlk') and mask(case.init, 'ShdPnd'),
               f'{case.name}: SIGTERM is blocked and pending')
        lives_on(case)
        case.blames('init-blocks-signal',
                    Culprit(case.init, 'init-blocks-signal'))
        yield case


def waiting_init(child, passes=True):
    """
    Returns an init that handles SIGTERM: passes the signal on, or not, and waits
    for its child.
    """
    def init(up):
        def terminated(_signal, _frame):
            if passes:
                os.kill(pid, TERM)
            os.waitpid(pid, 0)
            os._exit(0)

        def ready():
            child(up)

        pid = spawn(named(b'child', ready))
        signal.signal(TERM, terminated)
        sleep_handling_signals()
    return init


def handling_child(up):
    signal.signal(TERM, goes_on)
    up()
    sleep_handling_signals()


def ignoring_child(up):
    signal.signal(TERM, signal.SIG_IGN)
    up()
    sleep_handling_signals()


def blocking_child(up):
    signal.pthread_sigmask(signal.SIG_BLOCK, [TERM])
    up()
    sleep_handling_signals()


def innocent_child(up):
    up()
    sleeper()


def waits_for(flag, does, child, evidence, passes=True):
    @contextlib.contextmanager
    def make():
        name = f'an init waiting for a child that {does}'
        with container(name, waiting_init(child, passes)) as case:
            await_mask(case.init, 'SigCgt')
            ask_to_end(case)
            pid = case.member(b'child')
            proven(lambda: waits(case.init) and
                   mask(case.init, 'SigCgt'),
                   f'{case.name}: the init handles SIGTERM, and waits',
                   case.init)
            proven(lambda: evidence(pid), f'{case.name}: the masks of the child agree', pid)
            case.blames('init-waits-for-child',
                        Culprit(pid, 'init-waits-for-child', {flag}),
                        actor=pid)
            yield case
    return make


waits_for_handling = waits_for(
    'handles', 'handles SIGTERM', handling_child,
    lambda pid: mask(pid, 'SigCgt') and not mask(pid, 'ShdPnd'))
waits_for_ignoring = waits_for(
    'ignores', 'ignores SIGTERM', ignoring_child,
    lambda pid: mask(pid, 'SigIgn') and not mask(pid, 'ShdPnd'))
waits_for_blocking = waits_for(
    'blocks', 'blocks SIGTERM', blocking_child,
    lambda pid: mask(pid, 'SigBlk') and mask(pid, 'ShdPnd'))
waits_for_innocent = waits_for(
    'sent-none', 'never got SIGTERM', innocent_child,
    lambda pid: not any(mask(pid, name) for name in
                        ('SigCgt', 'SigIgn', 'SigBlk', 'ShdPnd')), False)


@contextlib.contextmanager
def stopped():
    def init(up):
        signal.signal(TERM, lambda *_: os._exit(0))
        up()
        sleep_handling_signals()

    with container('an init that is stopped', init) as case:
        os.kill(case.init, signal.SIGSTOP)
        wait_for_state(case.init, 'T')
        ask_to_end(case)
        proven(lambda: state(case.init) == 'T' and mask(case.init, 'ShdPnd'),
               f'{case.name}: the init is stopped, SIGTERM is pending', case.init)
        case.blames('init-stopped', Culprit(case.init, 'init-stopped'))
        yield case


def reads_silent():
    with open(NO_READ, 'rb') as file:
        file.read()


@contextlib.contextmanager
def disk_sleep():
    def init(up):
        signal.signal(TERM, lambda *_: os._exit(0))
        up()
        reads_silent()

    with silent() as server, \
            container('an init that waits for a disk', init) as case:
        server.waiter()
        ask_to_end(case)
        proven(lambda: state(case.init) == 'D' and mask(case.init, 'ShdPnd'),
               f'{case.name}: the init is in D state, SIGTERM is pending',
               case.init)
        case.blames('init-disk-sleep', Culprit(case.init, 'init-disk-sleep'),
                    actor=server.pid)
        yield case


@contextlib.contextmanager
def waits_for_disk_sleep():
    def child(up):
        # Without a handler SIGTERM ends the wait, as SIGKILL does.
        signal.signal(TERM, goes_on)
        up()
        reads_silent()

    with silent() as server, \
            container('an init waiting for a child that waits for a disk',
                      waiting_init(child)) as case:
        server.waiter()
        await_mask(case.init, 'SigCgt')
        pid = case.member(b'child')
        ask_to_end(case)
        proven(lambda: waits(case.init) and state(pid) == 'D' and
               mask(pid, 'ShdPnd'),
               f'{case.name}: the child is in D state, SIGTERM is pending',
               case.init, pid)
        case.blames('init-waits-for-child',
                    Culprit(pid, 'init-waits-for-child'), actor=server.pid)
        yield case


def opens_program():
    with open(PROGRAM, 'rb'):
        pass


@contextlib.contextmanager
def runs_from_silent():
    """Opening its /proc/PID/exe never returns, in D state once SIGKILL was sent."""
    def init(up):
        up()
        os.execv(PROGRAM, ['sleep', '1000'])

    with silent() as server, \
            container('an init whose program lies on a disk that is silent',
                      init) as case:
        proven(lambda: os.readlink(f'/proc/{case.init}/exe') == PROGRAM and
               read(f'/proc/{case.init}/syscall').startswith(
                   f"{NUMBERS['clock_nanosleep']} "),
               f'{case.name}: the program runs', case.init)
        server.withhold_program()
        opener = spawn(opens_program)
        server.waiter()
        kill(opener)
        proven(lambda: state(opener) == 'D',
               f'{case.name}: a process that opens it hangs after SIGKILL',
               opener)
        ask_to_end(case)
        lives_on(case)
        case.blames('init-ignores-signal',
                    Culprit(case.init, 'init-ignores-signal'))
        yield case
    reap(opener)


@contextlib.contextmanager
def vfork_parent():
    """The parent waits for its child to exec or exit, in D state."""
    def init(up):
        signal.signal(TERM, lambda *_: os._exit(0))
        up()
        if libc.syscall(NUMBERS['clone'], 0x4000 | signal.SIGCHLD,
                        0, 0, 0, 0) == 0:
            named(b'child', sleeper)()

    with container('an init that waits for a vfork child', init) as case:
        pid = case.member(b'child')
        ask_to_end(case)
        proven(lambda: state(case.init) == 'D' and mask(case.init, 'ShdPnd')
               and 'kernel_clone' in stack(case.init),
               f'{case.name}: the init waits, SIGTERM is pending', case.init)
        case.blames('init-waits-for-child',
                    Culprit(pid, 'init-waits-for-child', {'sent-none'}),
                    actor=pid)
        yield case


@contextlib.contextmanager
def frozen():
    """The v2 freezer: SIGTERM stays pending, SIGKILL does not."""
    def init(up):
        signal.signal(TERM, lambda *_: os._exit(0))
        up()
        sleep_handling_signals()

    with container('an init that is frozen', init) as case:
        path = f'/sys/fs/cgroup/{case.container}/cgroup'
        with open(f'{path}.freeze', 'w') as file:
            file.write('1')

        def is_frozen():
            with open(f'{path}.events') as file:
                return 'frozen 1' in file.read()

        wait_for(is_frozen)
        ask_to_end(case)
        proven(lambda: is_frozen() and mask(case.init, 'ShdPnd'),
               f'{case.name}: the init is frozen, SIGTERM is pending', case.init)
        case.blames('init-stopped', Culprit(case.init, 'init-stopped',
                                            {'frozen'}))
        yield case
        kill(case.init)
        reap(case.init)
        proven(lambda: state(case.init) == 'g',
               f'{case.name}: SIGKILL ends the init nevertheless')


@contextlib.contextmanager
def core_pattern(handler):
    with open('/proc/sys/kernel/core_pattern', 'r+') as file:
        before = file.read()
        file.seek(0)
        file.write(handler)
    try:
        yield
    finally:
        with open('/proc/sys/kernel/core_pattern', 'w') as file:
            file.write(before)


def is_dumping(pid):
    return fields(pid).get('CoreDumping') == '1'


@contextlib.contextmanager
def waits_for_dumping():
    """The dump is larger than a pipe, and the handler reads nothing."""
    def child(up):
        up()
        signal.signal(signal.SIGABRT, signal.SIG_DFL)
        os.abort()

    # The dump comes on stdin, which sleep does not read.
    with core_pattern('|/usr/bin/sleep 1000'), \
            container('an init waiting for a child that dumps core',
                      waiting_init(child)) as case:
        await_mask(case.init, 'SigCgt')
        pid = case.member(b'child')
        wait_for(lambda: is_dumping(pid))
        # Others that are called so are older.
        handler = wait_for(
            lambda: sorted(int(p) for p in os.listdir('/proc') if p.isdigit() and
                           fields(p).get('Name') == 'sleep'))[-1]
        case.undo.callback(kill, handler)
        ask_to_end(case)
        proven(lambda: waits(case.init) and is_dumping(pid),
               f'{case.name}: the child dumps into a pipe that nobody reads',
               case.init, pid)
        case.blames('init-waits-for-child',
                    Culprit(pid, 'init-waits-for-child', {'dumping'}),
                    actor=handler)
        yield case
        kill(case.init)
        reap(case.init)
        proven(lambda: state(pid) == 'g', f'{case.name}: SIGKILL ends the dump',
               pid)


# Cases that /proc shows.
CASES = (blocks, stopped, disk_sleep, runs_from_silent, vfork_parent, frozen,
         # Cases that take the record of signals.
         ignores_by_default, ignores_on_purpose, waits_for_handling,
         waits_for_ignoring, waits_for_blocking, waits_for_innocent,
         waits_for_disk_sleep, waits_for_dumping)

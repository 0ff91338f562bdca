# SPDX-License-Identifier: GPL-2.0
"""Inits that took SIGTERM and wait for a child, which waits for a child or not."""
import contextlib
import os
import signal
import threading

from lib import (HELD, NUMBERS, events, libc, sleep_handling_signals, sleeper, spawn,
                 wait_for, wait_for_state)
from stuck.alive import (handling_child, ignoring_child, innocent_child,
                         waiting_init)
from stuck.case import await_mask, mask, named, proven, state, waits
from waits.harness import TERM, ask, container, handled, in_call, sleeps_in, threads

WAITS = 'init-waits-for-child'


def held_by_child(case, child, signal_name='TERM', kinds=1, **more):
    """The child, or the last of several, must end; the signal ends it."""
    case.answer(WAITS, actor=child, chain=('child',) * kinds,
                remedy=rf'^kill -{signal_name} {child}$', **more)


def executing(*words):
    """Returns an init that executes a command."""
    def init(up):
        up()
        os.execvp(words[0], words)
    return init


def sent(pid, number=TERM):
    """Tells whether the record has that signal to that process."""
    return events(0, 'signal', f'signal={int(number)}', f'target.pid={pid}')


TRAPS = "trap 'exit 0' TERM; sleep 1000; true"


@contextlib.contextmanager
def tini_bash_sleep():
    """tini passed SIGTERM on to bash, whose trap runs once its sleep has ended."""
    with container('tini, which waits for bash, which waits for sleep',
                   executing('tini', '--', 'bash', '-c', TRAPS)) as case:
        bash, sleep = case.member(b'bash'), case.member(b'sleep')
        await_mask(bash, 'SigCgt')
        ask(case)
        proven(lambda: sent(bash) and handled(bash) and waits(bash) and
               in_call(case.init, 'rt_sigtimedwait') and not sent(sleep),
               f'{case.name}: bash got SIGTERM and waits, sleep got none', case.init,
               bash, sleep)
        held_by_child(case, sleep, kinds=2)
        yield case


@contextlib.contextmanager
def shell_with_trap():
    """It waits for any child: whoever was adopted is waited for, too."""
    with container('sh as init, with a trap, which waits for its command',
                   executing('sh', '-c', TRAPS), idler='entered') as case:
        sleep = case.member(b'sleep')
        await_mask(case.init, 'SigCgt')
        ask(case)
        proven(lambda: handled(case.init) and waits(case.init) and not sent(sleep),
               f'{case.name}: it took SIGTERM, and waits', case.init, sleep)
        held_by_child(case, sleep)
        yield case


@contextlib.contextmanager
def timeout_passes_on():
    """It sleeps in sigsuspend, neither in wait4 nor in a loop of events."""
    with container('timeout as init, whose command ignores SIGTERM',
                   executing('timeout', '100000', HELD, 'ignore')) as case:
        child = case.member(b'held')
        await_mask(child, 'SigIgn')
        await_mask(case.init, 'SigCgt')
        wait_for(lambda: in_call(case.init, 'rt_sigsuspend'))
        ask(case)
        proven(lambda: sent(child) and in_call(case.init, 'rt_sigsuspend') and
               state(child) == 'S', f'{case.name}: it passed the signal on',
               case.init, child)
        held_by_child(case, child, 'KILL')
        yield case


def of_one_child(name, child, evidence, signal_name, passes=True):
    """An init that waits for one child by its pid; others do not matter to it."""
    @contextlib.contextmanager
    def make():
        with container(name, waiting_init(child, passes)) as case:
            pid = case.member(b'child')
            await_mask(case.init, 'SigCgt')
            ask(case)
            proven(lambda: waits(case.init) and handled(case.init) and evidence(pid),
                   f'{case.name}: it waits, and so the child is', case.init, pid)
            held_by_child(case, pid, signal_name)
            yield case
    make.__name__ = name
    return make


waits_for_ignoring = of_one_child(
    'an init that waits for one child, which ignores SIGTERM', ignoring_child,
    lambda pid: sent(pid) and mask(pid, 'SigIgn') and state(pid) == 'S', 'KILL')
waits_for_handling = of_one_child(
    'an init that waits for one child, which handles SIGTERM', handling_child,
    lambda pid: sent(pid) and handled(pid) and state(pid) == 'S', 'KILL')
waits_for_innocent = of_one_child(
    'an init that waits for one child, which was sent nothing', innocent_child,
    lambda pid: not sent(pid) and state(pid) == 'S', 'TERM', passes=False)
# SIGTERM would end this one in its own way.
waits_for_handler_not_asked = of_one_child(
    'an init that waits for one child, which handles SIGTERM and was sent none',
    lambda up: (signal.signal(TERM, lambda *_: os._exit(0)), up(),
                sleep_handling_signals()),
    lambda pid: not sent(pid) and mask(pid, 'SigCgt') and state(pid) == 'S', 'TERM',
    passes=False)


@contextlib.contextmanager
def waits_for_stopped():
    with container('an init that waits for a child that is stopped',
                   waiting_init(innocent_child)) as case:
        pid = case.member(b'child')
        await_mask(case.init, 'SigCgt')
        os.kill(pid, signal.SIGSTOP)
        wait_for_state(pid, 'T')
        ask(case)
        proven(lambda: waits(case.init) and state(pid) == 'T' and mask(pid, 'ShdPnd'),
               f'{case.name}: SIGTERM to the child is pending', case.init, pid)
        held_by_child(case, pid, 'CONT')
        yield case


@contextlib.contextmanager
def thread_waits():
    """As in Go: another thread waits in wait4 for the child, main for the thread."""
    def init(up):
        def terminated(_signal, _frame):
            os.kill(pid, TERM)

        pid = spawn(named(b'child', lambda: ignoring_child(lambda: None)))
        signal.signal(TERM, terminated)

        def wait():
            os.waitpid(pid, 0)
            os._exit(0)

        thread = threading.Thread(target=wait)
        thread.start()
        up()
        thread.join()

    with container('an init whose thread waits for a child', init) as case:
        pid = case.member(b'child')
        await_mask(pid, 'SigIgn')
        ask(case)
        proven(lambda: sent(pid) and handled(case.init) and
               in_call(case.init, 'futex') and
               any(sleeps_in(thread, 'do_wait') for thread in threads(case.init)),
               f'{case.name}: main waits in futex, the thread for the child',
               case.init, pid)
        held_by_child(case, pid, 'KILL')
        yield case


@contextlib.contextmanager
def vfork_parent():
    """The signal is pending: the parent is in D state until its child ends."""
    def init(up):
        signal.signal(TERM, lambda *_: os._exit(0))
        up()
        if libc.syscall(NUMBERS['clone'], 0x4000 | signal.SIGCHLD,
                        0, 0, 0, 0) == 0:
            named(b'vforked', sleeper)()

    with container('an init in vfork', init) as case:
        pid = case.member(b'vforked')
        wait_for(lambda: not mask(pid, 'SigCgt'))
        ask(case)
        proven(lambda: state(case.init) == 'D' and mask(case.init, 'ShdPnd') and
               sleeps_in(case.init, 'kernel_clone', '_do_fork'),
               f'{case.name}: SIGTERM is pending', case.init)
        held_by_child(case, pid)
        yield case


@contextlib.contextmanager
def grandchild_ignores():
    """Two inits of the same kind, of which the inner one handed the signal on."""
    def middle(up):
        def terminated(_signal, _frame):
            os.kill(pid, TERM)
            os.waitpid(pid, 0)
            os._exit(0)

        pid = spawn(named(b'inner', lambda: ignoring_child(up)))
        signal.signal(TERM, terminated)
        sleep_handling_signals()

    with container('an init that waits for a child that waits for a deaf one',
                   waiting_init(middle)) as case:
        child, inner = case.member(b'child'), case.member(b'inner')
        for pid in case.init, child:
            await_mask(pid, 'SigCgt')
        await_mask(inner, 'SigIgn')
        ask(case)
        proven(lambda: sent(inner) and waits(child) and waits(case.init),
               f'{case.name}: both wait', case.init, child, inner)
        held_by_child(case, inner, 'KILL', kinds=2)
        yield case


@contextlib.contextmanager
def shell_without_trap():
    """The kernel dropped the signal: that sh waits does not matter."""
    with container('sh as init, without a trap',
                   executing('sh', '-c', 'sleep 1000; true')) as case:
        sleep = case.member(b'sleep')
        ask(case)
        proven(lambda: waits(case.init) and not mask(case.init, 'SigCgt') and
               not mask(case.init, 'ShdPnd'), f'{case.name}: SIGTERM was dropped',
               case.init, sleep)
        case.bystanders.append(sleep)
        case.answer('init-ignores-signal', actor=case.init, chain=[(), ('child',)],
                    remedy=rf'^kill -KILL {case.init}$')
        yield case


CASES = (tini_bash_sleep, shell_with_trap, timeout_passes_on, waits_for_ignoring,
         waits_for_handling, waits_for_innocent, waits_for_handler_not_asked,
         waits_for_stopped, thread_waits, vfork_parent, grandchild_ignores,
         shell_without_trap)

# SPDX-License-Identifier: GPL-2.0
"""Inits from which the kernel kept the signal: dropped, ignored or blocked."""
import contextlib
import os
import signal

from lib import events, run, sleeper, wait_until_asleep
from stuck.case import fields, mask, proven, state
from waits.child import executing
from waits.harness import TERM, add_worker, ask, container


def caught(pid, number):
    return bool(int(fields(pid)['SigCgt'], 16) >> number - 1 & 1)


def dropped(case, number):
    """Proves that the signal came, and was dropped; only SIGKILL helps then."""
    proven(lambda: any(event['result'] == 'ignored' for event in
                       events(0, 'signal', f'signal={int(number)}',
                              f'target.pid={case.init}')) and
           state(case.init) == 'S' and not caught(case.init, number),
           f'{case.name}: {signal.Signals(number).name} was dropped', case.init)
    # What it waits for does not matter, but may be told.
    case.answer('init-ignores-signal', actor=case.init, chain=[(), ('child',)],
                remedy=rf'^kill -KILL {case.init}$',
                says=(signal.Signals(number).name,))


@contextlib.contextmanager
def stop_signal_winch():
    """The stop signal of some images, which ends nobody without a handler."""
    with container('bash as init, which is sent SIGWINCH',
                   executing('bash', '-c', 'sleep 1000; true')) as case:
        case.bystanders.append(case.member(b'sleep'))
        ask(case, signal.SIGWINCH)
        dropped(case, signal.SIGWINCH)
        yield case


@contextlib.contextmanager
def sleep_as_init():
    with container('sleep as init', executing('sleep', '1000')) as case:
        wait_until_asleep(case.init)
        ask(case)
        dropped(case, TERM)
        yield case


@contextlib.contextmanager
def killed_from_inside():
    """From within the namespace SIGKILL does not reach its init."""
    with container('an init that is sent SIGKILL from inside',
                   executing('sleep', '1000')) as case:
        wait_until_asleep(case.init)
        typed = run('nsenter', '-t', str(case.init), '-p', 'sh', '-c', 'kill -9 1')
        assert typed.returncode == 0, typed.stderr
        add_worker(case)
        dropped(case, signal.SIGKILL)
        case.unsaid = 'SIGKILL needs a handler',
        yield case


@contextlib.contextmanager
def ignores_usr1():
    def init(up):
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
        up()
        sleeper()

    with container('an init that ignores SIGUSR1', init) as case:
        ask(case, signal.SIGUSR1)
        dropped(case, signal.SIGUSR1)
        yield case


def stays_blocked(case):
    proven(lambda: mask(case.init, 'SigBlk') and mask(case.init, 'ShdPnd'),
           f'{case.name}: SIGTERM is pending', case.init)
    case.answer('init-blocks-signal', actor=case.init, chain=(),
                remedy=rf'^kill -KILL {case.init}$')


@contextlib.contextmanager
def inherits_mask():
    """Who executed the program had the signal blocked."""
    def init(up):
        signal.pthread_sigmask(signal.SIG_BLOCK, [TERM])
        executing('sleep', '1000')(up)

    with container('an init that inherited a mask', init) as case:
        wait_until_asleep(case.init)
        ask(case)
        stays_blocked(case)
        yield case


@contextlib.contextmanager
def blocks_in_all_threads():
    """The handler is there, but the mask was not restored after a fork."""
    def init(up):
        signal.signal(TERM, lambda *_: os._exit(0))
        signal.pthread_sigmask(signal.SIG_BLOCK, [TERM])
        up()
        # sleeper() would reset the handler.
        while True:
            signal.pause()

    with container('an init with a handler that it blocks', init) as case:
        ask(case)
        stays_blocked(case)
        yield case


CASES = (stop_signal_winch, sleep_as_init, killed_from_inside, ignores_usr1,
         inherits_mask, blocks_in_all_threads)

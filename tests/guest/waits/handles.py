# SPDX-License-Identifier: GPL-2.0
"""Inits that take the signal and go on, and wait for no process."""
import contextlib
import ctypes
import os
import select
import signal
import socket
import struct

from lib import HELD, Channel, libc, read, sleeper, spawn, wait_for
from stuck.alive import goes_on
from stuck.case import await_mask, mask, named, process, proven
from waits.harness import (EPOLL, PIPE_READ, SELECT, TERM, ask, container, handled, in_call,
                           sleeps_in, threads)


def ended_by_own_signal(case, **more):
    """Main must act itself: another signal of its own ends it, but no child's end."""
    case.answer(more.pop('verdict', 'init-handles-signal'), actor=case.init, chain=(),
                remedy=rf'^kill -(INT|QUIT|KILL) {case.init}$', **more)


def waking_end():
    """Returns a descriptor that can be read after each signal that is handled."""
    waking, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    return waking


@contextlib.contextmanager
def reloads():
    """As uwsgi: SIGTERM makes main replace its worker."""
    replaced = Channel()

    def init(up):
        asked = []
        signal.signal(TERM, lambda *_: asked.append(TERM))
        waking = waking_end()

        def work():
            return spawn(named(b'own-worker', sleeper))

        pid = work()
        up()
        while True:
            select.select([waking], [], [])
            os.read(waking, 100)
            while asked:
                asked.pop()
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
                pid = work()
                replaced.send('replaced')

    with container('an init for which SIGTERM means to reload', init) as case:
        old = case.member(b'own-worker')
        ask(case)
        replaced.receive()
        new = case.member(b'own-worker')
        proven(lambda: new != old and handled(case.init) and
               sleeps_in(case.init, *SELECT),
               f'{case.name}: it has another worker and waits in select', case.init)
        case.bystanders.append(new)
        ended_by_own_signal(case)
        yield case
    replaced.close()


@contextlib.contextmanager
def drains():
    """As node: it waits for its connections to be closed, and has no child."""
    def init(up):
        signal.signal(TERM, goes_on)
        waking = waking_end()
        up()
        while True:
            select.select([waking], [], [])
            os.read(waking, 100)

    with container('an init without children that goes on in select', init,
                   idler=None, worker=False) as case:
        ask(case)
        proven(lambda: handled(case.init) and sleeps_in(case.init, *SELECT) and
               not read(f'/proc/{case.init}/task/{case.init}/children'),
               f'{case.name}: it took SIGTERM', case.init)
        ended_by_own_signal(case)
        yield case


@contextlib.contextmanager
def awaits_backends():
    """
    As postgres: it lets its backends finish and signals none; one of them waits for a
    client outside, which is idle.
    """
    client, server = socket.socketpair()
    taken = Channel()

    def serve(connection):
        signal.signal(TERM, lambda *_: os._exit(0))
        connection.recv(1)

    def init(up):
        poll = select.epoll()
        # Its writer waits for main itself, which keeps the other end and is mute.
        mute, writer = socket.socketpair()
        for name, connection in (b'backend', server), (b'writer', writer):
            mine, its = socket.socketpair()

            def backend():
                mine.close()
                serve(connection)

            spawn(named(name, backend))
            its.close()
            poll.register(mine.detach(), select.EPOLLIN)
        signal.signal(TERM, lambda *_: taken.send('taken'))
        signal.signal(signal.SIGINT, lambda *_: os._exit(0))
        up()
        while mute:
            poll.poll()

    def use():
        server.close()
        client.recv(1)

    with process(named(b'client', use)):
        client.close()
        with container('an init that waits in epoll for one of two backends',
                       init) as case:
            server.close()
            backends = case.member(b'backend'), case.member(b'writer')
            for pid in backends:
                await_mask(pid, 'SigCgt')
            ask(case)
            taken.receive()
            proven(lambda: handled(case.init) and sleeps_in(case.init, *EPOLL) and
                   all(sleeps_in(pid, 'unix_stream_read_generic')
                       for pid in backends),
                   f'{case.name}: it waits in epoll, the backends in recv', case.init,
                   *backends)
            # They handle SIGTERM and were sent none.
            case.bystanders += backends
            ended_by_own_signal(case)
            yield case
    taken.close()


@contextlib.contextmanager
def takes_synchronously():
    """Without a handler: it blocks the signal, fetches it, and forgets it."""
    taken = Channel()

    def init(up):
        signal.pthread_sigmask(signal.SIG_BLOCK, [TERM, signal.SIGCHLD])
        up()
        while True:
            taken.send(signal.sigwait([TERM, signal.SIGCHLD]))

    with container('an init that fetches SIGTERM by sigtimedwait', init) as case:
        ask(case)
        while taken.receive() != TERM:
            pass
        proven(lambda: in_call(case.init, 'rt_sigtimedwait') and
               not mask(case.init, 'ShdPnd'),
               f'{case.name}: it fetched it, and waits for the next', case.init)
        ended_by_own_signal(case)
        yield case
    taken.close()


@contextlib.contextmanager
def takes_by_signalfd():
    taken = Channel()

    def init(up):
        numbers = [TERM, signal.SIGCHLD]
        signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
        wanted = struct.pack('Q', sum(1 << number - 1 for number in numbers))
        fd = libc.signalfd(-1, ctypes.create_string_buffer(wanted.ljust(128, b'\0')),
                           0)
        assert fd >= 0
        up()
        while True:
            taken.send(struct.unpack_from('I', os.read(fd, 128))[0])

    with container('an init that reads SIGTERM from a signalfd', init) as case:
        ask(case)
        while taken.receive() != TERM:
            pass
        proven(lambda: sleeps_in(case.init, 'signalfd_read', 'signalfd_read_iter') and
               not mask(case.init, 'ShdPnd'),
               f'{case.name}: it fetched it, and reads the next', case.init)
        ended_by_own_signal(case)
        yield case
    taken.close()


@contextlib.contextmanager
def reads_its_own_pipe():
    """
    It reads a pipe to itself, and its child has inherited the other end: nobody
    will write there, and the child is not to blame.
    """
    def init(up):
        signal.signal(TERM, goes_on)
        waking, wake = os.pipe()
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        spawn(named(b'heir', sleeper))
        up()
        while True:
            os.read(waking, 1)

    with container('an init that reads a pipe to itself which a child inherited',
                   init) as case:
        heir = case.member(b'heir')
        ask(case)
        proven(lambda: handled(case.init) and sleeps_in(case.init, *PIPE_READ),
               f'{case.name}: it took SIGTERM, and reads a pipe', case.init, heir)
        case.bystanders.append(heir)
        ended_by_own_signal(case)
        yield case


# In the handler

def holding(*arguments):
    """Returns an init that is the program held."""
    def init(up):
        up()
        os.execv(HELD, ['held', *arguments])
    return init


@contextlib.contextmanager
def deadlocks_in_handler():
    with container('an init whose handler locks a mutex that main holds',
                   holding('mutex')) as case:
        await_mask(case.init, 'SigCgt')
        ask(case)
        proven(lambda: handled(case.init) and mask(case.init, 'SigBlk') and
               in_call(case.init, 'futex'),
               f'{case.name}: the handler waits in futex', case.init)
        ended_by_own_signal(case, verdict='init-in-handler')
        yield case


@contextlib.contextmanager
def naps_in_handler():
    with container('an init whose handler sleeps', holding('nap')) as case:
        await_mask(case.init, 'SigCgt')
        ask(case)
        proven(lambda: handled(case.init) and mask(case.init, 'SigBlk') and
               in_call(case.init, 'clock_nanosleep'),
               f'{case.name}: the handler waits in nanosleep', case.init)
        ended_by_own_signal(case, verdict='init-in-handler')
        yield case


@contextlib.contextmanager
def thread_in_handler():
    """The main thread blocks SIGTERM; the handler runs in another thread."""
    with container('an init of which a thread hangs in the handler',
                   holding('thread')) as case:
        await_mask(case.init, 'SigCgt')
        wait_for(lambda: threads(case.init))
        thread, = threads(case.init)
        # As soon as it waits, the signal is its.
        wait_for(lambda: in_call(thread, 'clock_nanosleep'))
        ask(case)
        proven(lambda: handled(case.init) and mask(case.init, 'SigBlk') and
               mask(thread, 'SigBlk'), f'{case.name}: that thread took SIGTERM',
               case.init, thread)
        ended_by_own_signal(case, verdict='init-in-handler')
        yield case


CASES = (reloads, drains, awaits_backends, takes_synchronously, takes_by_signalfd,
         reads_its_own_pipe, deadlocks_in_handler, naps_in_handler,
         thread_in_handler)

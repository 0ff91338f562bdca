# SPDX-License-Identifier: GPL-2.0
"""Inits that wait for the other end of a pipe, of a fifo or of a socket."""
import contextlib
import os
import signal
import socket
import time

from lib import Channel, sleep_handling_signals, sleeper, spawn, stop
from stuck.alive import ignoring_child, waiting_init
from stuck.case import await_mask, mask, named, process, proven, state, waits
from waits.harness import (PIPE_READ, PIPE_WRITE, TERM, ask, container, forget_files,
                           handled, sleeps_in)


def waits_for(case, kind, pid, command, verdict='init-waits', **more):
    """The holder of the other end must act."""
    chain = more.pop('chain', (kind,))
    case.answer(verdict, actor=pid, chain=chain,
                remedy=rf'^kill -({command}) {pid}$', **more)


def when_asked(does):
    """Lets the handler of SIGTERM do that, and then end the process."""
    def terminated(_signal, _frame):
        does()
        os._exit(0)

    signal.signal(TERM, terminated)


def outside(name, body, *kept):
    """Runs body() in a process outside, which has only these descriptors."""
    def run():
        forget_files(*kept)
        body()
    return process(named(name, run))


@contextlib.contextmanager
def reads_from_child():
    """The other end of its pipe is held by an older child, which ignores SIGTERM."""
    def init(up):
        ours, its = os.pipe()

        def helper():
            os.close(ours)
            ignoring_child(up)

        spawn(named(b'helper', helper))
        os.close(its)
        when_asked(lambda: os.read(ours, 1))
        sleep_handling_signals()

    with container('an init that reads a pipe that its child holds', init) as case:
        helper = case.member(b'helper')
        await_mask(case.init, 'SigCgt')
        ask(case)
        proven(lambda: handled(case.init) and sleeps_in(case.init, *PIPE_READ) and
               mask(helper, 'SigIgn'), f'{case.name}: it reads', case.init, helper)
        waits_for(case, 'pipe', helper, 'KILL')
        yield case


@contextlib.contextmanager
def reads_from_outside():
    ours, its = os.pipe()

    def init(up):
        when_asked(lambda: os.read(ours, 1))
        up()
        sleep_handling_signals()

    with outside(b'holder', sleeper, its) as holder:
        os.close(its)
        with container('an init that reads a pipe that is held outside',
                       init) as case:
            os.close(ours)
            ask(case)
            proven(lambda: handled(case.init) and sleeps_in(case.init, *PIPE_READ),
                   f'{case.name}: it reads', case.init)
            waits_for(case, 'pipe', holder, 'TERM|KILL')
            yield case


@contextlib.contextmanager
def writes_to_stopped():
    """As a log that nobody fetches: its reader outside is stopped, the pipe full."""
    its, ours = os.pipe()

    def drain():
        while os.read(its, 65536):
            pass

    def init(up):
        when_asked(lambda: os.write(ours, b'x' * (1 << 20)))
        up()
        sleep_handling_signals()

    with outside(b'reader', drain, its) as reader:
        os.close(its)
        stop(reader)
        with container('an init that writes to a pipe whose reader is stopped',
                       init) as case:
            os.close(ours)
            ask(case)
            proven(lambda: handled(case.init) and
                   sleeps_in(case.init, *PIPE_WRITE) and state(reader) == 'T',
                   f'{case.name}: it writes', case.init, reader)
            waits_for(case, 'pipe', reader, 'CONT')
            yield case


@contextlib.contextmanager
def child_reads():
    """Main waits for its child, and that for one outside."""
    ours, its = os.pipe()

    def child(up):
        signal.signal(TERM, signal.SIG_IGN)
        up()
        os.read(ours, 1)

    with outside(b'holder', sleeper, its) as holder:
        os.close(its)
        with container('an init that waits for a child that reads a pipe',
                       waiting_init(child)) as case:
            os.close(ours)
            pid = case.member(b'child')
            await_mask(case.init, 'SigCgt')
            ask(case)
            proven(lambda: waits(case.init) and sleeps_in(pid, *PIPE_READ),
                   f'{case.name}: the child reads', case.init, pid)
            waits_for(case, 'pipe', holder, 'TERM|KILL', 'init-waits-for-child',
                      chain=('child', 'pipe'))
            yield case


@contextlib.contextmanager
def reads_fifo():
    path = '/run/fifo'
    os.mkfifo(path)

    def init(up):
        ours = os.open(path, os.O_RDONLY)
        when_asked(lambda: os.read(ours, 1))
        up()
        sleep_handling_signals()

    def hold():
        os.open(path, os.O_WRONLY)
        sleeper()

    try:
        with outside(b'holder', hold) as holder, \
                container('an init that reads a fifo', init) as case:
            ask(case)
            proven(lambda: handled(case.init) and sleeps_in(case.init, *PIPE_READ),
                   f'{case.name}: it reads', case.init)
            waits_for(case, 'fifo', holder, 'TERM|KILL')
            yield case
    finally:
        os.unlink(path)


@contextlib.contextmanager
def fifo_of_child():
    """The reader was first; whoever has opened it later is to blame."""
    path = '/run/fifo2'
    os.mkfifo(path)

    def init(up):
        ours = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        os.set_blocking(ours, True)

        def helper():
            os.close(ours)
            os.open(path, os.O_WRONLY)
            ignoring_child(up)

        spawn(named(b'helper', helper))
        when_asked(lambda: os.read(ours, 1))
        sleep_handling_signals()

    try:
        with container('an init that reads a fifo that its child holds',
                       init) as case:
            helper = case.member(b'helper')
            await_mask(case.init, 'SigCgt')
            ask(case)
            proven(lambda: handled(case.init) and sleeps_in(case.init, *PIPE_READ),
                   f'{case.name}: it reads', case.init, helper)
            waits_for(case, 'fifo', helper, 'KILL')
            yield case
    finally:
        os.unlink(path)


def receives(pid):
    return sleeps_in(pid, 'unix_stream_read_generic', 'unix_stream_recvmsg')


@contextlib.contextmanager
def receives_from_child():
    def init(up):
        ours, its = socket.socketpair()

        def helper():
            ours.close()
            ignoring_child(up)

        spawn(named(b'helper', helper))
        its.close()
        when_asked(lambda: ours.recv(1))
        sleep_handling_signals()

    with container("an init that receives from its child's end of a socketpair",
                   init) as case:
        helper = case.member(b'helper')
        await_mask(case.init, 'SigCgt')
        ask(case)
        proven(lambda: handled(case.init) and receives(case.init) and
               mask(helper, 'SigIgn'), f'{case.name}: it does', case.init, helper)
        waits_for(case, 'socket', helper, 'KILL')
        yield case


@contextlib.contextmanager
def receives_from_server():
    """Connected by name, to a server outside that accepts and says nothing."""
    path = '/run/server'
    ready = Channel()

    def serve():
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        listener.listen()
        ready.send('listens')
        accepted = listener.accept()
        ready.send('has accepted')
        # It does not read: that would be a circle.
        while accepted:
            time.sleep(1000)

    def init(up):
        ours = socket.socket(socket.AF_UNIX)
        ours.connect(path)
        when_asked(lambda: ours.recv(1))
        up()
        sleep_handling_signals()

    try:
        with outside(b'server', serve, ready.write_end) as server:
            ready.receive()
            with container('an init that receives from a server outside',
                           init) as case:
                ready.receive()
                ask(case)
                proven(lambda: handled(case.init) and receives(case.init),
                       f'{case.name}: it does', case.init)
                waits_for(case, 'socket', server, 'TERM|KILL')
                yield case
    finally:
        os.unlink(path)
        ready.close()


@contextlib.contextmanager
def wait_for_each_other():
    """Main and a server outside each receive what the other one does not send."""
    ours, its = socket.socketpair()

    def init(up):
        when_asked(lambda: ours.recv(1))
        up()
        sleep_handling_signals()

    with outside(b'server', lambda: its.recv(1), its.fileno()) as server:
        its.close()
        with container('an init and a server that wait for each other', init) as case:
            ours.close()
            ask(case)
            proven(lambda: handled(case.init) and receives(case.init) and
                   receives(server), f'{case.name}: both receive', case.init, server)
            case.answer('init-waits', actor=(case.init, server),
                        chain=[('socket',), ('socket', 'socket')],
                        remedy=rf'^kill -(KILL {case.init}|(TERM|KILL) {server})$',
                        says=(r'circle|each other',))
            yield case


CASES = (reads_from_child, reads_from_outside, writes_to_stopped, child_reads,
         reads_fifo, fifo_of_child, receives_from_child, receives_from_server,
         wait_for_each_other)

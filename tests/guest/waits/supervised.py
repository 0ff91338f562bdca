# SPDX-License-Identifier: GPL-2.0
"""Inits that wait for a seccomp supervisor, for a core dump, for an io worker."""
import contextlib
import ctypes
import os
import resource
import signal
import socket

from lib import HELD, Channel, kill, read, sleeper, spawn, wait_for
from stuck.alive import core_pattern, ignoring_child, is_dumping, waiting_init
from stuck.case import await_mask, named, proven, state, torn_down, waits
from stuck.fuse import NO_OPEN, waits_for_answer
from stuck.teardown import hangs_in_fuse
from waits.disk import MOUNT, disk, in_frozen_write, thawed
from waits.fuse import aborted, serving
from waits.harness import (PIPE_WRITE, add_worker, ask, container, forget_files,
                           handled, sleeps_in, threads)
from waits.pipes import outside, waits_for


def awaits_supervisor(pid):
    return handled(pid) and sleeps_in(pid, '__seccomp_filter',
                                      'seccomp_do_user_notification')


def listen(connection, then):
    """Receives the listener and answers nothing."""
    _, fds, _, _ = socket.recv_fds(connection, 1, 1)
    connection.close()
    forget_files(*fds)
    then()


def be_supervised(connection, how):
    """Executes a program that is supervised at the other end of the connection."""
    connection.set_inheritable(True)
    os.execv(HELD, ['held', how, str(connection.fileno())])


@contextlib.contextmanager
def supervised_outside():
    """As an engine's agent for system calls that hangs."""
    ours, its = socket.socketpair()

    def init(up):
        up()
        be_supervised(ours, 'notify')

    with outside(b'supervisor', lambda: listen(its, sleeper), its.fileno()) as agent:
        its.close()
        with container('an init that waits for its seccomp supervisor', init) as case:
            ours.close()
            await_mask(case.init, 'SigCgt')
            ask(case)
            proven(lambda: awaits_supervisor(case.init), f'{case.name}: it does',
                   case.init)
            waits_for(case, 'seccomp', agent, 'TERM|KILL')
            yield case


def supervised_child(name, how):
    """Main's child waits for another one, which took the listener and ignores SIGTERM."""
    @contextlib.contextmanager
    def make():
        ours, its = socket.socketpair()

        def init(up):
            def supervise():
                listen(its, lambda: ignoring_child(lambda: None))

            def child(up):
                up()
                be_supervised(ours, how)

            spawn(named(b'supervisor', supervise))
            its.close()
            waiting_init(child)(up)

        with container(name, init) as case:
            ours.close()
            its.close()
            pid, agent = case.member(b'held'), case.member(b'supervisor')
            for one in case.init, pid:
                await_mask(one, 'SigCgt')
            await_mask(agent, 'SigIgn')
            ask(case)
            proven(lambda: waits(case.init) and awaits_supervisor(pid),
                   f'{case.name}: the child does', case.init, pid)
            # Where the child has the listener open itself, it is not closed with the
            # supervisor's end.
            waits_for(case, 'seccomp', agent, 'KILL', 'init-waits-for-child',
                      chain=('child', 'seccomp'))
            if how == 'keep':
                case.remedy = rf'^kill -KILL {pid}$'
            yield case
    make.__name__ = name
    return make


# Core dumps

def called(name):
    """Returns the pids of the processes of that name."""
    return {int(pid) for pid in os.listdir('/proc')
            if pid.isdigit() and read(f'/proc/{pid}/comm') == f'{name}\n'}


@contextlib.contextmanager
def dump_handler():
    """
    Lets core dumps be sent to a process that does not read. Yields a function that
    waits for it, which is the only one that is sleep(1) and was not before.
    """
    before = called('sleep')
    with core_pattern('|/usr/bin/sleep 1000'):
        yield lambda: wait_for(lambda: called('sleep') - before).pop()


def taken(case, verdict, chain, handler, pid):
    """The handler must read or end; SIGKILL ends a dump to a pipe."""
    case.answer(verdict, actor=handler, chain=chain,
                remedy=rf'^kill -((TERM|KILL) {handler}|KILL {pid})$')


def crash():
    """By a fault: an init ignores the SIGABRT of abort()."""
    ctypes.string_at(0)


@contextlib.contextmanager
def child_dumps():
    """Its dump is larger than a pipe, and the handler reads nothing."""
    def child(up):
        up()
        os.abort()

    with dump_handler() as started, \
            container('an init that waits for a child that dumps core',
                      waiting_init(child)) as case:
        await_mask(case.init, 'SigCgt')
        pid = case.member(b'child')
        wait_for(lambda: is_dumping(pid))
        handler = started()
        case.undo.callback(kill, handler)
        ask(case)
        proven(lambda: waits(case.init) and is_dumping(pid),
               f'{case.name}: the child dumps', case.init, pid)
        taken(case, 'init-waits-for-child', ('child', 'core'), handler, pid)
        yield case


@contextlib.contextmanager
def init_dumps():
    """It has crashed, and nobody else has been killed yet."""
    def init(up):
        up()
        go.receive()
        crash()

    with contextlib.closing(Channel()) as go, dump_handler() as started, \
            container('an init that dumps core', init) as case:
        add_worker(case)
        go.send('crash')
        wait_for(lambda: is_dumping(case.init))
        handler = started()
        case.undo.callback(kill, handler)
        proven(lambda: is_dumping(case.init) and
               sleeps_in(case.init, *PIPE_WRITE) and
               all(state(pid) == 'S' for pid in case.bystanders),
               f'{case.name}: it writes to the handler, the others live', case.init,
               *case.bystanders)
        taken(case, 'init-exiting', ('core',), handler, case.init)
        yield case


@contextlib.contextmanager
def dumps_to_frozen():
    """Into a file: not the handler but the disk does not take it."""
    def init(up):
        def dump():
            up()
            signal.sigwait([signal.SIGUSR1])
            os.abort()

        resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY,) * 2)
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
        spawn(named(b'dumper', dump))
        sleeper()

    with disk() as frozen, core_pattern(f'{MOUNT}/core'), \
            container('a dying process that dumps core to a frozen disk',
                      init) as case:
        case.undo.callback(frozen.thaw)
        pid = case.member(b'dumper')
        frozen.freeze()
        os.kill(pid, signal.SIGUSR1)
        wait_for(lambda: is_dumping(pid) and in_frozen_write(pid))
        ask(case)
        torn_down(case, pid)
        proven(lambda: is_dumping(pid) and in_frozen_write(pid),
               f'{case.name}: it dumps', pid)
        thawed(case, 'teardown-dumping', [('filesystem',), ('core', 'filesystem')])
        yield case


@contextlib.contextmanager
def handler_never_starts():
    """The kernel waits for the exec of the handler, whose program no server opens."""
    def init(up):
        def dump():
            up()
            signal.sigwait([signal.SIGUSR1])
            os.abort()

        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
        spawn(named(b'dumper', dump))
        sleeper()

    with core_pattern(f'|{NO_OPEN}'), \
            serving('a dying process whose core dump no handler takes',
                    init) as (case, server):
        pid = case.member(b'dumper')
        os.kill(pid, signal.SIGUSR1)
        server.waiter()
        wait_for(lambda: is_dumping(pid))
        ask(case)
        torn_down(case, pid)
        proven(lambda: is_dumping(pid) and state(pid) == 'D' and
               sleeps_in(pid, 'call_usermodehelper_exec'),
               f'{case.name}: it waits for its handler', pid)
        aborted(case, 'teardown-dumping', server.pid, ('core', 'fuse'))
        yield case


# Workers of io_uring

def io_worker(pid):
    """Returns the thread that waits for the FUSE server, or None."""
    return next((thread for thread in threads(pid) if waits_for_answer(thread)), None)


@contextlib.contextmanager
def exits_in_uring():
    """Its exit waits for a request that a worker, one of its threads, carries out."""
    def init(up):
        up()
        os.execv(HELD, ['held', 'uring', NO_OPEN])

    with serving('an init that waits in its exit for an io_uring worker',
                 init) as (case, server):
        server.waiter()
        worker = wait_for(lambda: io_worker(case.init))
        ask(case)
        kill(case.init)
        proven(lambda: state(worker) == 'D' and
               sleeps_in(case.init, 'io_uring_cancel_generic',
                         '__io_uring_cancel', 'io_uring_files_cancel',
                         'io_wq_put_and_exit') and
               all(state(pid) == 'S' for pid in case.bystanders),
               f'{case.name}: it waits for the worker, the others live', case.init,
               worker, *case.bystanders)
        aborted(case, 'init-exiting', server.pid, ('thread', 'fuse'),
                unsaid=('still dying',))
        yield case


@contextlib.contextmanager
def torn_down_in_uring():
    def init(up):
        spawn(named(b'ring', lambda: os.execv(HELD, ['held', 'uring', NO_OPEN])))
        up()
        sleeper()

    with serving('a dying process that waits for its io_uring worker',
                 init) as (case, server):
        server.waiter()
        pid = case.member(b'held')
        ask(case)
        torn_down(case, pid)
        proven(lambda: io_worker(pid) and hangs_in_fuse(io_worker(pid)),
               f'{case.name}: it does', pid)
        aborted(case, ('teardown-disk-sleep', 'teardown-live-thread',
                       'teardown-running'), server.pid, ('thread', 'fuse'))
        yield case


CASES = (supervised_outside,
         supervised_child('an init whose child waits for a seccomp supervisor',
                          'notify'),
         supervised_child('an init whose child has its own seccomp listener, too',
                          'keep'),
         child_dumps, init_dumps, dumps_to_frozen, handler_never_starts,
         exits_in_uring, torn_down_in_uring)

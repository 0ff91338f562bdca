# SPDX-License-Identifier: GPL-2.0
"""
What waits for a FUSE server: one outside that is stopped or does not answer, and one
inside that waits for itself.
"""
import contextlib
import os
import signal
import threading

from lib import (Channel, kill, read, run, sleeper, spawn, stop, syscall,
                 wait_for_state)
from stuck import fuse
from stuck.alive import waiting_init
from stuck.case import await_mask, mask, named, proven, state, torn_down, waits
from stuck.fuse import MOUNT, NO_FLUSH, NO_READ, PROGRAM, silent
from stuck.teardown import family, hangs_in_fuse, opens_silent
from waits.harness import (TERM, add_worker, ask, container, exiting, sleeps_in,
                           threads)

CONNECTIONS = '/sys/fs/fuse/connections'


def connections():
    """Mounts the file system that shows the connections, as systemd does."""
    if not os.listdir(CONNECTIONS):
        run('mount', '-t', 'fusectl', 'fusectl', CONNECTIONS)


def connection():
    """Returns the number of the mount's connection, that of its device."""
    connections()
    mounts = (line.split() for line in read('/proc/self/mountinfo').splitlines())
    return int([fields[2] for fields in mounts
                if fields[4] == MOUNT][-1].split(':')[1])


def aborted(case, verdict, server, chain, *others, **more):
    """
    The server must act, if it can be told; aborting the connection helps, and what
    the other patterns say.
    """
    number = connection()
    commands = rf'echo 1 ?> ?{CONNECTIONS}/{number}/abort', *others
    case.answer(verdict, actor=(server, rf'connection {number}\b'), chain=chain,
                remedy=rf'^({"|".join(commands)})$', **more)


@contextlib.contextmanager
def serving(name, init):
    """A container and the server, which is ended if the command did not help."""
    with silent() as server, container(name, init) as case:
        case.undo.callback(server.end)
        yield case, server


@contextlib.contextmanager
def reads_from_stopped():
    """A server that would answer, if it was not stopped."""
    def init(up):
        signal.signal(TERM, lambda *_: os._exit(0))
        fd = os.open(PROGRAM, os.O_RDONLY)
        up()
        go.receive()
        with contextlib.suppress(OSError):
            os.read(fd, 100)
        signal.pause()

    with contextlib.closing(Channel()) as go, \
            serving('an init that reads from a FUSE server that is stopped',
                    init) as (case, server):
        stop(server.pid)
        go.send('read')
        wait_for_state(case.init, 'D')
        ask(case)
        proven(lambda: state(case.init) == 'D' and mask(case.init, 'ShdPnd') and
               state(server.pid) == 'T',
               f'{case.name}: it is in D state, SIGTERM is pending', case.init)
        aborted(case, 'init-disk-sleep', server.pid, ('fuse',),
                f'kill -CONT {server.pid}', f'kill -KILL {case.init}',
                unsaid=('SIGKILL neither', 'not even SIGKILL'))
        yield case


@contextlib.contextmanager
def reads_unanswered():
    """SIGKILL ends this wait, though it is shown as D."""
    def init(up):
        signal.signal(TERM, lambda *_: os._exit(0))
        up()
        with contextlib.suppress(OSError), open(NO_READ, 'rb', 0) as file:
            file.read(1)
        signal.pause()

    with serving('an init that reads from a FUSE server that does not answer',
                 init) as (case, server):
        server.waiter()
        ask(case)
        proven(lambda: state(case.init) == 'D' and mask(case.init, 'ShdPnd'),
               f'{case.name}: it is in D state, SIGTERM is pending', case.init)
        aborted(case, 'init-disk-sleep', server.pid, ('fuse',),
                f'kill -KILL {case.init}',
                unsaid=('SIGKILL neither', 'not even SIGKILL'))
        yield case


@contextlib.contextmanager
def child_opens():
    """The child was killed: no signal ends it now."""
    def child(up):
        up()
        opens_silent()

    with serving('an init that waits for a killed child that waits for a FUSE server',
                 waiting_init(child)) as (case, server):
        pid = case.member(b'child')
        server.waiter()
        await_mask(case.init, 'SigCgt')
        kill(pid)
        ask(case)
        proven(lambda: waits(case.init) and hangs_in_fuse(pid),
               f'{case.name}: the child is in D state', case.init, pid)
        aborted(case, 'init-waits-for-child', server.pid, ('child', 'fuse'))
        yield case


@contextlib.contextmanager
def torn_down_reader():
    with serving('a dying process that waits for a FUSE server that is stopped',
                 family((b'reader', opens_silent))) as (case, server):
        pid = case.member(b'reader')
        server.waiter()
        stop(server.pid)
        ask(case)
        torn_down(case, pid)
        proven(lambda: hangs_in_fuse(pid), f'{case.name}: it is in D state', pid)
        aborted(case, 'teardown-disk-sleep', server.pid, ('fuse',))
        yield case


@contextlib.contextmanager
def torn_down_thread():
    """The leader has ended long before; its thread waits."""
    def leader():
        threading.Thread(target=opens_silent).start()
        syscall('exit', 0)

    with serving('a dead leader whose thread waits for a FUSE server',
                 family((b'leader', leader))) as (case, server):
        pid = case.member(b'leader')
        thread = f'{pid}/task/{server.waiter()}'
        wait_for_state(pid, 'Z')
        ask(case)
        torn_down(case, pid)
        proven(lambda: state(pid) == 'Z' and hangs_in_fuse(thread),
               f'{case.name}: the thread is in D state', pid, thread)
        aborted(case, 'teardown-live-thread', server.pid, ('thread', 'fuse'))
        yield case


@contextlib.contextmanager
def exits_in_flush():
    """In its exit it closes a file, which its server is told, and asleep it waits."""
    def init(up):
        os.open(NO_FLUSH, os.O_RDONLY)
        up()
        sleeper()

    with serving('an init that closes a file in its exit, which FUSE does not answer',
                 init) as (case, server):
        ask(case)
        kill(case.init)
        server.waiter()
        proven(lambda: exiting(case.init) and sleeps_in(case.init, 'fuse_flush') and
               all(state(pid) == 'S' for pid in case.bystanders),
               f'{case.name}: it waits in its exit, the others live', case.init,
               *case.bystanders)
        aborted(case, 'init-exiting', server.pid, ('fuse',),
                unsaid=('still dying',))
        yield case


@contextlib.contextmanager
def thread_exits():
    """The leader is a zombie; while its thread waits nobody else is killed."""
    def init(up):
        threading.Thread(target=opens_silent).start()
        up()
        sleeper()

    with serving('an init whose thread waits for a FUSE server',
                 init) as (case, server):
        tid = server.waiter()
        thread = f'{case.init}/task/{tid}'
        ask(case)
        kill(case.init)
        proven(lambda: state(case.init) == 'Z' and hangs_in_fuse(thread) and
               all(state(pid) == 'S' for pid in case.bystanders),
               f'{case.name}: the leader is dead, the thread in D state, the others '
               'live', case.init, thread, *case.bystanders)
        aborted(case, 'init-exiting', server.pid, ('thread', 'fuse'),
                unsaid=('still dying',))
        yield case


@contextlib.contextmanager
def served_inside(name, make_server):
    """A container in which the server's process waits for its own mount."""
    withheld, control = Channel(), Channel()

    def init(up):
        def server():
            device = fuse.mount()
            up()
            make_server(lambda: fuse.serve(device, withheld, control))

        spawn(named(b'server', server))
        sleeper()

    try:
        with container(name, init) as case:
            pid = case.member(b'server')

            def abort():
                with contextlib.suppress(OSError), \
                        open(f'{CONNECTIONS}/{number}/abort', 'w') as file:
                    file.write('1')

            number = connection()
            case.undo.callback(abort)
            withheld.receive()
            yield case, pid
    finally:
        fuse.unmount()
        withheld.close()
        control.close()


def in_a_circle(case, pid, *chain):
    number = connection()
    case.answer(('teardown-disk-sleep', 'teardown-live-thread'),
                actor=(pid, rf'connection {number}\b'), chain=chain,
                remedy=rf'^echo 1 ?> ?{CONNECTIONS}/{number}/abort$',
                says=(r'circle|itself|its own',))


@contextlib.contextmanager
def serves_itself():
    """Main opens a file of its own mount, a thread serves: both die with the files."""
    def make_server(serve):
        threading.Thread(target=serve, daemon=True).start()
        opens_silent()

    with served_inside('a FUSE server whose main thread waits for it',
                       make_server) as (case, pid):
        add_worker(case)
        torn_down(case, pid)
        proven(lambda: hangs_in_fuse(pid), f'{case.name}: main is in D state', pid)
        in_a_circle(case, pid, 'fuse')
        yield case


@contextlib.contextmanager
def thread_uses_own_mount():
    """The server's leader is dead; a thread that waits keeps the device open."""
    def make_server(serve):
        threading.Thread(target=opens_silent, daemon=True).start()
        serve()

    with served_inside('a FUSE server of which a thread waits for it',
                       make_server) as (case, pid):
        add_worker(case)
        torn_down(case, pid)
        proven(lambda: state(pid) == 'Z' and len(threads(pid)) == 1 and
               hangs_in_fuse(threads(pid)[0]),
               f'{case.name}: the leader is dead, the thread in D state', pid)
        in_a_circle(case, pid, 'thread', 'fuse')
        yield case


CASES = (reads_from_stopped, reads_unanswered, child_opens, torn_down_reader,
         torn_down_thread, exits_in_flush, thread_exits, serves_itself, thread_uses_own_mount)

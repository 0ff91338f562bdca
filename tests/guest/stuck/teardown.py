# SPDX-License-Identifier: GPL-2.0
"""Containers whose init was killed and that remain."""
import contextlib
import os
import signal
import subprocess
import threading

from lib import (NUMBERS, Cgroup, Channel, Joiner, descendants, kill, libc,
                 namespace, pidns_of, read, set_name, sleeper, spawn, stat, syscall,
                 v1, wait_for, wait_for_state, write)
from stuck.alive import core_pattern, is_dumping
from stuck.case import (Case, Culprit, container, fields, named, proven,
                        process, stack, state, torn_down, zaps)
from stuck.fuse import NO_OPEN, silent, waits_for_answer

PTRACE_SEIZE = 0x4206


def idle(up):
    """An init that only sleeps, with a child that only sleeps: no culprit."""
    spawn(named(b'bystander', sleeper))
    up()
    sleeper()


def opens_silent():
    os.close(os.open(NO_OPEN, os.O_RDONLY))


def family(*members):
    """Returns an init with these (name, body) as children."""
    def init(up):
        for name, body in members:
            spawn(named(name, body))
        up()
        sleeper()
    return init


def hangs_in_fuse(tid):
    return state(tid) == 'D' and waits_for_answer(tid)


@contextlib.contextmanager
def outside_parent():
    """A zombie as docker exec leaves it if its parent does not reap it."""
    with container('a zombie whose parent is outside', idle) as case:
        outside = Joiner(case.init)
        case.undo.callback(outside.end)
        torn_down(case, outside.joined)
        proven(lambda: state(outside.joined) == 'Z' and
               stat(outside.joined)['ppid'] == outside.pid,
               f'{case.name}: the process is a zombie', outside.joined)
        case.blames('teardown-outside-parent',
                    Culprit(outside.joined, 'teardown-outside-parent',
                            {'outside-parent'}, parent=outside.pid),
                    actor=outside.pid)
        yield case


@contextlib.contextmanager
def stopped_nsenter():
    """The child of an nsenter that is stopped, and so does not reap it."""
    with container('a zombie of a stopped nsenter', idle) as case, \
            subprocess.Popen(['nsenter', '-t', str(case.init), '-p', 'sleep',
                              '1000']) as nsenter:
        case.undo.callback(nsenter.kill)
        pid, = wait_for(lambda: descendants(nsenter.pid))
        wait_for(lambda: stat(pid)['comm'] == b'sleep')
        os.kill(nsenter.pid, signal.SIGSTOP)
        wait_for_state(nsenter.pid, 'T')
        torn_down(case, pid)
        proven(lambda: state(pid) == 'Z',
               f'{case.name}: the process is a zombie', pid)
        case.blames('teardown-outside-parent',
                    Culprit(pid, 'teardown-outside-parent',
                            {'outside-parent'}, parent=nsenter.pid),
                    actor=nsenter.pid)
        yield case
        nsenter.send_signal(signal.SIGCONT)


@contextlib.contextmanager
def traced():
    """A tracer outside that does not wait for its dead tracee."""
    seized = Channel()
    with container('a zombie traced from outside',
                   family((b'traced', sleeper),
                          (b'bystander', sleeper))) as case:
        pid = case.member(b'traced')

        def tracer():
            seized.send(libc.ptrace(PTRACE_SEIZE, pid, 0, 0))
            sleeper()

        with process(named(b'tracer', tracer)) as tracing:
            assert seized.receive() == 0
            torn_down(case, pid)
            proven(lambda: state(pid) == 'Z' and
                   fields(pid)['TracerPid'] == str(tracing),
                   f'{case.name}: the zombie is traced', pid)
            case.blames('teardown-traced',
                        Culprit(pid, 'teardown-traced', tracer=tracing),
                        actor=tracing)
            yield case
    seized.close()


@contextlib.contextmanager
def disk_sleep():
    with silent() as server, \
            container('a task in D state',
                      family((b'reader', opens_silent),
                             (b'bystander', sleeper))) as case:
        case.undo.callback(server.end)
        server.waiter()
        pid = case.member(b'reader')
        torn_down(case, pid)
        proven(lambda: hangs_in_fuse(pid),
               f'{case.name}: the task waits for the FUSE server', pid)
        case.blames('teardown-disk-sleep', Culprit(pid, 'teardown-disk-sleep'),
                    actor=server.pid)
        yield case


@contextlib.contextmanager
def live_thread():
    """moby#41323: ps shows a zombie, and only a zombie."""
    def leader():
        threading.Thread(target=opens_silent).start()
        syscall('exit', 0)

    with silent() as server, \
            container('a zombie leader with another thread in D state',
                      family((b'leader', leader))) as case:
        case.undo.callback(server.end)
        tid = server.waiter()
        pid = case.member(b'leader')
        wait_for_state(pid, 'Z')
        torn_down(case, pid)
        proven(lambda: state(pid) == 'Z' and tid != pid and
               hangs_in_fuse(f'{pid}/task/{tid}'),
               f'{case.name}: /proc shows both', pid, f'{pid}/task/{tid}')
        case.blames('teardown-live-thread',
                    Culprit(pid, 'teardown-live-thread', tid=tid),
                    actor=server.pid)
        yield case


@contextlib.contextmanager
def dumping():
    """
    The kernel waits for the exec of core_pattern's handler, which never
    completes: no signal ends such a dump.
    """
    with silent() as server, core_pattern(f'|{NO_OPEN}'), \
            container('a task that dumps core',
                      family((b'dumper', os.abort),
                             (b'bystander', sleeper))) as case:
        case.undo.callback(server.end)
        server.waiter()
        pid = case.member(b'dumper')
        proven(lambda: is_dumping(pid), f'{case.name}: the task dumps', pid)
        torn_down(case, pid)
        proven(lambda: is_dumping(pid) and
               'call_usermodehelper_exec' in stack(pid),
               f'{case.name}: the dump goes on after SIGKILL', pid)
        case.blames('teardown-dumping',
                    Culprit(pid, 'teardown-dumping', {'dumping'}))
        yield case


@contextlib.contextmanager
def frozen():
    """A task in the v1 freezer, which SIGKILL does not wake up."""
    with v1('freezer') as mount, \
            container('a frozen task', family(
                (b'frozen', sleeper), (b'bystander', sleeper))) as case:
        group = Cgroup('/cold', mount)
        pid = case.member(b'frozen')
        group.enter(pid)
        file = f'{group.dir}/freezer.state'
        case.undo.callback(write, file, 'THAWED')
        write(file, 'FROZEN')
        wait_for(lambda: read(file) == 'FROZEN\n')
        torn_down(case, pid)
        proven(lambda: state(pid) == 'D' and read(file) == 'FROZEN\n',
               f'{case.name}: the task is frozen', pid)
        case.blames('teardown-frozen',
                    Culprit(pid, 'teardown-frozen', {'frozen'}))
        yield case


@contextlib.contextmanager
def vfork_child():
    """The child hangs; its parent, which waits for it, can be killed."""
    def parent():
        # No CLONE_VM: Python goes on in both.
        if libc.syscall(NUMBERS['clone'], 0x4000 | signal.SIGCHLD,
                        0, 0, 0, 0) == 0:
            set_name(b'vforked')
            opens_silent()

    with silent() as server, \
            container('a vfork child in D state',
                      family((b'parent', parent))) as case:
        case.undo.callback(server.end)
        pid = server.waiter()
        parent_pid = case.member(b'parent')
        proven(lambda: state(parent_pid) == 'D' and
               stat(pid)['ppid'] == parent_pid,
               f'{case.name}: its parent waits for it', parent_pid)
        torn_down(case, pid)
        proven(lambda: hangs_in_fuse(pid) and state(parent_pid) == 'g',
               f'{case.name}: the child hangs, its parent is gone', pid,
               parent_pid)
        case.blames('teardown-disk-sleep', Culprit(pid, 'teardown-disk-sleep'),
                    actor=server.pid)
        yield case


def nest(case, outer_also):
    """Makes the inner container's case; the outer one is stuck too, or not."""
    inner = case.member(b'inner')
    outside = Joiner(inner)
    case.undo.callback(outside.end)
    found = Case(case.name, inner, pidns_of(inner), case.container)
    if outer_also:
        kill(case.init)
    torn_down(found, outside.joined)
    proven(lambda: state(outside.joined) == 'Z',
           f'{case.name}: its zombie is not reaped', outside.joined)
    blame = Culprit(outside.joined, 'teardown-outside-parent',
                    {'outside-parent'}, parent=outside.pid)
    found.blames('teardown-outside-parent', blame, actor=outside.pid)
    return found


def outer(up):
    namespace(named(b'inner', sleeper))
    up()
    sleeper()


@contextlib.contextmanager
def nested():
    """The outer container is healthy: see healthy_outer in stuck.well."""
    with container('a namespace within another', outer) as case:
        found = nest(case, False)
        # The container's id names the outer one: another case.
        found.container = None
        proven(lambda: state(case.init) == 'S' and
               not zaps(case.init),
               f'{case.name}: the outer container is healthy', case.init)
        yield found


@contextlib.contextmanager
def nested_both():
    """The outer container waits for the inner one, so for the same culprit."""
    with container('a namespace within another that ends, too',
                   outer) as case:
        found = nest(case, True)
        torn_down(case, found.init)
        case.blames('teardown-outside-parent', *found.culprits,
                    actor=found.actor)
        yield case


@contextlib.contextmanager
def two_causes():
    """Two culprits, each of which must be named."""
    with silent() as server, \
            container('two culprits of two kinds',
                      family((b'reader', opens_silent),
                             (b'bystander', sleeper))) as case:
        case.undo.callback(server.end)
        server.waiter()
        pid = case.member(b'reader')
        outside = Joiner(case.init)
        case.undo.callback(outside.end)
        torn_down(case, pid, outside.joined)
        proven(lambda: hangs_in_fuse(pid) and state(outside.joined) == 'Z',
               f'{case.name}: both culprits are stuck', pid, outside.joined)
        case.blames(('teardown-disk-sleep', 'teardown-outside-parent'),
                    Culprit(pid, 'teardown-disk-sleep'),
                    Culprit(outside.joined, 'teardown-outside-parent',
                            {'outside-parent'}, parent=outside.pid))
        yield case


CASES = (outside_parent, stopped_nsenter, traced, disk_sleep, live_thread,
         dumping, frozen, vfork_child, nested, nested_both, two_causes)

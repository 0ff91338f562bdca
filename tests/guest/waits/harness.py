# SPDX-License-Identifier: GPL-2.0
"""
Containers that wait for something, and what explain must say of each: the verdict,
who must act, the kinds of wait on the way there, and the command, which is typed.

In each are two bystanders that are never to be named: one that waits for nothing
and was sent nothing, and a worker that was started after the signal.
"""
import contextlib
import os
import re
import signal
import traceback

from lib import (NUMBERS, Channel, equal, module, ok, read, run, set_name,
                 setns_pid, sleeper, spawn, status)
from stuck import case as stuck_case
from stuck.case import ANYTHING, ask_to_end, fields, proven, stack, state
from stuck.expect import explain, pid_of

TERM = signal.SIGTERM


# Containers

def forget_files(*kept):
    """Closes what a fork of the test has inherited, but these descriptors."""
    for fd in range(3, 1024):
        if fd not in kept:
            with contextlib.suppress(OSError):
                os.close(fd)


def enter(case, name, as_child):
    """
    Starts a process of that name in the container, which only sleeps. It is a child
    of init, which adopts it; or its parent stays outside, as that of docker exec does,
    and is reaped by the caller of the function returned. Returns its pid and that.
    """
    channel = Channel()

    def inside():
        with open(f'{case.home or case.cgroup}/cgroup.procs', 'w') as file:
            file.write('0')
        set_name(name)
        channel.send('in')
        forget_files()
        sleeper()

    def between():
        spawn(inside)

    def outside():
        setns_pid(case.init)
        pid = spawn(between if as_child else inside)
        if not as_child:
            channel.send(pid)
        forget_files()
        os.waitpid(pid, 0)

    parent = spawn(outside)
    if as_child:
        os.waitpid(parent, 0)
        assert channel.receive() == 'in'
        pid = case.member(name)
    else:
        # In either order.
        pid, = {channel.receive(), channel.receive()} - {'in'}
    channel.close()
    return pid, (lambda: None) if as_child else lambda: os.waitpid(parent, 0)


@contextlib.contextmanager
def container(name, init, idler='child', worker=True, home=None):
    """
    Like stuck.case's, with bystanders. The idler is a child of init, or entered: where
    init waits for any child, each child is one that it waits for. Without a worker is
    what lets none be started. Both are in cgroup home, if not in the container's own.
    """
    with contextlib.ExitStack() as after, \
            stuck_case.container(name, init) as case:
        case.worker, case.home = worker, home
        if idler:
            pid, reap = enter(case, b'idler', idler == 'child')
            after.callback(reap)
            case.bystanders.append(pid)
        yield case


def add_worker(case):
    """Starts the worker, in those containers that can have one."""
    if case.worker:
        case.bystanders.append(enter(case, b'worker', True)[0])


def ask(case, number=TERM):
    """Asks the container to end; then a worker is started."""
    if number == TERM:
        ask_to_end(case)
    else:
        os.kill(case.init, number)
    add_worker(case)


def bare_container(name, main):
    """
    Runs main(up) as the main process of a container without a pid namespace of its
    own; without bystanders. A context manager, which yields the case.
    """
    return stuck_case.container(name, main, own_namespace=False)


# What /proc shows

# Functions by what sleeps in them; newer kernels have one for pipes and one for fifos.
SELECT = 'do_select', 'core_sys_select', 'poll_schedule_timeout'
EPOLL = 'ep_poll', 'do_epoll_wait'
PIPE_READ = 'pipe_read', 'anon_pipe_read', 'fifo_pipe_read'
PIPE_WRITE = 'pipe_write', 'anon_pipe_write', 'fifo_pipe_write'


def in_call(pid, *names):
    """Tells whether the process sleeps in one of these system calls."""
    number = read(f'/proc/{pid}/syscall').split(' ')[0]
    return number in [str(NUMBERS[name]) for name in names]


def sleeps_in(pid, *functions):
    """
    Tells whether the thread, PID or PID/task/TID, sleeps in one of these functions
    of the kernel; the compiler may have made a part of it.
    """
    return any(name.split('.')[0] in functions for name in stack(pid))


def handled(pid, number=TERM):
    """Tells whether the signal is caught, and not pending."""
    bit = 1 << number - 1
    found = fields(pid)
    return bool(int(found.get('SigCgt', '0'), 16) & bit and
                not (int(found['ShdPnd'], 16) | int(found['SigPnd'], 16)) & bit)


PF_EXITING = 0x4


def exiting(pid):
    """Tells whether the thread is in its own exit, in the kernel."""
    text = read(f'/proc/{pid}/stat')
    return bool(text and int(text.rpartition(') ')[2].split()[6]) & PF_EXITING)


def threads(pid):
    """Returns the other threads, as PID/task/TID."""
    try:
        return [f'{pid}/task/{tid}' for tid in os.listdir(f'/proc/{pid}/task')
                if int(tid) != pid]
    except FileNotFoundError:
        return []


def ended(case):
    """Tells whether no process of the container lives."""
    return (state(case.init) in 'ZXg' and
            'populated 0' in (read(f'{case.cgroup}/cgroup.events') or
                              'populated 0'))


# The answer

KILLED = re.compile(r'\bkill -\w+((?: \d+)+)')


def killed_by(command):
    """Returns the pids that a command sends a signal."""
    return {int(pid) for pids in KILLED.findall(command or '')
            for pid in pids.split()}


def named(found):
    """Returns the pids of all who must act according to the answer."""
    pids = set()
    for part in (found, *found['waiting_for']):
        pids.add(pid_of(part.get('actor', {}).get('process')))
        pids |= {pid_of(one) for one in part.get('candidates', ())}
        pids |= killed_by(part.get('remedy'))
    return pids - {None}


def acts(actor, wanted):
    """Tells whether the answer's actor is the pid, or what the pattern describes."""
    if isinstance(wanted, tuple):
        return any(acts(actor, one) for one in wanted)
    if wanted is ANYTHING or actor is None or wanted is None:
        return wanted is ANYTHING or actor is wanted
    if isinstance(wanted, int):
        return pid_of(actor.get('process')) == wanted
    return bool(re.search(wanted, actor.get('what', '')))


def answered(case, target=None):
    """Checks what explain says of the case; returns it, or None."""
    found = explain(target or case.container)
    if not found:
        return None
    how = f'{case.name}:'
    ok(found['verdict'] in case.verdicts and
       found.get('container') == case.container,
       f'{how} the verdict is {" or ".join(case.verdicts)}', found['verdict'],
       found['text'])
    ok(acts(found.get('actor'), case.actor), f'{how} who must act',
       found.get('actor'), f'wanted {case.actor}', found['text'])
    chain = tuple(link['waits_for'] for link in found.get('chain', ())
                  if 'waits_for' in link)
    if case.chain is ANYTHING:
        pass
    elif isinstance(case.chain, list):
        ok(chain in case.chain, f'{how} why', chain, f'wanted one of {case.chain}')
    else:
        equal(chain, case.chain, f'{how} why')
    for pattern in case.says:
        ok(re.search(pattern, found['text']), f'{how} says {pattern}',
           found['text'])
    for pattern in case.unsaid:
        ok(not re.search(pattern, found['text']),
           f'{how} does not say {pattern}', found['text'])
    equal(named(found) & set(case.bystanders), set(),
          f'{how} no bystander is named')
    return found


def remedied(case, found):
    """Types the command, and waits until it has helped."""
    if case.remedy is ANYTHING:
        return
    remedy = found.get('remedy')
    if case.remedy is None:
        equal(remedy, None, f'{case.name}: no command helps')
        return
    if not ok(remedy and '\n' not in remedy and
              re.search(case.remedy, remedy), f'{case.name}: which command helps',
              remedy, f'wanted {case.remedy}'):
        return
    typed = run('sh', '-c', remedy)
    if not equal((typed.returncode, typed.stderr), (0, ''),
                 f'{case.name}: it can be typed'):
        return
    if case.ends:
        proven(case.ends, f'{case.name}: it helps', case.init)
    else:
        proven(lambda: ended(case), f'{case.name}: it ends the container',
               case.init)


@contextlib.contextmanager
def going_on(what):
    """Makes a failure of one case a failed check, so that the others are tried."""
    try:
        yield
    except Exception:
        ok(False, what, *traceback.format_exc().splitlines())


def catalogue(*makes):
    """Checks each case while it lasts and after its end."""
    for make in makes:
        with going_on(f'{make.__module__}.{make.__name__} can be made and undone'):
            with make() as case:
                found = answered(case)
                if found:
                    remedied(case, found)
            found = explain(case.container)
            equal(found and (found['state'], found['verdict'], found['waiting_for']),
                  ('gone', 'gone', []), f'{case.name}: after its end it is gone')


@contextlib.contextmanager
def watched(*parameters):
    """Loads the module, which must not miss anything."""
    with module('stall_ms=500', *parameters):
        yield
        equal(status()['missed'], 0, 'no probe hit was missed')

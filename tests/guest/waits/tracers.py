# SPDX-License-Identifier: GPL-2.0
"""Processes that a tracer holds, and zombies that their parent does not reap."""
import contextlib
import ctypes
import os
import signal
import subprocess

from lib import (Channel, Joiner, children, kill, libc, sleep_handling_signals,
                 sleeper, spawn, stat, stop, wait_for, wait_for_state)
from stuck.case import fields, mask, named, process, proven, state, torn_down
from stuck.teardown import family
from waits.harness import TERM, ask, container
from waits.stopped import ends_when_asked

SEIZE, INTERRUPT, TRACEEXIT = 0x4206, 0x4207, 0x40


def ptrace(request, pid, data=0):
    done = libc.ptrace(request, pid, ctypes.c_void_p(0), ctypes.c_void_p(data))
    assert done == 0, os.strerror(ctypes.get_errno())


def interrupt(pid):
    """Stops the process, as a debugger does at its prompt."""
    ptrace(SEIZE, pid)
    ptrace(INTERRUPT, pid)


def held_by_tracer(case, tracer, verdict='init-stopped'):
    case.answer(verdict, actor=tracer, chain=('tracer',),
                remedy=rf'^kill -(TERM|KILL) {tracer}$')


def is_traced(pid, tracer):
    return state(pid) == 't' and fields(pid)['TracerPid'] == str(tracer)


@contextlib.contextmanager
def traced_inside():
    """By its own child, as a debugger that somebody started in the container."""
    def init(up):
        def trace():
            interrupt(1)
            up()
            sleeper()

        signal.signal(TERM, lambda *_: os._exit(0))
        spawn(named(b'tracer', trace))
        sleep_handling_signals()

    with container('an init that a tracer inside holds', init) as case:
        tracer = case.member(b'tracer')
        wait_for_state(case.init, 't')
        ask(case)
        proven(lambda: is_traced(case.init, tracer) and mask(case.init, 'ShdPnd'),
               f'{case.name}: SIGTERM is pending', case.init, tracer)
        held_by_tracer(case, tracer)
        yield case


@contextlib.contextmanager
def traced_outside():
    """As by a debugger at its prompt."""
    with container('an init that a tracer outside holds',
                   ends_when_asked) as case:
        def trace():
            interrupt(case.init)
            sleeper()

        with process(named(b'tracer', trace)) as tracer:
            wait_for_state(case.init, 't')
            ask(case)
            proven(lambda: is_traced(case.init, tracer) and
                   mask(case.init, 'ShdPnd'), f'{case.name}: SIGTERM is pending',
                   case.init, tracer)
            held_by_tracer(case, tracer)
            yield case


@contextlib.contextmanager
def seized(pid, options=0):
    """Yields the pid of a tracer outside, which has seized the process."""
    with contextlib.closing(Channel()) as told:
        def trace():
            ptrace(SEIZE, pid, options)
            told.send('seized')
            sleeper()

        with process(named(b'tracer', trace)) as tracer:
            told.receive()
            yield tracer


@contextlib.contextmanager
def stops_in_exit():
    """Killed, it stops once more for its tracer, which does not wait for it."""
    with container('a dying process that stops in its exit for a tracer',
                   family((b'traced', sleeper))) as case:
        pid = case.member(b'traced')
        with seized(pid, TRACEEXIT) as tracer:
            ask(case)
            torn_down(case, pid)
            proven(lambda: is_traced(pid, tracer), f'{case.name}: it is traced', pid)
            held_by_tracer(case, tracer, 'teardown-traced')
            yield case


@contextlib.contextmanager
def zombie_of_tracer():
    """It is dead; its tracer outside has to reap it before its parent can."""
    with container('a dead process that its tracer does not reap',
                   family((b'traced', sleeper))) as case:
        pid = case.member(b'traced')
        with seized(pid) as tracer:
            ask(case)
            torn_down(case, pid)
            proven(lambda: state(pid) == 'Z' and
                   fields(pid)['TracerPid'] == str(tracer),
                   f'{case.name}: it is a zombie', pid)
            held_by_tracer(case, tracer, 'teardown-traced')
            yield case


# Parents outside

def held_by_parent(case, parent, command):
    case.answer('teardown-outside-parent', actor=parent, chain=('reaper',),
                remedy=rf'^kill -({command}) {parent}$')


def is_zombie_of(pid, parent):
    return state(pid) == 'Z' and stat(pid)['ppid'] == parent


@contextlib.contextmanager
def parent_never_waits():
    with container('a zombie whose parent outside never waits',
                   family((b'child', sleeper))) as case:
        outside = Joiner(case.init)
        case.undo.callback(kill, outside.pid)
        ask(case)
        torn_down(case, outside.joined)
        proven(lambda: is_zombie_of(outside.joined, outside.pid),
               f'{case.name}: it is', outside.joined)
        held_by_parent(case, outside.pid, 'TERM|KILL')
        yield case
    os.waitpid(outside.pid, 0)


@contextlib.contextmanager
def parent_is_stopped():
    """As docker exec's: it would reap its child, if somebody continued it."""
    with contextlib.ExitStack() as after, \
            container('a zombie whose parent outside is stopped',
                      family((b'child', sleeper))) as case:
        nsenter = subprocess.Popen(['nsenter', '-t', str(case.init), '-p', 'sleep',
                                    '1000'])
        after.callback(nsenter.wait)
        case.undo.callback(nsenter.kill)
        pid, = wait_for(lambda: [child for child in children(nsenter.pid)
                                 if stat(child)['comm'] == b'sleep'])
        stop(nsenter.pid)
        ask(case)
        torn_down(case, pid)
        proven(lambda: is_zombie_of(pid, nsenter.pid), f'{case.name}: it is', pid)
        held_by_parent(case, nsenter.pid, 'CONT')
        yield case


CASES = (traced_inside, traced_outside, stops_in_exit, zombie_of_tracer,
         parent_never_waits, parent_is_stopped)


# Two that hold each other

@contextlib.contextmanager
def trace_each_other():
    """
    Each stops in its exit until the other one, which traces it, lets it go on. No
    signal wakes them up, so this is for ever: the test must be its guest's last.
    """
    seized, met = Channel(), Channel()

    def init(up):
        def first():
            pid = met.receive()
            ptrace(SEIZE, pid, TRACEEXIT)
            seized.send('seized')
            sleeper()

        def second():
            met.send(os.getpid())
            ptrace(SEIZE, one, TRACEEXIT)
            seized.send('seized')
            sleeper()

        one = spawn(named(b'castor', first))
        spawn(named(b'pollux', second))
        up()
        sleeper()

    with container('two dying processes that trace each other', init) as case:
        twins = case.member(b'castor'), case.member(b'pollux')
        for _ in twins:
            seized.receive()
        ask(case)
        torn_down(case, *twins)
        proven(lambda: is_traced(twins[0], twins[1]) and
               is_traced(twins[1], twins[0]), f'{case.name}: they do', *twins)
        case.answer('teardown-traced', actor=twins,
                    chain=[('tracer',), ('tracer', 'tracer')], remedy=None,
                    says=('each other|circle',))
        yield case, twins

# SPDX-License-Identifier: GPL-2.0
"""What the tests with real container engines share: the article's container."""
import os
import signal
import time

from lib import ok, pidns_of, read, run, state_is, stat, wait_for
from stuck.case import (Case, Culprit, await_mask, mask, proven, state,
                        torn_down, waits)
from stuck.expect import explain, explained, gone, listed, objects

APP = '/nsorphan/guest/stuck/app'
ARTICLE = ('/usr/bin/python3', '/app/article.py')


def make_rootfs(path):
    """Nothing in it: /usr comes from outside."""
    for name in 'app', 'dev', 'etc', 'proc', 'run', 'sys', 'tmp', 'usr':
        os.makedirs(f'{path}/{name}')
    for name in 'bin', 'lib', 'lib64', 'sbin':
        os.symlink('usr/' + name, f'{path}/{name}')


def command(*words, **options):
    """What it prints."""
    done = run(*words, **options)
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout.strip()


def case_of(name, init, container):
    return Case(name, init, pidns_of(init), container)


def ready(case):
    """Both have their handlers."""
    child = case.member(b'child')
    for pid in child, case.init:
        await_mask(pid, 'SigCgt')
    # multiprocessing starts its child before the parent has a handler.
    time.sleep(0.5)
    return child


def article(case, terminate, killer):
    """
    terminate() sends SIGTERM as the engine does it; killer is a part of the
    name of the process by which it does.
    """
    child = ready(case)
    explained(case)
    terminate()
    proven(lambda: waits(case.init),
           f'{case.name}: the init handled SIGTERM, and waits in wait4',
           case.init, child)
    proven(lambda: mask(child, 'SigCgt') and state(child) == 'S',
           f'{case.name}: its child handled it, and goes on', child)
    case.blames('init-waits-for-child',
                Culprit(child, 'init-waits-for-child', {'handles'}),
                actor=child)
    explained(case)
    listed(case)
    timeline(case, killer, child)


def timeline(case, killer, child):
    """Who sent SIGTERM to whom, in order: the engine, then the init."""
    found = explain(case.container[:12])
    if not found:
        return
    signals = [event for event in found['signals']
               if event['signal'] in (signal.SIGTERM, 'SIGTERM')]
    told = [(event['target']['pid'], event['result']) for event in signals]
    ok(told == [(case.init, 'delivered'), (child, 'delivered')] and
       killer in signals[0]['sender']['comm'] and
       signals[1]['sender']['pid'] == case.init and
       signals[0]['boot_ns'] < signals[1]['boot_ns'],
       f'{case.name}: the timeline is {killer} to init, init to child',
       found['signals'])
    _, rows = objects('signals', '-j', '--container', case.container[:12])
    ok(sorted((row['count'], row['signal'], row['result'],
               row['target']['pid']) for row in rows or []
              if row['signal'] == signal.SIGTERM) ==
       sorted([(1, signal.SIGTERM, 'delivered', case.init),
               (1, signal.SIGTERM, 'delivered', child)]),
       f'{case.name}: signals counts one of each', rows)


def over(case):
    wait_for(lambda: not os.path.exists(f'/proc/{case.init}/ns/pid'))
    gone(case)


def forgotten(case, executor):
    """
    A process that the engine has run in the container, and whose parent, which
    is in charge of it outside, is not able to reap it: it is stopped.
    """
    pid = executor()
    parent = stat(pid)['ppid']
    name = stat(parent)['comm'].decode()
    os.kill(parent, signal.SIGSTOP)
    case.undo.callback(os.kill, parent, signal.SIGCONT)
    with case.undo:
        state_is(parent, 'T')
        torn_down(case, pid)
        proven(lambda: state(pid) == 'Z' and stat(pid)['ppid'] == parent,
               f'{case.name}: {name} does not reap what it has run', pid)
        case.blames('teardown-outside-parent',
                    Culprit(pid, 'teardown-outside-parent', {'outside-parent'},
                            parent=parent), actor=parent)
        explained(case)
        listed(case)
    over(case)


def run_in(case, name):
    """The pid of the process of that name whose parent is not in there."""
    def find():
        return [int(pid) for pid in os.listdir('/proc') if pid.isdigit() and
                read(f'/proc/{pid}/comm') == name + '\n' and
                pidns_of(pid) == case.pidns]
    found = wait_for(find)
    assert found, f'{case.name}: no {name}'
    return found[0]

# SPDX-License-Identifier: GPL-2.0
"""The article's container, shared by the tests with real container engines."""
import contextlib
import os
import signal

from lib import (ok, pidns_of, read, run, stat, wait_for, wait_for_state,
                 wait_until_ended)
from stuck.case import (Case, Culprit, await_mask, mask, proven, state,
                        torn_down, waits)
from stuck.expect import explain, explained, gone, listed, objects

APP = '/nsorphan/guest/stuck/app'
ARTICLE = ('/usr/bin/python3', '/app/article.py')


def make_rootfs(path):
    """Makes an empty root file system, in which /usr is mounted from outside."""
    for name in 'app', 'dev', 'etc', 'proc', 'run', 'sys', 'tmp', 'usr':
        os.makedirs(f'{path}/{name}')
    for name in 'bin', 'lib', 'lib64', 'sbin':
        os.symlink('usr/' + name, f'{path}/{name}')


def command(*words, **options):
    """Runs a command that must succeed; returns its output."""
    done = run(*words, **options)
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout.strip()


def case_of(name, init, container):
    return Case(name, init, pidns_of(init), container)


def ready(case):
    """Waits until both processes have their handlers; returns the child."""
    child = case.member(b'child')
    for pid in child, case.init:
        await_mask(pid, 'SigCgt')
    return child


def article(case, terminate, killer):
    """
    Checks the article's container. terminate() makes the engine send SIGTERM,
    from a process whose name has killer in it.
    """
    child = ready(case)
    explained(case)
    terminate()
    proven(lambda: waits(case.init),
           f'{case.name}: the init handled SIGTERM, and waits in wait4',
           case.init, child)
    proven(lambda: mask(child, 'SigCgt') and state(child) == 'S',
           f'{case.name}: the child handled SIGTERM, and goes on', child)
    case.blames('init-waits-for-child',
                Culprit(child, 'init-waits-for-child', {'handles'}),
                actor=child)
    explained(case)
    listed(case)
    timeline(case, killer, child)


def timeline(case, killer, child):
    """Checks the order of the SIGTERMs: engine to init, then init to child."""
    found = explain(case.container[:12])
    if not found:
        return
    signals = [event for event in found['signals']
               if event['signal'] in (signal.SIGTERM, 'SIGTERM')]
    sent = [(event['target']['pid'], event['result']) for event in signals]
    ok(sent == [(case.init, 'delivered'), (child, 'delivered')] and
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


def named(case, name):
    """Checks that the container is known by the name that its engine gave it."""
    found = explain(name)
    ok(found and (found['container'], found.get('container_name')) ==
       (case.container, name), f'{case.name}: explain {name}', found)
    _, nodes = objects('tree', '-j', name)
    ok(nodes and {node.get('container_name') for node in nodes} == {name},
       f'{case.name}: tree {name}', nodes)
    _, rows = objects('signals', '-j', '--container', name)
    ok(rows and {row.get('container_name') for row in rows} == {name},
       f'{case.name}: signals --container {name}', rows)


def wait_for_end(case):
    wait_until_ended(case.init)
    gone(case)


def forgotten(case, executor):
    """
    Checks a process that the engine has run in the container and whose parent
    outside cannot reap it: the parent is stopped.
    """
    pid = executor()
    parent = stat(pid)['ppid']
    name = stat(parent)['comm'].decode()
    os.kill(parent, signal.SIGSTOP)
    case.undo.callback(os.kill, parent, signal.SIGCONT)
    with case.undo:
        wait_for_state(parent, 'T')
        torn_down(case, pid)
        proven(lambda: state(pid) == 'Z' and stat(pid)['ppid'] == parent,
               f'{case.name}: {name} does not reap its child', pid)
        case.blames('teardown-outside-parent',
                    Culprit(pid, 'teardown-outside-parent', {'outside-parent'},
                            parent=parent), actor=parent)
        explained(case)
        listed(case)
    wait_for_end(case)


def run_in(case, name):
    """Waits for a process of that name in the case's namespace; its pid."""
    def find():
        found = []
        for pid in filter(str.isdigit, os.listdir('/proc')):
            # The process may end meanwhile.
            with contextlib.suppress(OSError):
                if read(f'/proc/{pid}/comm') == name + '\n' and \
                        pidns_of(pid) == case.pidns:
                    found.append(int(pid))
        return found
    return wait_for(find)[0]

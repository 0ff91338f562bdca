# SPDX-License-Identifier: GPL-2.0
# clock: virtual
"""Teardown events agree with /proc and wait(2)."""
import os
import signal
import threading
import time

from lib import *
from stuck.case import zaps

CROWD = '/nsorphan/guest/crowd'


def ends(pidns, since):
    return [event for event in of_namespace(pidns, since)
            if event['event'] == 'teardown-end']


def container():
    """An init with two children, a grandchild and a zombie exits."""
    channel = Channel()
    go_read, go_write = os.pipe()

    def init():
        def family():
            spawn(sleeper)
            return sleeper()
        spawn(sleeper)
        spawn(family)
        spawn(lambda: 0)
        channel.send('up')
        os.read(go_read, 1)
        return 7

    since = next_seq()
    pid = namespace(init)
    channel.receive()
    inside = wait_for(lambda: len(descendants(pid)) == 4 and descendants(pid))
    wait_for(lambda: sum(stat(p)['state'] == 'Z' for p in inside) == 1)
    for p in inside:
        if stat(p)['state'] != 'Z':
            wait_until_asleep(p)
    before = {p: identity(p) for p in inside}
    parents = {p: stat(p)['ppid'] for p in inside}
    alive = {p for p in inside if stat(p)['state'] != 'Z'}
    me, old_init, pidns = identity(os.getpid()), identity(pid), pidns_of(pid)
    time_before = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    os.write(go_write, b'x')
    _, how = os.waitpid(pid, 0)
    time_after = time.clock_gettime_ns(time.CLOCK_BOOTTIME)

    found = of_namespace(pidns, since)
    equal([event['event'] for event in found],
          ['teardown-begin'] + ['teardown-kill'] * 3 + ['teardown-end'],
          'a teardown begins, kills each live process, and ends')
    begin, kills, end = found[0], found[1:-1], found[-1]
    equal(as_identity(begin['init']), old_init, 'begin names the init')
    equal((begin['init'].get('exit_code'), os.WEXITSTATUS(how)), (7, 7),
          'exit_code is what wait gave')
    equal(as_identity(begin['init_parent']), me, "and the init's parent")
    equal(begin['level'], 1, 'level is the depth of the namespace')
    equal(begin['processes'], 4, 'processes counts the zombie too')
    equal({event['process']['pid']: as_identity(event['process'])
           for event in kills}, {p: before[p] for p in alive},
          'each kill names its process')
    equal({event['process']['pid']: event['parent']['pid']
           for event in kills}, {p: parents[p] for p in alive},
          'and its parent')
    equal({event['process']['state'] for event in kills}, {'sleeping'},
          'state is the state before the signal woke the process up')
    equal((as_identity(end['init']), end['killed']), (old_init, 3),
          'end names the init, and counts the killed')
    equal(end['duration_ns'], end['boot_ns'] - begin['boot_ns'],
          'duration_ns is from begin to end')
    ok(time_before < begin['boot_ns'] < end['boot_ns'] < time_after,
       'all times are between the exit and the wait')
    equal([e for e in events(since, 'reparent')
           if parents.get(e['child']['pid']) == pid], [],
          "an init's own children are killed, not reparented")


def killed_init():
    pid = namespace(sleeper)
    pidns, since = pidns_of(pid), next_seq()
    kill(pid)
    os.waitpid(pid, 0)
    found = of_namespace(pidns, since)
    equal([(e['event'], e.get('init', {}).get('exit_signal'), e.get('killed'))
           for e in found],
          [('teardown-begin', 9, None), ('teardown-end', None, 0)],
          'an init killed by a signal has exit_signal; it may be the only process')


def stopped_process():
    channel = Channel()

    def init():
        channel.send(spawn(sleeper))
        sleeper()

    pid = namespace(init)
    channel.receive()
    child, = descendants(pid)
    os.kill(child, signal.SIGSTOP)
    wait_for_state(child, 'T')
    since, pidns = next_seq(), pidns_of(pid)
    kill(pid)
    os.waitpid(pid, 0)
    equal([e['process']['state'] for e in of_namespace(pidns, since)
           if e['event'] == 'teardown-kill'], ['stopped'],
          'the state of a killed process that was stopped is stopped')


def threaded_process():
    channel = Channel()

    def init():
        def threaded():
            for _ in range(3):
                threading.Thread(target=time.sleep, args=(1000,)).start()
            channel.send('up')
            time.sleep(1000)
        spawn(threaded)
        sleeper()

    pid = namespace(init)
    channel.receive()
    child, = descendants(pid)
    since, pidns = next_seq(), pidns_of(pid)
    kill(pid)
    os.waitpid(pid, 0)
    equal([e['process']['pid'] for e in of_namespace(pidns, since)
           if e['event'] == 'teardown-kill'], [child],
          'a process of four threads is killed once')


def crowd():
    """
    Counting has a bound: above it `processes` is the number of pids in use, which
    the kernel keeps.
    """
    channel = Channel()

    def init():
        def threaded():
            for _ in range(20):
                threading.Thread(target=time.sleep, args=(1000,)).start()
            channel.send('up')
            time.sleep(1000)
        spawn(threaded)
        spawn(lambda: os.execv(CROWD, [CROWD, '1100']))
        sleeper()

    pid = namespace(init)
    channel.receive()
    wait_for(lambda: len(descendants(pid)) == 1102)
    inside = descendants(pid)
    tasks = sum(len(os.listdir(f'/proc/{p}/task')) for p in inside)
    since, pidns = next_seq(), pidns_of(pid)
    kill(pid)
    os.waitpid(pid, 0)
    begin = of_namespace(pidns, since)[0]
    equal((len(inside), tasks, begin['processes']), (1102, 1122, 1122),
          'more than 1,024 pids are counted with the threads')


def outside_parent():
    """A zombie whose parent is outside delays the end of the teardown."""
    pid = namespace(sleeper)
    outside = Joiner(pid)
    since, pidns = next_seq(), pidns_of(pid)
    kill(pid)
    wait_for_state(outside.joined, 'Z')
    wait_for(lambda: zaps(pid))
    equal(ends(pidns, since), [],
          'a teardown does not end while a zombie is not reaped')
    equal(status()['teardowns'], 1, 'status counts it as running')
    reaped_ns = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    outside.end()
    os.waitpid(pid, 0)
    end, = ends(pidns, since)
    ok(end['boot_ns'] > reaped_ns, 'it ends when the zombie is reaped')
    equal(status()['teardowns'], 0, 'status counts none')
    equal([(e['process']['pid'], e['parent']['pid'])
           for e in of_namespace(pidns, since)
           if e['event'] == 'teardown-kill'], [(outside.joined, outside.pid)],
          'the kill names the parent outside')


def nested():
    channel = Channel()

    def outer():
        def inner():
            spawn(sleeper)
            channel.send('up')
            sleeper()
        unshare_pid()
        spawn(inner)
        sleeper()

    since = next_seq()
    pid = namespace(outer)
    channel.receive()
    inner_init, inner_child = descendants(pid)
    outer_ns, inner_ns = pidns_of(pid), pidns_of(inner_init)
    kill(pid)
    os.waitpid(pid, 0)
    found = [event for event in events(since)
             if event['event'].startswith('teardown')]
    begins = [(e['pidns'], e['level'], e['processes']) for e in found
              if e['event'] == 'teardown-begin']
    equal(begins[0], (outer_ns, 1, 2),
          'the outer teardown counts the processes of inner namespaces')
    equal(sorted(e['process']['pid'] for e in found
                 if e['event'] == 'teardown-kill'), [inner_init, inner_child],
          'each process is killed once, by one of the two teardowns')
    equal(begins[1:], [(inner_ns, 2, begins[-1][2])],
          'the inner namespace has a teardown of its own')
    equal([e['pidns'] for e in found if e['event'] == 'teardown-end'],
          [inner_ns, outer_ns], 'the inner one ends first')


def threaded_init():
    """The last thread of the init is not its leader."""
    go_read, go_write = os.pipe()

    def init():
        def last():
            os.read(go_read, 1)
            os._exit(6)
        threading.Thread(target=last).start()
        syscall('exit', 0)

    pid = namespace(init)
    wait_for_state(pid, 'Z')
    since, pidns = next_seq(), pidns_of_last_thread(pid)
    os.write(go_write, b'x')
    _, how = os.waitpid(pid, 0)
    begin, = events(since, 'teardown-begin')
    equal((begin['init']['pid'], begin['init'].get('exit_code')),
          (pid, os.WEXITSTATUS(how)), 'begin names the process of the init')
    equal(begin['pidns'], pidns, 'whichever of its threads is the last')


with module():
    container()
    killed_init()
    stopped_process()
    threaded_process()
    crowd()
    outside_parent()
    nested()
    threaded_init()
    equal(status()['missed'], 0, 'no probe hit was missed')
done()

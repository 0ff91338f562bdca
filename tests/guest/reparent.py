# SPDX-License-Identifier: GPL-2.0
# clock: virtual
"""Reparent events agree with /proc and wait(2)."""
import os
import signal
import threading
import time

from lib import *


def family(body=sleeper, end=lambda: 0, settle=None, after=None):
    """
    Forks a parent with a child that runs body(), and lets the parent exit by
    end() once settle(child) returns. Returns the events, and what /proc showed:
    of both before, of the child after.
    """
    channel = Channel()
    go_read, go_write = os.pipe()

    def parent():
        channel.send([os.getpid(), spawn(body)])
        os.read(go_read, 1)
        return end()

    since = next_seq()
    mine = spawn(parent)
    parent_pid, child_pid = channel.receive()
    if settle:
        settle(child_pid)
    seen = {'child': identity(child_pid), 'parent': identity(parent_pid),
            'state': stat(child_pid)['state']}
    seen['since_ns'] = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    os.write(go_write, b'x')
    _, seen['status'] = os.waitpid(mine, 0)
    seen['until_ns'] = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    found = reparents(child_pid, since)
    if after:
        after()
    with contextlib.suppress(FileNotFoundError):
        now = stat(child_pid)
        seen['ppid'], seen['state_after'] = now['ppid'], now['state']
    kill(child_pid)
    for end in (go_read, go_write, channel.read_end, channel.write_end):
        os.close(end)
    return found, seen


def init_adopts():
    found, seen = family(end=lambda: 3)
    equal(len(found), 1, 'an orphan makes one event')
    event = found[0]
    equal(as_identity(event['child']), seen['child'], 'it names the child')
    equal(as_identity(event['old_parent']), seen['parent'],
          'it names the old parent')
    equal(as_identity(event['new_parent']), identity(1),
          'it names the new parent')
    equal(seen['ppid'], 1, 'which is the parent that /proc names')
    equal(event['reaper'], 'init', 'reaper is init')
    equal(event['old_parent']['tid'], seen['parent']['pid'],
          'the last thread of a process with one thread is its leader')
    equal((event['old_parent'].get('exit_code'), os.WEXITSTATUS(seen['status'])),
          (3, 3), 'exit_code is what wait gave')
    equal(event['crossed'], False, 'no namespace is crossed')
    ok('pdeath_signal' not in event, 'no pdeath_signal where none was asked')
    equal(event['pidns'], seen['child']['pidns'], 'pidns is that of the child')
    ok(seen['since_ns'] < event['boot_ns'] < seen['until_ns'],
       'boot_ns is CLOCK_BOOTTIME', seen, event['boot_ns'])


def killed_parent():
    found, seen = family(end=lambda: kill(os.getpid()))
    equal((found[0]['old_parent'].get('exit_signal'),
           os.WTERMSIG(seen['status']), 'exit_code' in found[0]['old_parent']),
          (9, 9, False), 'exit_signal is what wait gave')


def subreaper_adopts():
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    found, seen = family()
    equal((found[0]['reaper'], found[0]['new_parent']['pid'], seen['ppid']),
          ('subreaper', os.getpid(), os.getpid()),
          'a subreaper adopts, and reaper says so')
    prctl(PR_SET_CHILD_SUBREAPER, 0)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(seen['child']['pid'], 0)


def states():
    def stopped():
        os.kill(os.getpid(), signal.SIGSTOP)

    def vforker():
        # The parent of a vfork sleeps uninterruptibly until the child execs.
        pid = libc.vfork()
        if pid == 0:
            while True:
                libc.sleep(1000)

    def spinner():
        while True:
            pass

    found, seen = family(sleeper, settle=wait_until_asleep)
    equal((found[0]['child']['state'], seen['state']), ('sleeping', 'S'),
          'a child in state S is sleeping')
    for body, letter, word in (
            (stopped, 'T', 'stopped'),
            (vforker, 'D', 'disk-sleep'),
            (lambda: 0, 'Z', 'zombie'), (spinner, 'R', 'running')):
        found, seen = family(body, settle=lambda pid: wait_for_state(pid, letter))
        if word == 'running' and found[0]['child']['state'] == 'sleeping':
            word = 'sleeping'
        equal((found[0]['child']['state'], seen['state']), (word, letter),
              f'a child in state {letter} is {word}')
    # A parent that traced its child would detach before it leaves the child.
    def trace(pid):
        assert libc.ptrace(16, pid, 0, 0) == 0
        wait_for_state(pid, 't')

    found, seen = family(settle=trace)
    equal((found[0]['child']['state'], seen['state']), ('traced', 't'),
          'a child in state t is traced')
    os.waitpid(seen['child']['pid'], 0)


def pdeath_signal():
    channel = Channel()

    def asks():
        prctl(PR_SET_PDEATHSIG, signal.SIGUSR2)
        signal.signal(signal.SIGUSR2, lambda *_: channel.send('got it'))
        sleep_handling_signals()

    def waiting(pid):
        wait_until_in(pid, 'read')

    got = []
    found, seen = family(asks, settle=waiting,
                         after=lambda: got.append(channel.receive()))
    equal(found[0].get('pdeath_signal'), int(signal.SIGUSR2),
          'pdeath_signal is the signal that the child asked for')
    equal(got, ['got it'], 'and the child got it')

    def asks_as_root():
        prctl(PR_SET_PDEATHSIG, signal.SIGUSR2)
        time.sleep(1000)

    # If the parent may not signal its child the kernel sends nothing.
    def drops():
        os.setresuid(1000, 1000, 1000)

    found, seen = family(asks_as_root, end=lambda: drops(),
                         settle=wait_until_asleep)
    ok('pdeath_signal' not in found[0],
       'no pdeath_signal from a parent without the right to send it',
       found[0])
    equal(seen['state_after'], 'S', 'and the child lives on')

    def asks_to_go_on(own_session):
        if own_session:
            os.setsid()
        signal.signal(signal.SIGCONT, lambda *_: channel.send('goes on'))
        prctl(PR_SET_PDEATHSIG, signal.SIGCONT)
        sleep_handling_signals()

    # Any process of the session may send SIGCONT.
    got = []
    found, seen = family(lambda: asks_to_go_on(False), end=lambda: drops(),
                         settle=waiting,
                         after=lambda: got.append(channel.receive()))
    equal((found[0].get('pdeath_signal'), got),
          (int(signal.SIGCONT), ['goes on']),
          'except for SIGCONT within a session')
    found, seen = family(lambda: asks_to_go_on(True), end=lambda: drops(),
                         settle=waiting)
    ok('pdeath_signal' not in found[0],
       'no SIGCONT for a child in another session', found[0])


def threads():
    channel, go = Channel(), Channel()

    def leader_goes_first():
        """The leader exits first; another thread keeps the children."""
        pid = spawn(sleeper)

        def last():
            wait_for_state(os.getpid(), 'Z')
            channel.send([os.getpid(), pid, threading.get_native_id(),
                          stat(os.getpid())['state']])
            go.receive()
            # Without the interpreter's cleanup: only this thread exits.
            os._exit(5)

        threading.Thread(target=last).start()
        syscall('exit', 0)

    since = next_seq()
    mine = spawn(leader_goes_first)
    parent, child, tid, state = channel.receive()
    equal((state, len(reparents(child, since))), ('Z', 0),
          'a thread that leaves its children to another thread makes no event')
    go.send('go')
    _, how = os.waitpid(mine, 0)
    found = reparents(child, since)
    equal([(e['old_parent']['pid'], e['old_parent']['tid'],
            e['old_parent'].get('exit_code')) for e in found],
          [(parent, tid, os.WEXITSTATUS(how))],
          'tid names the last thread, pid its process')
    kill(child)


def namespaces():
    channel = Channel()
    go_read, go_write = os.pipe()

    def init():
        def helper():
            spawn(sleeper)
            os.read(go_read, 1)
            return 4
        pid = spawn(helper)
        channel.send('up')
        os.waitpid(pid, 0)
        time.sleep(1000)

    pid = namespace(init)
    channel.receive()
    helper, = descendants(pid)[:1]
    child, = wait_for(lambda: descendants(helper))
    seen, old = identity(child), identity(helper)
    since = next_seq()
    os.write(go_write, b'x')
    found = wait_for(lambda: reparents(child, since))
    event = found[0]
    equal(event['reaper'], 'ns-init', 'the init of a namespace is ns-init')
    equal((as_identity(event['child']), as_identity(event['old_parent']),
           as_identity(event['new_parent'])), (seen, old, identity(pid)),
          'pid and ns_pid are those of both namespaces, pidns is of /proc/PID/ns')
    equal(event['pidns'], pidns_of(pid), 'pidns is the namespace of the child')

    # A process that joined from outside, where its parent exits.
    since = next_seq()
    outside = Joiner(pid, reaps=False)
    joined = outside.joined
    outside.end()
    event, = reparents(joined, since)
    equal((event['crossed'], event['reaper'], event['new_parent']['pid'],
           event['child']['pidns'], stat(joined)['ppid']),
          (True, 'init', 1, pidns_of(pid), 1),
          'an adoption across namespaces is crossed')
    kill(pid)


def nothing_else():
    since = next_seq()
    for _ in range(20):
        os.waitpid(spawn(lambda: 0), 0)
    equal(len([e for e in events(since)
               if e.get('old_parent', {}).get('comm') == b'python3']), 0,
          'processes without children make no event')


with module():
    init_adopts()
    killed_parent()
    subreaper_adopts()
    states()
    pdeath_signal()
    threads()
    namespaces()
    nothing_else()
    equal(status()['missed'], 0, 'no probe hit was missed')
done()

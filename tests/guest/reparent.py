# SPDX-License-Identifier: GPL-2.0
"""Each reparent event says what /proc and wait(2) said of the same death."""
import os
import signal
import threading
import time

from lib import *


def family(body=sleeper, end=lambda: 0, settle=None, after=None):
    """
    A parent forks a child that runs body, and dies by end(). The event of
    that, and what /proc said of both before, and of the child after.
    """
    channel = Channel()
    go_read, go_write = os.pipe()

    def parent():
        channel.tell([os.getpid(), spawn(body)])
        os.read(go_read, 1)
        return end()

    since = next_seq()
    mine = spawn(parent)
    parent_pid, child_pid = channel.hear()
    if settle:
        settle(child_pid)
    seen = {'child': identity(child_pid), 'parent': identity(parent_pid),
            'state': stat(child_pid)['state']}
    os.write(go_write, b'x')
    _, seen['status'] = os.waitpid(mine, 0)
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
    equal(seen['ppid'], 1, 'who is the one that /proc names')
    equal(event['reaper'], 'init', 'reaper is init')
    equal(event['old_parent']['tid'], seen['parent']['pid'],
          'the last thread of a process with one thread is its leader')
    equal((event['old_parent'].get('exit_code'), os.WEXITSTATUS(seen['status'])),
          (3, 3), 'exit_code is what wait gave')
    equal(event['crossed'], False, 'no namespace is crossed')
    ok('pdeath_signal' not in event, 'no pdeath_signal where none was asked')
    equal(event['pidns'], seen['child']['pidns'], 'pidns is that of the child')
    now = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    ok(0 <= now - event['boot_ns'] < 30 * 10**9, 'boot_ns is CLOCK_BOOTTIME')


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
          'a subreaper adopts, and is named so')
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

    for body, letter, word in (
            (sleeper, 'S', 'sleeping'), (stopped, 'T', 'stopped'),
            (vforker, 'D', 'disk-sleep'),
            (lambda: 0, 'Z', 'zombie'), (spinner, 'R', 'running')):
        found, seen = family(body, settle=lambda pid: state_is(pid, letter))
        if word == 'running' and found[0]['child']['state'] == 'sleeping':
            word = 'sleeping'
        equal((found[0]['child']['state'], seen['state']), (word, letter),
              f'a child in state {letter} is {word}')
    # By its own parent it would be let go before it is orphaned.
    def trace(pid):
        assert libc.ptrace(16, pid, 0, 0) == 0
        state_is(pid, 't')

    found, seen = family(settle=trace)
    equal((found[0]['child']['state'], seen['state']), ('traced', 't'),
          'a child in state t is traced')
    os.waitpid(seen['child']['pid'], 0)


def pdeath_signal():
    channel = Channel()

    def asks():
        prctl(PR_SET_PDEATHSIG, signal.SIGUSR2)
        signal.signal(signal.SIGUSR2, lambda *_: channel.tell('got it'))
        time.sleep(1000)

    heard = []
    found, seen = family(asks, settle=lambda pid: state_is(pid, 'S'),
                         after=lambda: heard.append(channel.hear()))
    equal(found[0].get('pdeath_signal'), int(signal.SIGUSR2),
          'pdeath_signal is the one that the child asked for')
    equal(heard, ['got it'], 'and it got that')

    def asks_as_root():
        prctl(PR_SET_PDEATHSIG, signal.SIGUSR2)
        time.sleep(1000)

    # A parent that may not signal its child: the kernel sends nothing.
    def drops():
        os.setresuid(1000, 1000, 1000)

    found, seen = family(asks_as_root, end=lambda: drops(),
                         settle=lambda pid: state_is(pid, 'S'))
    ok('pdeath_signal' not in found[0],
       'no pdeath_signal from a parent without the right to send it',
       found[0])
    equal(seen['state_after'], 'S', 'and the child lives on')

    def asks_to_go_on(own_session):
        if own_session:
            os.setsid()
        signal.signal(signal.SIGCONT, lambda *_: channel.tell('goes on'))
        prctl(PR_SET_PDEATHSIG, signal.SIGCONT)
        time.sleep(1000)

    # That one may come from anybody in the session.
    heard = []
    found, seen = family(lambda: asks_to_go_on(False), end=lambda: drops(),
                         settle=lambda pid: state_is(pid, 'S'),
                         after=lambda: heard.append(channel.hear()))
    equal((found[0].get('pdeath_signal'), heard),
          (int(signal.SIGCONT), ['goes on']),
          'but for SIGCONT within a session')
    found, seen = family(lambda: asks_to_go_on(True), end=lambda: drops(),
                         settle=lambda pid: state_is(pid, 'S'))
    ok('pdeath_signal' not in found[0], 'which a child of another does not get',
       found[0])


def threads():
    channel, go = Channel(), Channel()

    def leader_goes_first():
        """The leader ends; the children stay with its process, until it dies."""
        pid = spawn(sleeper)

        def last():
            state_is(os.getpid(), 'Z')
            channel.tell([os.getpid(), pid, threading.get_native_id(),
                          stat(os.getpid())['state']])
            go.hear()
            # Before the interpreter is torn down: the thread alone is left.
            os._exit(5)

        threading.Thread(target=last).start()
        syscall('exit', 0)

    since = next_seq()
    mine = spawn(leader_goes_first)
    parent, child, tid, state = channel.hear()
    equal((state, len(reparents(child, since))), ('Z', 0),
          'a thread that leaves its children to another makes no event')
    go.tell('go')
    _, how = os.waitpid(mine, 0)
    found = reparents(child, since)
    equal([(e['old_parent']['pid'], e['old_parent']['tid'],
            e['old_parent'].get('exit_code')) for e in found],
          [(parent, tid, os.WEXITSTATUS(how))],
          'the last thread is named by tid, its process by pid')
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
        channel.tell('up')
        os.waitpid(pid, 0)
        time.sleep(1000)

    pid = namespace(init)
    channel.hear()
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
          'pids are those of both namespaces, pidns is of /proc/PID/ns')
    equal(event['pidns'], pidns_of(pid), 'pidns is the container')

    # A process that joined from outside; its parent dies there.
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

# SPDX-License-Identifier: GPL-2.0
# clock: virtual
# slow:
# kernels: 6.1
"""nsorphan signals counts what ftrace counts, and reports what was lost."""
import collections
import os
import signal
import subprocess
import tempfile
import time

from lib import *
from witness.signals import generated

PARAMETER = f'{PARAMETERS}/signals'


def write(path, text):
    with open(path, 'w') as file:
        file.write(text)


def signals(*arguments):
    """Returns the command's rows, its lost events, and its standard error."""
    done = run(TOOL, 'signals', '-j', *arguments)
    assert done.returncode == 0, (done.stdout, done.stderr)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return ([row for row in found if 'event' not in row],
            [row for row in found if 'event' in row], done.stderr)


def timeless(rows):
    """Returns rows without times of day: two runs convert them differently."""
    return [{name: value for name, value in row.items()
             if not name.endswith('_time')} for row in rows]


def key(row):
    """Returns what ftrace knows of a row's signals."""
    return (row['signal'], row['result'],
            (row['sender']['comm'], row['sender']['pid'])
            if 'sender' in row else None,
            row['target']['pid'])


def counted(seen):
    """Counts the signals that ftrace saw, without SIGCHLD, by key()."""
    return collections.Counter(
        (sent.number, sent.result,
         None if sent.kernel else (sent.comm, sent.tid), sent.target)
        for sent in seen if sent.number != signal.SIGCHLD)


class Container:
    """An init with a handler for SIGTERM, and a child that has none."""

    def __init__(self, name):
        self.path = f'/sys/fs/cgroup/{name}'
        self.name = name
        os.mkdir(self.path)
        channel = Channel()

        def enter():
            write(f'{self.path}/cgroup.procs', '0')

        def init():
            set_name(b'first')
            signal.signal(signal.SIGTERM, lambda *_: None)
            spawn(child)
            while True:
                time.sleep(1000)

        def child():
            set_name(b'second')
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            channel.send('up')
            time.sleep(1000)

        self.init = namespace(init, enter)
        channel.receive()
        self.pidns = pidns_of(self.init)
        self.child, = descendants(self.init)

    def end(self):
        kill(self.init)
        os.waitpid(self.init, 0)
        os.rmdir(self.path)


def terminate(pid):
    """Sends SIGTERM and waits until it was taken, so that the next is not merged."""
    os.kill(pid, signal.SIGTERM)

    def taken():
        with open(f'/proc/{pid}/status') as file:
            return re.search('ShdPnd:\t0+\n', file.read())
    wait_for(taken)


def exercise(container):
    """Sends signals with every kind of sender and result."""
    def sender():
        set_name(b'sender')
        for _ in range(5):
            terminate(container.init)
        for _ in range(3):
            os.kill(container.init, signal.SIGUSR1)     # no handler
        os.kill(container.child, signal.SIGSTOP)
        wait_for_state(container.child, 'T')
        for _ in range(4):
            os.kill(container.child, signal.SIGWINCH)   # ignored
            os.kill(container.child, signal.SIGTERM)    # pending, from the second
    os.waitpid(spawn(sender), 0)

    # A helper in the init's namespace, with a parent outside.
    def inside():
        setns_pid(container.init)

        def helper():
            set_name(b'helper')
            os.kill(1, signal.SIGTERM)
            libc.abort()
        os.waitpid(spawn(helper), 0)
    os.waitpid(spawn(inside), 0)
    os.kill(container.child, signal.SIGCONT)
    wait_until_ended(container.child)


def counting(container):
    with generated() as witness:
        exercise(container)
        seen = counted(witness.take())
    rows, lost, err = signals()
    equal((lost, err), ([], ''), 'nothing was lost')
    ours = collections.Counter()
    for row in rows:
        ours[key(row)] += row['count']
    # Only the container's signals are recorded.
    for kind in list(seen):
        if kind not in ours and kind[3] == os.getpid():
            del seen[kind]
    equal(ours, seen, 'it counts what ftrace counts')
    by_signal = {(row['signal'], row['result'], row['target']['comm']):
                 row['count'] for row in rows if
                 row.get('sender', {}).get('comm') == 'sender'}
    equal(by_signal, {(15, 'delivered', 'first'): 5, (10, 'ignored', 'first'): 3,
                      (19, 'delivered', 'second'): 1,
                      (28, 'ignored', 'second'): 4,
                      (15, 'delivered', 'second'): 1,
                      (15, 'pending', 'second'): 3},
          'which is what was sent')
    recorded = collections.Counter(
        (event['signal'], event['result'], event['target']['pid'])
        for event in events(0, 'signal'))
    listed = collections.Counter()
    for row in rows:
        listed[(row['signal'], row['result'], row['target']['pid'])] += \
            row['count']
    equal(listed, recorded, 'and what debugfs has')
    equal({row.get('container') for row in rows if
           row['target']['pid'] == container.init}, {container.name},
          'rows name the container')
    equal([row['count'] for row in rows],
          sorted((row['count'] for row in rows), reverse=True),
          'the most frequent first')
    text = run(TOOL, 'signals', env={'LC_ALL': 'C.UTF-8'})
    equal((text.stderr, text.stdout.split()[:8], len(text.stdout.splitlines())),
          ('', ['COUNT', 'SIGNAL', 'RESULT', 'SENDER', 'FROM', 'TARGET', 'TO',
                'LAST'], len(rows) + 1), 'in text, a line for each')
    for filters, wanted in ((('--pid', str(container.init)),
                             lambda row: row['target']['pid'] == container.init),
                            (('--comm', 'sen*'),
                             lambda row: 'sender' in row and
                             row['sender']['comm'] == 'sender'),
                            (('--container', container.name[:8]),
                             lambda row: 'container' in row),
                            (('--pidns', str(container.pidns)),
                             lambda row: row['pidns'] == container.pidns)):
        equal(timeless(signals(*filters)[0]),
              timeless(filter(wanted, rows)), f'{filters[0]} filters')


def sending(container):
    """--container selects signals that a container sends, too."""
    channel = Channel()

    def target():
        signal.signal(signal.SIGUSR2, lambda *_: None)
        channel.send(os.getpid())
        while True:
            time.sleep(1000)

    pid = spawn(target)
    channel.receive()

    before = next_seq()

    def sender():
        write(f'{container.path}/cgroup.procs', '0')
        os.kill(pid, signal.SIGUSR2)
        time.sleep(1000)

    set_signals('all')
    outside = spawn(sender)
    wait_for(lambda: events(before, 'signal', 'signal=12'))
    rows, _, _ = signals('--container', container.name[:8], '--since',
                         str(before))
    equal([(row['signal'], row['sender']['pid'], row['target']['pid'])
           for row in rows if row['signal'] == 12], [(12, outside, pid)],
          '--container selects signals that the container sends')
    set_signals('contained')
    kill(pid, outside)
    os.waitpid(pid, 0)
    os.waitpid(outside, 0)


def following(container):
    with tempfile.TemporaryFile() as out:
        follow = subprocess.Popen([TOOL, 'signals', '--follow', '-j', '--pid',
                                   str(container.init)], stdout=out,
                                  stderr=subprocess.PIPE)
        wait_until_polling(follow.pid)
        for count in 3, 6:
            for _ in range(3):
                terminate(container.init)
            wait_for_output(out, f'"count":{count},'.encode())
        follow.send_signal(signal.SIGINT)
        _, err = follow.communicate(timeout=HANG)
        rows = [json.loads(line) for line in content(out).splitlines()]
    counts = [row['count'] for row in rows if row['result'] == 'delivered']
    equal((follow.returncode, err, counts[-2:], counts[:-1] ==
           sorted(set(counts)), {row['target']['pid'] for row in rows}),
          (0, b'', [6, 6], True, {container.init}),
          '--follow prints changed rows, and all rows at the end') or print('#', rows)


def overwritten(container):
    """More signals than records: other events stay, lost signals are reported."""
    for _ in range(3):
        orphan()
    kept = events(0, 'reparent')
    for _ in range(200):
        os.kill(container.init, signal.SIGUSR1)
    rows, lost, err = signals()
    equal(events(0, 'reparent'), kept,
          'signals overwrite no other event')
    gone = sum(event['count'] for event in lost)
    equal(sum(row['count'] for row in rows) + gone + len(lifecycle_events()),
          next_seq() - 1, 'each event is counted, or reported as lost')
    ok(gone > 150 and f'{gone} events were lost' in err and
       err.count('\n') == 1, 'in one line', err, lost)


def switched_off(container):
    set_signals('off')
    before = next_seq()
    os.kill(container.init, signal.SIGUSR1)
    done = run(TOOL, 'signals', '--since', str(before))
    ok((done.returncode, done.stdout, done.stderr.count('\n')) == (1, '', 1) and
       PARAMETER in done.stderr, 'off: one line on how to switch it on',
       done.stdout, done.stderr)
    explained = run(TOOL, 'explain', str(container.init)).stdout
    ok(re.search('others are not recorded|was sent|took SIGTERM', explained),
       'explain claims no more than it knows', explained)
    set_signals('contained')


ID = 'ab' * 32
with module():
    first = Container(ID)
    counting(first)
    sending(first)
    following(first)
    switched_off(first)
    first.end()
with module('records=16'):
    first = Container(ID)
    overwritten(first)
    first.end()
done()

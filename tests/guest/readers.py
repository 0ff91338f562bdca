# SPDX-License-Identifier: GPL-2.0
# slow:
# kernels: 6.1 6.1-rt
# boot: --thread multi
"""Each reader of debugfs gets each event once, in order, or as lost."""
import os
import select
import subprocess

from lib import *

# How many events a storm makes.
EVENTS = 2000


def adopted(count):
    """Makes that many reparent events at once; returns the first one's seq."""
    since = next_seq()
    burst(1, count)
    return since


class Pipe:
    """events_pipe, opened once and read without waiting."""

    def __init__(self):
        self.fd = os.open(f'{DEBUGFS}/events_pipe', os.O_RDONLY | os.O_NONBLOCK)
        self.rest = b''

    def lines(self, size=65536):
        while True:
            try:
                got = os.read(self.fd, size)
            except BlockingIOError:
                break
            if not got:
                break
            self.rest += got
        *lines, self.rest = self.rest.split(b'\n')
        return [parse(line.decode()) for line in lines]

    def close(self):
        os.close(self.fd)


def names():
    """A name cannot break the format of a line."""
    for name in (b'a b=c', b'new\nline', b'\x1b[31mred', b'\xff\xfe\x80', b'\\x41',
                 b'"\'', b'', b'123456789012345'):
        since = next_seq()
        orphan(name)
        with open(f'{DEBUGFS}/events', 'rb') as file:
            lines = [line for line in file.read().split(b'\n')
                     if line and int(line.split()[0]) >= since]
        ok(len(lines) == 1 and all(0x20 <= c < 0x7f for c in lines[0]),
           f'name {ascii(name)} gives one printable line', lines)
        equal(parse(lines[0].decode())['child']['comm'], name,
              'which gives the name back')


def two_readers():
    first, second = Pipe(), Pipe()
    equal(status()['readers'], 2, 'status counts the readers')
    since = adopted(50)
    log = events(since)
    one, two = first.lines(), second.lines(size=7)
    ok(len(log) >= 50 and one == log, 'a reader gets the events of the log',
       len(log), len(one))
    equal(two, log, 'and so does another, seven bytes at a time')
    first.close()
    since = adopted(10)
    equal(second.lines(), events(since), 'one reader closes the file, the other goes on')
    second.close()
    equal(status()['readers'], 0, 'status counts no reader then')


def only_what_comes():
    adopted(3)
    pipe = Pipe()
    equal(pipe.lines(), [], 'events_pipe has only events from after its opening')
    poll = select.poll()
    poll.register(pipe.fd, select.POLLIN)
    equal(poll.poll(0), [], 'poll reports nothing then')

    def adopt_when_polled():
        wait_until_polling(os.getppid())
        adopted(1)

    pid = spawn(adopt_when_polled)
    ok(poll.poll(HANG * 1000), 'poll wakes up at an event')
    os.waitpid(pid, 0)
    pipe.lines()
    equal(poll.poll(0), [], 'and reports nothing once the event is read')
    pipe.close()


def killed_reader():
    """A reader that is killed does not affect another one."""
    other = Pipe()
    reader = subprocess.Popen(['cat', f'{DEBUGFS}/events_pipe'],
                              stdout=subprocess.DEVNULL)
    wait_for(lambda: status()['readers'] == 2)
    lines = []

    def read_up_to(seq):
        while next_seq() <= seq:
            lines.extend(other.lines())

    with bursts(1, 20, 1):
        read_up_to(100)
        reader.kill()
        reader.wait()
        read_up_to(300)
    equal(status()['readers'], 1, 'a killed reader is not counted')
    lines += other.lines()
    seqs = [event['seq'] for event in lines]
    equal(seqs, list(range(seqs[0], next_seq())),
          'and the other has missed nothing')
    other.close()


def wrapped():
    """With 64 records a slow reader learns exactly which events it lost."""
    pipe = Pipe()
    start = next_seq()
    adopted(200)
    end = next_seq()
    lines = pipe.lines()
    lost = [line for line in lines if line['event'] == 'lost']
    rest = [line['seq'] for line in lines if line['event'] != 'lost']
    equal([(line['first_seq'], line['count']) for line in lost],
          [(start, end - 64 - start)], 'lost says which events and how many')
    equal(rest, list(range(end - 64, end)), 'and all other events follow, in order')
    equal(status()['overwritten'], end - 64 - start, 'status counts them')
    equal(status()['oldest_seq'], end - 64, 'oldest_seq is the oldest event in the ring')
    pipe.close()
    log = [event['seq'] for event in events()]
    equal(log, list(range(end - 64, end)),
          'events begins with the oldest record, without lost')


def storm(records):
    """Readers race with writers: each event is read once, or reported as lost."""
    pipe = Pipe()
    start = next_seq()
    lines = []
    with bursts(1, 30, 1), bursts(1, 30, 1):
        while next_seq() < start + EVENTS:
            lines += pipe.lines()
    lines += pipe.lines()
    seqs = []
    for line in lines:
        if line['event'] == 'lost':
            seqs += range(line['first_seq'],
                          line['first_seq'] + line['count'])
        else:
            seqs.append(line['seq'])
    equal(seqs, list(range(start, next_seq())),
          f'under a storm, {records} records: each event is read or lost')
    whole = [line for line in lines if line['event'] == 'reparent']
    ok(whole and all(line['child']['comm'] == b'burst'
                     and line['old_parent']['pid'] for line in whole),
       'and each event is whole')
    pipe.close()


with module():
    names()
    two_readers()
    only_what_comes()
    killed_reader()
    storm(16384)
with module('records=64'):
    wrapped()
with module('records=16'):
    storm(16)
done()

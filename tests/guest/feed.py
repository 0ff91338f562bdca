# SPDX-License-Identifier: GPL-2.0
# slow:
# kernels: 6.1
"""
However slow a reader is, and however much comes at once: what it reads is
exactly the log, or has lost events for exactly those that it lacks.
"""
import os
import re
import select
import signal
import subprocess
import tempfile
import time

from lib import *

SMALL = ('--rcvbuf', '4096')
LIMIT = 30 * SLOW


class Reader:
    """A program whose output is kept; a slow one's for as long as it is slow."""

    def __init__(self, command, slow):
        self.file = tempfile.TemporaryFile()
        self.hurry_end = None
        if slow:
            from_reader, into = os.pipe()
        else:
            into = self.file
        self.process = subprocess.Popen(command, stdout=into,
                                        stderr=subprocess.PIPE)
        if slow:
            os.close(into)
            self.copy_slowly(from_reader)

    def copy_slowly(self, source):
        hurry, self.hurry_end = os.pipe()

        def copy():
            while data := os.read(source, 4096):
                os.write(self.file.fileno(), data)
                # What is written there nobody reads.
                select.select([hurry], [], [], 0.1)

        self.copier = spawn(copy)
        os.close(source)

    def hurry(self):
        if self.hurry_end:
            os.write(self.hurry_end, b'x')

    def size(self):
        return os.fstat(self.file.fileno()).st_size

    def end(self):
        self.process.terminate()
        _, self.err = self.process.communicate(timeout=LIMIT)
        if self.hurry_end:
            os.waitpid(self.copier, 0)
        self.lines = self.comparable(written(self.file))
        self.file.close()

    def comparable(self, text):
        """Without what two readers of one event do not tell alike."""
        return re.sub(self.own, b'', text).splitlines()

    def told(self, start):
        """The numbers that it told of, those told to be lost among them."""
        told = []
        for line in self.lines:
            lost = self.lost.match(line)
            if lost:
                first, count = int(lost['first']), int(lost['count'])
                told += range(first, first + count)
            else:
                told.append(self.number(line, start + len(told)))
        return told

    def number(self, line, expected):
        return int(self.event.match(line)[1])

    def losses(self):
        return sum(bool(self.lost.match(line)) for line in self.lines)


class Json(Reader):
    form = ['-j']
    own = rb'"(time|container)":"[^"]*",'
    event = re.compile(rb'\{"seq":(\d+),.*\}$')
    lost = re.compile(rb'\{"boot_ns":\d+,"event":"lost",'
                      rb'"first_seq":(?P<first>\d+),"count":(?P<count>\d+)\}$')

    def __init__(self, *arguments, slow=False):
        command = [TOOL, 'watch', *self.form, *arguments]
        self.name = ' '.join(['slow'] * slow + command[1:])
        super().__init__(command, slow)
        polls(self.process.pid)

    def recorded(self, since):
        log = subprocess.run([TOOL, 'log', *self.form, '--since', str(since)],
                             capture_output=True, check=True)
        return self.comparable(log.stdout)

    def drops(self):
        """How many buffers its socket had no room for."""
        with open('/proc/net/netlink') as file:
            rows = [line.split() for line in file][1:]
        # libnl's port numbers have the pid in their lower bits.
        return sum(int(row[8]) for row in rows
                   if int(row[2]) & 0x3fffff == self.process.pid)


class Text(Json):
    form = []
    own = rb'(?m)^(\d\d-\d\d )?[0-9:.]{15}  '
    lost = re.compile(rb'lost +- +(?P<count>\d+) events? lost: (?P<first>\d+)')

    def number(self, line, expected):
        """No number is in it."""
        return expected


class Pipe(Reader):
    own = rb'$.'
    event = re.compile(rb'(\d+) ')
    lost = re.compile(rb'\d+ [0-9.]+ lost first_seq=(?P<first>\d+) '
                      rb'count=(?P<count>\d+)$')

    def __init__(self, slow=False):
        before = status()['readers']
        self.name = 'slow ' * slow + 'events_pipe'
        super().__init__(['cat', f'{DEBUGFS}/events_pipe'], slow)
        wait_for(lambda: status()['readers'] > before, LIMIT)

    def recorded(self, since):
        with open(f'{DEBUGFS}/events', 'rb') as file:
            return [line for line in file.read().splitlines()
                    if self.number(line, None) >= since]


def finish(readers):
    """Ends them when they have come to the end of what there is."""
    sizes = None
    for reader in readers:
        reader.hurry()
    # Who is to run, but did not come to it, is no more at its end.
    while (sizes != (sizes := [reader.size() for reader in readers])
           or any(stat(reader.process.pid)['state'] in 'RD'
                  for reader in readers)):
        time.sleep(LIMIT / 30)
    for reader in readers:
        reader.end()
        if reader.err:
            ok(False, f'{reader.name} complains', reader.err)


def same(readers, start, what):
    """Each has exactly what is in the log, where everything still is."""
    finish(readers)
    logs = {}
    for reader in readers:
        kind = type(reader)
        if kind not in logs:
            logs[kind] = reader.recorded(start)
            equal(len(logs[kind]), next_seq() - start,
                  f'{what}: the log for {reader.name} is whole')
        log, lines = logs[kind], reader.lines
        first = next((n for n, (line, logged) in enumerate(zip(lines, log))
                      if line != logged), min(len(lines), len(log)))
        ok(lines == log, f'{what}: {reader.name} tells what the log has',
           f'{len(lines)} of {len(log)}', lines[first:first + 2],
           log[first:first + 2])


def accounted(readers, start, what):
    """Each number once, or lost; of each event all say the same."""
    finish(readers)
    wanted = list(range(start, next_seq()))
    said = {}
    differ = []
    for reader in readers:
        told = reader.told(start)
        first = next((n for n, pair in enumerate(zip(told, wanted))
                      if pair[0] != pair[1]), min(len(told), len(wanted)))
        ok(told == wanted, f'{what}: {reader.name} tells each of '
           f'{len(wanted)}, or that it is lost', f'{len(told)}, differ from '
           f'{first} on', told[first:first + 5], wanted[first:first + 5])
        if type(reader) is Text:
            continue
        for line in reader.lines:
            if not reader.lost.match(line):
                key = type(reader), reader.number(line, None)
                if said.setdefault(key, line) != line:
                    differ.append(line)
    equal(differ[:3], [], f'{what}: all say the same of an event')


def stopped(judge, what):
    """SIGSTOP for 5 s under load."""
    # Who goes on is for comparison.
    readers = [Json(), Json(), Json(*SMALL), Text(), Pipe()]
    start = next_seq()
    with bursts(4, 40, 100):
        time.sleep(1)
        for reader in readers[1:]:
            reader.process.send_signal(signal.SIGSTOP)
        time.sleep(5)
        for reader in readers[1:]:
            reader.process.send_signal(signal.SIGCONT)
        time.sleep(1)
    dropped = readers[2].drops()
    judge(readers, start, what)
    ok(dropped, f'{what}: the small socket did overrun', dropped)
    return readers


def eight(judge, what):
    readers = [Json(), Json(*SMALL), Json('--all', *SMALL), Text(),
               Text(*SMALL, slow=True), Json(*SMALL, slow=True), Pipe(),
               Pipe(slow=True)]
    start = next_seq()
    for _ in range(4):
        burst(8, 120)
    judge(readers, start, what)
    return readers


def flood():
    """20,000 at once."""
    readers = [Json(), Json(*SMALL), Text(), Pipe()]
    start = next_seq()
    # Whether it would keep up otherwise is the scheduler's choice.
    readers[1].process.send_signal(signal.SIGSTOP)
    burst(20, 1000)
    equal(next_seq() - start, 20000, 'a burst of 20,000 was recorded')
    dropped = wait_for(readers[1].drops, LIMIT)
    readers[1].process.send_signal(signal.SIGCONT)
    same(readers, start, '20,000 at once')
    ok(dropped, 'the small socket did overrun', dropped)


def idle():
    """Nothing wakes up who waits, and there is nothing to wait for."""
    readers = [Json(), Text(), Pipe()]

    def switches():
        found = []
        for reader in readers:
            with open(f'/proc/{reader.process.pid}/status') as file:
                found += re.findall(r'voluntary_ctxt_switches:\t(\d+)',
                                    file.read())[:1]
        return found

    before = switches()
    time.sleep(10)
    equal(switches(), before, 'nothing wakes an idle reader in ten seconds')
    finish(readers)


# As many as have a pid: a small machine's share of memory would be less.
with open('/proc/sys/kernel/threads-max', 'w') as file:
    file.write('32768')
with module('records=65536'):
    eight(same, 'eight, one slow')
    stopped(same, 'stopped')
    flood()
    idle()
    equal(status()['overwritten'], 0, 'nothing was overwritten in all of this')
with module('records=64'):
    for reader in eight(accounted, 'eight, 64 records'):
        if 'slow' in reader.name:
            ok(reader.losses(), f'{reader.name} was lapped')
    for reader in stopped(accounted, 'stopped, 64 records'):
        if reader.name == 'events_pipe':
            ok(reader.losses(), f'{reader.name} was lapped')
done()

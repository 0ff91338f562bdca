# SPDX-License-Identifier: GPL-2.0
# slow:
# kernels: 6.1
"""
However slow a reader is, and however many events come at once: its output is
exactly the log, or has lost events for exactly the events that it lacks.
"""
import os
import re
import signal
import subprocess
import tempfile
import time

from lib import *

SMALL = ('--rcvbuf', '4096')


class Reader:
    """
    A program whose output is kept. The output of a slow one is read only in steps,
    until hurry().
    """

    def __init__(self, command, slow):
        self.file = tempfile.TemporaryFile()
        self.pace_end = None
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
        pace, self.pace_end = os.pipe()

        def copy():
            while data := os.read(source, 4096):
                os.write(self.file.fileno(), data)
                os.read(pace, 1)

        self.copier = spawn(copy)
        os.close(source)
        os.close(pace)

    def step(self):
        if self.pace_end:
            os.write(self.pace_end, b'x')

    def hurry(self):
        if self.pace_end:
            os.write(self.pace_end, b'x' * 60000)

    def end(self):
        self.process.terminate()
        _, self.err = self.process.communicate(timeout=HANG)
        if self.pace_end:
            os.waitpid(self.copier, 0)
        self.lines = self.comparable(content(self.file))
        self.file.close()

    def last_line(self):
        """Returns the last line of the output so far, in comparable form."""
        fd = self.file.fileno()
        size = os.fstat(fd).st_size
        lines = self.comparable(os.pread(fd, 4096, max(size - 4096, 0)))
        return lines[-1] if lines else None

    def comparable(self, text):
        """Returns lines without what two readers print differently."""
        return re.sub(self.own, b'', text).splitlines()

    def seqs(self, start):
        """Returns the numbers of the events, lost ones included."""
        seqs = []
        for line in self.lines:
            lost = self.lost.match(line)
            if lost:
                first, count = int(lost['first']), int(lost['count'])
                seqs += range(first, first + count)
            else:
                seqs.append(self.number(line, start + len(seqs)))
        return seqs

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
        wait_until_polling(self.process.pid)

    def recorded(self, since):
        log = subprocess.run([TOOL, 'log', *self.form, '--since', str(since)],
                             capture_output=True, check=True)
        return self.comparable(log.stdout)

    def drops(self):
        return socket_drops(self.process.pid)


class Text(Json):
    form = []
    own = rb'(?m)^(\d\d-\d\d )?[0-9:.]{15}  '
    lost = re.compile(rb'lost +- +(?P<count>\d+) events? lost: (?P<first>\d+)')

    def number(self, line, expected):
        """The text form has no sequence numbers."""
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
        wait_for(lambda: status()['readers'] > before)

    def recorded(self, since):
        with open(f'{DEBUGFS}/events', 'rb') as file:
            return [line for line in file.read().splitlines()
                    if self.number(line, None) >= since]


def finish(readers):
    """Ends the readers when each has printed the newest event."""
    newest = next_seq() - 1
    logged = {}
    for reader in readers:
        reader.hurry()
    for reader in readers:
        kind = type(reader)
        if kind not in logged:
            logged[kind] = reader.recorded(newest)[-1]
        wait_for(lambda: reader.last_line() == logged[kind])
    end(readers)


def end(readers):
    for reader in readers:
        reader.end()
        if reader.err:
            ok(False, f'{reader.name} complains', reader.err)


def same(readers, start, what):
    """Checks that each output is exactly the log, which has every event."""
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
        ok(lines == log, f'{what}: {reader.name} prints exactly the log',
           f'{len(lines)} of {len(log)}', lines[first:first + 2],
           log[first:first + 2])


def accounted(readers, start, what):
    """Checks that each event is printed once, or lost, by all readers alike."""
    finish(readers)
    wanted = list(range(start, next_seq()))
    printed = {}
    differ = []
    for reader in readers:
        seqs = reader.seqs(start)
        first = next((n for n, pair in enumerate(zip(seqs, wanted))
                      if pair[0] != pair[1]), min(len(seqs), len(wanted)))
        ok(seqs == wanted, f'{what}: {reader.name} prints each event, or that '
           'it is lost', f'{len(seqs)} of {len(wanted)}, differ from '
           f'{first} on', seqs[first:first + 5], wanted[first:first + 5])
        if type(reader) is Text:
            continue
        for line in reader.lines:
            if not reader.lost.match(line):
                key = type(reader), reader.number(line, None)
                if printed.setdefault(key, line) != line:
                    differ.append(line)
    equal(differ[:3], [], f'{what}: all print an event alike')


def stopped(judge, what):
    """Readers are stopped under load, and go on."""
    # The first one goes on, for comparison.
    readers = [Json(), Json(), Json(*SMALL), Text(), Pipe()]
    start = next_seq()

    def more(count):
        seq = next_seq() + count
        wait_for(lambda: next_seq() > seq)

    with bursts(4, 40, 100):
        more(500)
        for reader in readers[1:]:
            stop(reader.process.pid)
        more(4000)
        wait_for(readers[2].drops)
        for reader in readers[1:]:
            reader.process.send_signal(signal.SIGCONT)
        more(500)
    judge(readers, start, what)
    return readers


def eight(judge, what):
    readers = [Json(), Json(*SMALL), Json('--all', *SMALL), Text(),
               Text(*SMALL, slow=True), Json(*SMALL, slow=True), Pipe(),
               Pipe(slow=True)]
    start = next_seq()
    for _ in range(4):
        burst(8, 120)
        for reader in readers:
            reader.step()
    judge(readers, start, what)
    return readers


def flood():
    """20,000 events at once."""
    readers = [Json(), Json(*SMALL), Text(), Pipe()]
    start = next_seq()
    # Stopped, so that its socket overruns.
    stop(readers[1].process.pid)
    burst(20, 1000)
    equal(next_seq() - start, 20000, 'a burst of 20,000 was recorded')
    wait_for(readers[1].drops)
    readers[1].process.send_signal(signal.SIGCONT)
    same(readers, start, '20,000 at once')


def idle():
    """Nothing wakes up an idle reader."""
    readers = [Json(), Text(), Pipe()]
    wait_until_in(readers[-1].process.pid, 'read')

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
    end(readers)


# As many tasks as there are pids; the default depends on the memory.
with open('/proc/sys/kernel/threads-max', 'w') as file:
    file.write('32768')
with module('records=65536'):
    eight(same, 'eight, one slow')
    stopped(same, 'stopped')
    flood()
    idle()
    equal(status()['overwritten'], 0, 'no event was overwritten')
with module('records=64'):
    for reader in eight(accounted, 'eight, 64 records'):
        if 'slow' in reader.name:
            ok(reader.losses(), f'{reader.name} lost events')
    for reader in stopped(accounted, 'stopped, 64 records'):
        if reader.name == 'events_pipe':
            ok(reader.losses(), f'{reader.name} lost events')
done()

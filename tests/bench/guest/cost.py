# SPDX-License-Identifier: GPL-2.0
"""What an orphan costs the parent whose death makes it one."""
import contextlib
import statistics
import subprocess

from figures import figure, say
from watchers import (WAYS, Absent, bpftrace, forkstat, kprobe_event, module,
                      nothing, pipe_reader, watch)

REPEATS = 5
# Children for which it matters who adopts.
FEW = [3]


@contextlib.contextmanager
def read_by(way, reader):
    with module(way), reader:
        yield


# name: context, each made when it is asked for.

def unread():
    for way in WAYS:
        yield way, lambda way=way: module(way)


def read_by_watch():
    for way in WAYS:
        yield way + '+watch', lambda way=way: read_by(way, watch('-j'))


def ours():
    yield from unread()
    yield from read_by_watch()
    for way in WAYS:
        yield way + '+pipe', lambda way=way: read_by(way, pipe_reader())


def theirs():
    yield 'kprobe_event', kprobe_event
    yield 'bpftrace', bpftrace
    yield 'forkstat', forkstat


def deaths(what, of, name, counts, *how):
    """of: what to take of those of each number of children."""
    done = subprocess.run(
        ['bench/dying', *how, *map(str, counts)],
        check=True, stdout=subprocess.PIPE, text=True)
    for line in done.stdout.splitlines():
        children, *spans = map(int, line.split())
        say(f'{name}: {children} children: {spans}')
        figure(f'{what}.{name}.{children}', int(of(spans)))


def measure(counts, watchers):
    """
    Instructions of a parent's death: cost.WATCHER.CHILDREN where a subreaper
    adopts, the median; to-init.WATCHER.CHILDREN where init does. There, children
    have died just before, and every other time an interrupt comes in between: so
    it is the least.
    """
    for name, watcher in [('nothing', nothing), *watchers]:
        try:
            with watcher():
                deaths('cost', statistics.median, name, counts, str(REPEATS))
                deaths('to-init', min, name, FEW, '-i', str(3 * REPEATS))
        except Absent as absent:
            say(absent)

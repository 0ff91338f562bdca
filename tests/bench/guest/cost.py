# SPDX-License-Identifier: GPL-2.0
"""What an orphan costs the parent whose death makes it one."""
import contextlib
import statistics
import subprocess

from figures import figure, say
from watchers import (WAYS, Absent, bpftrace, forkstat, kprobe_event, module,
                      nothing, pipe_reader, watch)

REPEATS = 5


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


def measure(counts, watchers):
    """cost.WATCHER.CHILDREN: instructions of a parent's death, the median."""
    for name, watcher in [('nothing', nothing), *watchers]:
        try:
            with watcher():
                done = subprocess.run(
                    ['bench/dying', str(REPEATS), *map(str, counts)],
                    check=True, stdout=subprocess.PIPE, text=True)
        except Absent as absent:
            say(absent)
            continue
        for line in done.stdout.splitlines():
            children, *deaths = map(int, line.split())
            say(f'{name}: {children} children: {deaths}')
            figure(f'cost.{name}.{children}',
                   int(statistics.median(deaths)))

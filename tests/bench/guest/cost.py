# SPDX-License-Identifier: GPL-2.0
"""Instructions that a dying parent spends on each child that it leaves."""
import contextlib
import statistics
import subprocess

from figures import figure, say
from watchers import (HOOKS, Absent, bpftrace, forkstat, kprobe_event, module,
                      nothing, pipe_reader, watch)

REPEATS = 5
# Numbers of children that are also measured where init adopts.
FEW = [3]


@contextlib.contextmanager
def read_by(hook, reader):
    with module(hook), reader:
        yield


# The generators yield a watcher's name and a function that makes its context.

def unread():
    for hook in HOOKS:
        yield hook, lambda hook=hook: module(hook)


def read_by_watch():
    for hook in HOOKS:
        yield hook + '+watch', lambda hook=hook: read_by(hook, watch('-j'))


def ours():
    yield from unread()
    yield from read_by_watch()
    for hook in HOOKS:
        yield hook + '+pipe', lambda hook=hook: read_by(hook, pipe_reader())


def theirs():
    yield 'kprobe_event', kprobe_event
    yield 'bpftrace', bpftrace
    yield 'forkstat', forkstat


def deaths(what, of, name, counts, *how):
    """Prints a figure for each number of children: of(instructions of each death)."""
    done = subprocess.run(
        ['bench/dying', *how, *map(str, counts)],
        check=True, stdout=subprocess.PIPE, text=True)
    for line in done.stdout.splitlines():
        children, *spans = map(int, line.split())
        say(f'{name}: {children} children: {spans}')
        figure(f'{what}.{name}.{children}', int(of(spans)))


def measure(counts, watchers):
    """
    Instructions of a parent's death: cost.WATCHER.CHILDREN, the median, where a
    subreaper adopts; to-init.WATCHER.CHILDREN, the minimum, where init does. For
    init the children of the run before have just been reaped, and about every other
    measurement is interrupted; hence the minimum.
    """
    for name, watcher in [('nothing', nothing), *watchers]:
        try:
            with watcher():
                deaths('cost', statistics.median, name, counts, str(REPEATS))
                deaths('to-init', min, name, FEW, '-i', str(3 * REPEATS))
        except Absent as absent:
            say(absent)

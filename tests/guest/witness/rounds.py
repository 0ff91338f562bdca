# SPDX-License-Identifier: GPL-2.0
"""Forests one after another, and the module's events of each."""
import contextlib
import os
import random
import time

from lib import DEBUGFS, parse, pidns_of
from witness.actors import Actors
from witness.growth import Growth, THEMES

# The module's hooks; see module/probe-reparent.c.
HOOKS = 'forget_original_parent', 'find_alive_thread', 'kill_orphaned_pgrp'

# How many processes a forest has while it lives.
SIZE = 30
# Everything runs on the first processor, in one order; races take two.
ONE_CPU, TWO_CPUS = 1, 3

CGROUP = '/sys/fs/cgroup/forest'
# Settings that keep other tasks from interfering. Real-time processes may use all of
# a processor; each runs for five seconds in all before it yields to another. Kernel
# threads that manage memory take locks that a forest's processes share: a process
# that exits would wait for them, and others would overtake it.
UNDISTURBED = {
    '/proc/sys/kernel/sched_rt_runtime_us': '-1',
    '/proc/sys/kernel/sched_rr_timeslice_ms': '5000',
    '/sys/module/damon_stat/parameters/enabled': 'N',
    '/sys/kernel/mm/transparent_hugepage/khugepaged/scan_sleep_millisecs':
        '4000000000',
}


class Pipe:
    """The module's events, read as they come."""

    def __init__(self):
        self.fd = os.open(f'{DEBUGFS}/events_pipe', os.O_RDONLY | os.O_NONBLOCK)
        self.rest = b''

    def take(self):
        with contextlib.suppress(BlockingIOError):
            while got := os.read(self.fd, 1 << 20):
                self.rest += got
        *lines, self.rest = self.rest.split(b'\n')
        return [parse(line.decode()) for line in lines]

    def close(self):
        os.close(self.fd)


class Rounds:
    """
    Rounds of one seed. After each step of a round judge() gets the state of the
    actors before, and the events.
    """

    def __init__(self, seed):
        self.seed, self.round = seed, 0
        self.pipe = Pipe()
        os.makedirs(CGROUP, exist_ok=True)
        self.cgroup = os.stat(CGROUP).st_ino
        self.actors = Actors(pidns_of(1), CGROUP)
        # How often each kind of order was given.
        self.done = {}

    def close(self):
        self.actors.close()
        self.pipe.close()
        with contextlib.suppress(OSError):
            os.rmdir(CGROUP)    # fails if processes remain

    def run(self, number, enough):
        """Runs one round until enough() is true."""
        self.round, self.steps = number, 0
        theme = list(THEMES)[number % len(THEMES)]
        self.settled_ns = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        self.actors.clear()
        self.growth = Growth(self.actors, random.Random(f'{self.seed}.{number}'),
                             theme, self.step)
        self.cpus = TWO_CPUS if theme == 'races' else ONE_CPU
        self.growth.start(self.cpus)
        self.growth.live(SIZE, enough)
        self.growth.finish()
        for kind, count in self.growth.done.items():
            self.done[kind] = self.done.get(kind, 0) + count

    def step(self, dying):
        before, began_ns = dict(self.actors.seen), self.settled_ns
        self.actors.settle()
        self.settled_ns = self.actors.settled_ns
        self.steps += 1
        self.judge(before, began_ns, dying, self.pipe.take())


def exchange(path, text):
    with open(path) as file:
        before = file.read()
    with open(path, 'w') as file:
        file.write(text)
    return before


@contextlib.contextmanager
def one_processor():
    """
    Keeps other tasks from interfering with the forest: its processes are real-time
    ones, so that only their own actions decide which runs next.
    """
    processors = os.sched_getaffinity(1)
    before = {path: exchange(path, text) for path, text in UNDISTURBED.items()
              if os.path.exists(path)}
    for pid in 0, 1:
        os.sched_setaffinity(pid, {0})
    try:
        yield
    finally:
        for pid in 0, 1:
            os.sched_setaffinity(pid, processors)
        for path, text in before.items():
            exchange(path, text)

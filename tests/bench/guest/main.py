#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
Measures in a guest whose clock counts instructions, and prints figures.

usage: main.py PART...
"""
import os
import sys

import allocations
import cost
import flood
import listing
import living
import readers
from figures import figure
from watchers import read, write

CURVE = [0, 1, 3, 10, 30, 100, 300, 1000, 3000, 10000]
BOUNDS = [0, 3, 1000]

PARTS = {
    # Ours alone.
    'quick': lambda: cost.measure(BOUNDS, cost.unread()),
    'bounds': lambda: (cost.measure(BOUNDS, cost.ours()),
                       living.measure(cost.unread()),
                       allocations.measure()),
    # With the peers.
    'cost': lambda: cost.measure(CURVE, [*cost.ours(), *cost.theirs()]),
    'living': lambda: (living.measure([*cost.unread(), *cost.read_by_watch(),
                                       *cost.theirs()]),
                       living.peer_of_signals()),
    'allocations': allocations.measure,
    'readers': readers.processor,
    'start': readers.start,
    'idle': readers.idle,
    'flood': flood.measure,
    'list': listing.measure,
}


def main():
    figure('release', os.uname().release)
    figure('clocksource', read('/sys/devices/system/clocksource/'
                               'clocksource0/current_clocksource').strip())
    write('/proc/sys/kernel/pid_max', '32768')
    # Each process of a program gets the same addresses.
    write('/proc/sys/kernel/randomize_va_space', '0')
    # Real-time programs here run only briefly: do not throttle them.
    write('/proc/sys/kernel/sched_rt_runtime_us', '-1')
    for part in sys.argv[1:]:
        PARTS[part]()


main()

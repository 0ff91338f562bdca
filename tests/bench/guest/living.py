# SPDX-License-Identifier: GPL-2.0
"""What those pay who leave no orphans."""
import statistics
import subprocess

from figures import figure, say
from watchers import WAYS, Absent, bpftrace_signals

ROUNDS = {'alone': 400, 'crowd': 400, 'signals': 200, 'sends': 400,
          'storm': 200}


def once(living):
    print(file=living.stdin, flush=True)
    return float(living.stdout.readline())


def compare(what, name, watcher):
    """
    WHAT.nothing and WHAT.WATCHER, medians of three, and the median of the
    three differences as WHAT.added.WATCHER: each time without, then with.
    """
    without, beside = [], []
    with subprocess.Popen(['bench/living', what, str(ROUNDS[what])], text=True,
                          stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as living:
        once(living)  # warms up
        for _ in range(3):
            without.append(once(living))
            with watcher():
                beside.append(once(living))
        living.stdin.close()
    say(f'{what}: {name}: {without} {beside}')
    figure(f'{what}.nothing', statistics.median(without))
    figure(f'{what}.{name}', statistics.median(beside))
    figure(f'{what}.added.{name}', round(statistics.median(
        after - before for before, after in zip(without, beside)), 2))


def measure(watchers):
    for name, watcher in watchers:
        try:
            compare('alone', name, watcher)
            compare('crowd', name, watcher)
            if name in WAYS:
                for what in 'signals', 'sends', 'storm':
                    compare(what, name, watcher)
        except Absent as absent:
            say(absent)


def peer_of_signals():
    for what in 'signals', 'sends', 'storm':
        compare(what, 'bpftrace', bpftrace_signals)

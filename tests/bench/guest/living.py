# SPDX-License-Identifier: GPL-2.0
"""What those pay who leave no orphans."""
import statistics
import subprocess

from figures import figure, say
from watchers import WAYS, Absent, bpftrace_signals, nothing

ROUNDS = {'alone': 200, 'crowd': 300, 'signals': 200}


def once(what):
    done = subprocess.run(['bench/living', what, str(ROUNDS[what])],
                          check=True, stdout=subprocess.PIPE, text=True)
    return float(done.stdout)


def compare(what, name, watcher):
    """
    WHAT.nothing and WHAT.WATCHER, medians of three, and the median of the
    three differences as WHAT.added.WATCHER: each time without, then with.
    """
    without, beside = [], []
    for _ in range(3):
        with nothing():
            without.append(once(what))
        with watcher():
            beside.append(once(what))
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
                compare('signals', name, watcher)
        except Absent as absent:
            say(absent)


def peer_of_signals():
    compare('signals', 'bpftrace', bpftrace_signals)

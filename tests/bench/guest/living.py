# SPDX-License-Identifier: GPL-2.0
"""What those pay who leave no orphans."""
import statistics
import subprocess

from figures import figure, say
from watchers import WAYS, Absent, bpftrace_signals, nothing

ROUNDS = {'alone': 200, 'crowd': 300, 'signals': 200}


def compare(what, name, watcher):
    """
    WHAT.nothing and WHAT.WATCHER, medians of three, and the median of the
    three differences as WHAT.added.WATCHER: each time without, then with.
    """
    without, beside = [], []
    with subprocess.Popen(['bench/living', what, str(ROUNDS[what])],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          bufsize=0) as process:
        def once():
            process.stdin.write(b'\n')
            return float(process.stdout.readline())
        once()
        for _ in range(3):
            with nothing():
                without.append(once())
            with watcher():
                beside.append(once())
        process.stdin.close()
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

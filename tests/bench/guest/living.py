# SPDX-License-Identifier: GPL-2.0
"""Instructions of fork, exit, wait and signals where there are no orphans."""
import statistics
import subprocess

from figures import figure, say
from watchers import HOOKS, Absent, bpftrace_signals

ROUNDS = {'alone': 100, 'crowd': 400, 'signals': 200, 'sends': 400,
          'storm': 200}
# The layout of a process's memory makes its forks cost some hundred instructions
# more or less: on Linux 7 as many as the bound allows. The median of several
# processes decides.
PROCESSES = 3
PROCESSES_WITH_BOUND = 16


def once(living):
    print(file=living.stdin, flush=True)
    return float(living.stdout.readline())


def compare_one(what, watcher):
    """Measures without, with and again without the watcher, in one process."""
    with subprocess.Popen(['bench/living', what, str(ROUNDS[what])], text=True,
                          stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as living:
        once(living)  # warms up; the second fork still costs more
        once(living)
        # What the first load leaves behind in the kernel's memory makes forks cost
        # more, as on arm64, though it is unloaded.
        with watcher():
            once(living)
        before = once(living)
        with watcher():
            beside = once(living)
        after = once(living)
        living.stdin.close()
    return before, beside, after


def compare(what, name, watcher):
    """
    WHAT.nothing, WHAT.WATCHER and the difference as WHAT.added.WATCHER, each
    the median of some processes.
    """
    bound = what == 'alone' and name in HOOKS
    spans = [compare_one(what, watcher)
             for _ in range(PROCESSES_WITH_BOUND if bound else PROCESSES)]
    say(f'{what}: {name}: {spans}')
    figure(f'{what}.nothing', statistics.median(
        without for before, _, after in spans for without in (before, after)))
    figure(f'{what}.{name}', statistics.median(
        beside for _, beside, _ in spans))
    figure(f'{what}.added.{name}', round(statistics.median(
        beside - (before + after) / 2 for before, beside, after in spans), 2))


def measure(watchers):
    for name, watcher in watchers:
        try:
            compare('alone', name, watcher)
            compare('crowd', name, watcher)
            if name in HOOKS:
                for what in 'signals', 'sends', 'storm':
                    compare(what, name, watcher)
        except Absent as absent:
            say(absent)


def peer_of_signals():
    for what in 'signals', 'sends', 'storm':
        compare(what, 'bpftrace', bpftrace_signals)

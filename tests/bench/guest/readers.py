# SPDX-License-Identifier: GPL-2.0
"""What a reader costs: processor time, memory, start, and when idle."""
import contextlib
import os
import re
import statistics
import subprocess
import time

from figures import figure, say
from watchers import (BPFTRACE, TRACING, bpftrace, forkstat, kprobe_event,
                      module, read, trace_pipe, wait_for, watch, write)

OUTPUT = '/run/bench.out'
DEATHS = 20
CHILDREN = 1000
EVENTS = DEATHS * CHILDREN


@contextlib.contextmanager
def read_by(watcher, reader):
    with watcher, reader as running:
        yield running


def readers(output):
    """Yields each reader of orphans, with buffers large enough for all events."""
    def ours(*options):
        return read_by(module('auto', 'records=32768'),
                       watch(*options, output=output))
    yield 'watch', lambda: ours()
    yield 'watch-j', lambda: ours('-j')
    yield 'kprobe_event', lambda: read_by(kprobe_event(), trace_pipe(output))
    yield 'bpftrace', lambda: bpftrace(output)


def ran_ns(pid):
    """Returns the time that all threads of a process ran on a processor."""
    total = 0
    for task in os.listdir(f'/proc/{pid}/task'):
        total += int(read(f'/proc/{pid}/task/{task}/schedstat').split()[0])
    return total


def kworkers_ns():
    total = 0
    for pid in filter(str.isdigit, os.listdir('/proc')):
        with contextlib.suppress(OSError):
            if read(f'/proc/{pid}/comm').startswith('kworker'):
                total += ran_ns(pid)
    return total


def peak_kb(pid):
    return int(re.search(r'VmHWM:\s+(\d+)', read(f'/proc/{pid}/status'))[1])


def orphan_lines(path):
    """Counts events in the output of any of the readers."""
    with open(path, 'rb') as file:
        return sum(b'dying' in line and b'# ' not in line for line in file)


def orphans():
    """Makes EVENTS orphans; dying adds a first death, to warm up."""
    subprocess.run(['bench/dying', str(DEATHS - 1), str(CHILDREN)],
                   check=True, stdout=subprocess.DEVNULL)


def processor():
    """reader.cpu.NAME, .kworkers.NAME: instructions an event; .peak.NAME: KB."""
    before = kworkers_ns()
    orphans()
    kworkers = kworkers_ns() - before
    with open(OUTPUT, 'wb') as output:
        for name, reader in readers(output):
            output.seek(0)
            output.truncate()
            with reader() as running:
                before, workers = ran_ns(running.pid), kworkers_ns()
                orphans()
                wait_for(f'{name} to print', lambda:
                         orphan_lines(OUTPUT) >= EVENTS, 20)
                ran = ran_ns(running.pid) - before
                workers = kworkers_ns() - workers - kworkers
                peak = peak_kb(running.pid)
                printed = orphan_lines(OUTPUT)
            say(f'{name}: printed {printed}, ran {ran}, '
                f'kworkers {workers}, peak {peak} KB')
            subprocess.run(['tail', '-n', '1', OUTPUT], check=True)
            if printed != EVENTS:
                raise RuntimeError(f'{name} printed {printed} of {EVENTS}')
            figure(f'reader.cpu.{name}', round(ran / EVENTS))
            figure(f'reader.kworkers.{name}', round(workers / EVENTS))
            figure(f'reader.peak.{name}', peak)


STARTS = {
    'watch': ('netlink:16', 'nsorphan', 'watch'),
    'watch-j': ('netlink:16', 'nsorphan', 'watch', '-j'),
    'bpftrace': ('kprobe:kill_orphaned_pgrp', 'bpftrace', '-e', BPFTRACE),
    'forkstat': ('netlink:11', 'forkstat'),
}


def start():
    """start.NAME: ns from exec to listening, median of three with a warm cache."""
    with module('find_alive_thread'):
        # This hook has no probe on the function that bpftrace probes.
        for name, command in STARTS.items():
            times = [int(subprocess.run(
                ['bench/starting', *command], check=True, text=True,
                stdout=subprocess.PIPE).stdout) for _ in range(4)]
            say(f'start: {name}: {times}')
            figure(f'start.{name}', round(statistics.median(times[1:])))


def switches(pid):
    total = 0
    for task in os.listdir(f'/proc/{pid}/task'):
        status = read(f'/proc/{pid}/task/{task}/status')
        total += sum(map(int, re.findall(r'ctxt_switches:\s+(\d+)', status)))
    return total


IDLE_SECONDS = 30


def idle():
    """
    idle.NAME: context switches while no event comes; idle.module: timers started
    and work queued by the module in that time.
    """
    for name, watcher in [
            ('watch', lambda: read_by(module('auto'), watch())),
            ('bpftrace', bpftrace), ('forkstat', forkstat)]:
        with watcher() as running:
            before = switches(running.pid)
            time.sleep(IDLE_SECONDS)
            figure(f'idle.{name}', switches(running.pid) - before)

    events = [f'{TRACING}/events/{event}/enable' for event in (
        'timer/timer_start', 'timer/hrtimer_start',
        'workqueue/workqueue_queue_work', 'workqueue/workqueue_execute_start')]
    with read_by(module('auto'), watch()):
        for event in events:
            write(event, '1')
        time.sleep(IDLE_SECONDS)
        for event in events:
            write(event, '0')
        lines = [line for line in read(f'{TRACING}/trace').splitlines()
                 if not line.startswith('#')]
    write(f'{TRACING}/trace', '')
    ours = [line for line in lines if '[nsorphan]' in line]
    say(f'idle: {len(lines)} timers and work items, {len(ours)} of the module')
    for line in ours[:5]:
        say(line)
    if not lines:
        raise RuntimeError('no timer at all was seen')
    figure('idle.module', len(ours))

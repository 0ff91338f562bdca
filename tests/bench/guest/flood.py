# SPDX-License-Identifier: GPL-2.0
"""Events that each reader prints, reports as lost, and silently loses in a flood."""
import contextlib
import json
import re
import subprocess
import time

from figures import figure, say
from readers import OUTPUT, ran_ns, read_by
from watchers import (bpftrace, forkstat, kprobe_event, module, read,
                      trace_pipe, watch)

CHILDREN = 10000
# Between the death of the parent and that of the subreaper.
PAUSE_MS = 1000


def nsorphan_counts(text):
    printed = lost = 0
    for line in text.splitlines():
        event = json.loads(line)
        if event['event'] == 'reparent':
            printed += event['child']['comm'] == 'flood'
        elif event['event'] == 'lost':
            lost += event['count']
    return printed, lost


def bpftrace_counts(text):
    return (len(re.findall(r'^\d+ flood ', text, re.M)),
            sum(map(int, re.findall(r'Lost (\d+) events', text))))


def kprobe_event_counts(text):
    return (len(re.findall(r'^ +flood-.* orphan: ', text, re.M)),
            sum(map(int, re.findall(r'LOST (\d+) EVENTS', text))))


def forkstat_counts(text):
    """Counts exits: forkstat has no orphans. It never reports lost events."""
    return len(re.findall(r'^\S+ +exit ', text, re.M)), 0


def quiet(running):
    """Returns once the reader has run less than 20 ms in a second; some poll."""
    before = ran_ns(running.pid)
    while True:
        time.sleep(1)
        now = ran_ns(running.pid)
        if now - before < 20e6:
            return
        before = now


def measure():
    """flood.WATCHER.printed, .lost and .expected, with default buffers."""
    orphaned = 2 * CHILDREN + 1
    with open(OUTPUT, 'wb') as output:
        for name, watcher, counts, expected in [
                ('watch-j',
                 lambda: read_by(module('auto'), watch('-j', output=output)),
                 nsorphan_counts, orphaned),
                ('kprobe_event',
                 lambda: read_by(kprobe_event(), trace_pipe(output)),
                 kprobe_event_counts, orphaned),
                ('bpftrace', lambda: bpftrace(output), bpftrace_counts,
                 orphaned),
                # The children, their parent, the subreaper, the last orphan and
                # its parent.
                ('forkstat', lambda: forkstat('-e', 'exit', output=output),
                 forkstat_counts, CHILDREN + 4)]:
            output.seek(0)
            output.truncate()
            with watcher() as running:
                subprocess.run(['bench/flood', str(CHILDREN), str(PAUSE_MS)],
                               check=True)
                quiet(running)
            text = read(OUTPUT)
            printed, lost = counts(text)
            say(f'flood: {name}: {expected} expected, {printed} printed, '
                f'{lost} said to be lost')
            with contextlib.suppress(IndexError):
                say(text.splitlines()[-1])
            figure(f'flood.{name}.expected', expected)
            figure(f'flood.{name}.printed', printed)
            figure(f'flood.{name}.lost', lost)

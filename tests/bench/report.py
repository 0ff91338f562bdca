#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
Makes tables of what was measured, and says whether each figure keeps its bound.

usage: report.py CURVE FIGURES...

The first of the files of figures has the peers in it, too. Writes the curves
for gnuplot to CURVE, and Markdown to stdout. Exit status 1: a bound is missed,
or a figure that has one is not there.
"""
import datetime
import os
import sys

WAYS = 'find_alive_thread', 'kill_orphaned_pgrp'
AN_ORPHAN = {'find_alive_thread': 100, 'kill_orphaned_pgrp': 320}
A_READER = 80
THREE_ORPHANS = 1000
# By whom, and if who adopts, that one can be kept: see out_of_reach().
REACHES_THREE = 'find_alive_thread', 'init'
FORK_PERCENT = {'find_alive_thread': 0.2, 'kill_orphaned_pgrp': 0.5}
A_SIGNAL = 60
# What the sender of a signal within a namespace pays more.
SENDS = {'sends': ('a signal to another process, taken at once', 15),
         'storm': ('... one of a storm, the last still pending', 15)}
# How far the curve may be from a line.
BEND_PERCENT = 5
PEAK_MB = 8
START_MS = 20

SERIES = ('find_alive_thread', 'find_alive_thread+reader',
          'kill_orphaned_pgrp', 'kprobe_event', 'bpftrace')


class Kernel:
    """What was measured on one."""

    def __init__(self, path):
        self.name = os.path.basename(path).removesuffix('.figures')
        with open(path, encoding='utf-8') as file:
            self.figures = dict(line.split() for line in file)

    def get(self, key):
        value = self.figures.get(key)
        return None if value is None else float(value)

    def has(self, prefix):
        return any(key.startswith(prefix) for key in self.figures)

    def counts(self):
        return sorted(int(key.split('.')[2]) for key in self.figures
                      if key.startswith('cost.nothing.'))

    def added(self, watcher, children):
        """To the death of a parent with so many."""
        if watcher.endswith('+reader'):
            way = watcher.split('+')[0]
            both = [self.added(f'{way}+{reader}', children)
                    for reader in ('watch', 'pipe')]
            return None if None in both else max(both)
        return self.more_than_nothing('cost', watcher, children)

    def more_than_nothing(self, what, watcher, children):
        cost, nothing = (self.get(f'{what}.{name}.{children}')
                         for name in (watcher, 'nothing'))
        return None if None in (cost, nothing) else cost - nothing

    def three(self, watcher, adopter):
        """The same with three, whom init or a subreaper adopts."""
        what = {'init': 'to-init', 'a subreaper': 'cost'}[adopter]
        return self.more_than_nothing(what, watcher, 3)

    def an_orphan(self, watcher):
        return per(self.added(watcher, 1000), 1000)

    def reader(self, way):
        """More than without one, each of 1,000."""
        with_it, without = self.an_orphan(way + '+reader'), self.an_orphan(way)
        return None if None in (with_it, without) else with_it - without

    def percent(self, what, watcher):
        """What the watcher adds to it."""
        base = self.get(f'{what}.nothing')
        added = self.get(f'{what}.added.{watcher}')
        return None if None in (base, added) else 100 * added / base


def per(value, number):
    return None if value is None else value / number


missed = []


def number(value):
    if value is None:
        return '-'
    digits = 0 if value == int(value) or abs(value) >= 1000 else \
        1 if abs(value) >= 10 else 2
    return f'{value:,.{digits}f}'


def row(title, ours, bound=None, peers=(), exact=False, reach=True):
    """
    Prints one. bound None: it has none; peers: (name, value); exact: ours has
    to be the bound; reach: False if that is known to be out of reach.
    """
    good = bound is None or (ours is not None and
                             (ours == bound if exact else ours <= bound))
    if not good and reach:
        missed.append(title)
    peers = [(name, value) for name, value in peers if value is not None]
    shown = number(ours) if good else \
        f"**{number(ours)}, {'missed' if reach else 'out of reach'}**"
    limit = '' if bound is None else \
        number(bound) if exact else f'≤ {number(bound)}'
    theirs = ', '.join(f'{name} {number(value)}' for name, value in peers)
    ratios = ', '.join(f'{value / ours:,.1f}' for _, value in peers) \
        if ours and ours > 0 else ''
    print(f'| {title} | {shown} | {limit} | {theirs} | {ratios} |')


def header(title, unit):
    print(f'\n## {title}\n')
    print(f'| {unit} | nsorphan | bound | peers | theirs / ours |')
    print('| --- | ---: | ---: | --- | ---: |')


def in_the_kernel(kernel):
    header('In the kernel', 'instructions')
    for way in WAYS:
        row(f'an orphan, of 1,000; by {way}', kernel.an_orphan(way),
            AN_ORPHAN[way],
            [(peer, kernel.an_orphan(peer))
             for peer in ('kprobe_event', 'bpftrace')])
        row(f'... more with a reader; by {way}', kernel.reader(way), A_READER)
        for adopter in 'init', 'a subreaper':
            row(f'a parent with three children, to {adopter}; by {way}',
                kernel.three(way, adopter), THREE_ORPHANS,
                [(peer, kernel.three(peer, adopter))
                 for peer in ('kprobe_event', 'bpftrace')],
                reach=(way, adopter) == REACHES_THREE)
        row('... with a reader, who is woken once',
            kernel.added(way + '+reader', 3))
    for way in WAYS:
        percents = [(name, kernel.percent('alone', name)) for name in
                    (way, 'kprobe_event', 'bpftrace', 'forkstat')]
        row(f'fork, exit and wait of a childless process, %; by {way}',
            percents[0][1], FORK_PERCENT[way], percents[1:])
    for way in WAYS:
        row(f'a signal to oneself, caught; with {way}',
            kernel.get(f'signals.added.{way}'), A_SIGNAL,
            [('bpftrace on signal_generate, without those',
              kernel.get('signals.added.bpftrace'))])
    for what, (title, bound) in SENDS.items():
        row(f'{title}, %', kernel.percent(what, 'find_alive_thread'), bound,
            [('bpftrace on signal_generate', kernel.percent(what, 'bpftrace'))])
    base = per(None if kernel.get('cost.nothing.1000') is None else
               kernel.get('cost.nothing.1000') - kernel.get('cost.nothing.0'),
               1000)
    print(f'\nWith nothing loaded, a child costs {number(base)}, and fork, '
          f'exit and wait {number(kernel.get("alone.nothing"))}. "With a reader"'
          ' is with the dearer of `nsorphan watch -j` and `cat events_pipe`.')


def a_hit(kernel):
    """
    Of the probe that is hit once a child, and by each process that exits: what
    an orphan costs more by it than by one that is hit once a parent.
    """
    hit_each, hit_once = map(kernel.an_orphan,
                             ('kill_orphaned_pgrp', 'find_alive_thread'))
    return None if None in (hit_each, hit_once) else hit_each - hit_once


def out_of_reach(kernel):
    """Why three children cost more than their bound."""
    hit = a_hit(kernel)
    record = kernel.an_orphan('find_alive_thread')
    both = [kernel.three('find_alive_thread', adopter)
            for adopter in ('init', 'a subreaper')]
    if None not in (hit, *both):
        print(f'\nBy find_alive_thread three children cost more where there is '
              f'a subreaper: the kernel calls it once more, for that one, and '
              f'whether it began to exit just then is known by what the call '
              f'returns only. The hit is {number(hit)}, to watch it return the '
              f'other {number(both[1] - both[0] - hit)}.')
    if None not in (hit, record):
        print(f'\nBy kill_orphaned_pgrp three children cannot cost less than '
              f'1,000: it is hit four times, once for the father himself. '
              f'Four hits, of {number(hit)} each, and three records, of '
              f'{number(record)}, are {number(4 * hit + 3 * record)}.')


def linear(kernel):
    header('Interrupts off: linear in the number of children',
           '% from a line through 1,000 children')
    counts = [count for count in kernel.counts() if count > 1000]
    for way in WAYS:
        at_1000 = kernel.added(way, 1000)
        for count in counts:
            slope = per(None if kernel.added(way, count) is None else
                        kernel.added(way, count) - at_1000, count - 1000)
            row(f'slope from 1,000 to {count:,}; by {way}',
                None if slope is None else
                abs(100 * (slope / (at_1000 / 1000) - 1)), BEND_PERCENT)
    for way in WAYS:
        row(f'allocations in the death of 1,000 children\'s parent; by {way}',
            kernel.get(f'allocations.{way}'),
            kernel.get('allocations.nothing') or 0, exact=True)


def outside(kernel):
    def peers(key, scale=1, names=('kprobe_event', 'bpftrace', 'forkstat')):
        return [(name, per(kernel.get(f'{key}.{name}'), scale))
                for name in names]

    header('Outside', 'figure')
    dearest = kernel.get('reader.cpu.bpftrace')
    row('`watch`: instructions of the reader, an event',
        kernel.get('reader.cpu.watch'), dearest or 0, peers('reader.cpu'))
    row('`watch -j`: the same', kernel.get('reader.cpu.watch-j'),
        2 * (dearest or 0), peers('reader.cpu'))
    row('instructions of kernel workers, an event (ours feeds the socket)',
        kernel.get('reader.kworkers.watch'), None, peers('reader.kworkers'))
    for name in 'watch', 'watch-j':
        row(f'`{name.replace("-", " -")}`: peak memory, MB',
            per(kernel.get(f'reader.peak.{name}'), 1024), PEAK_MB,
            peers('reader.peak', 1024))
        row(f'`{name.replace("-", " -")}`: from exec to listening, ms',
            per(kernel.get(f'start.{name}'), 1e6), START_MS,
            peers('start', 1e6))
    row('idle for 30 s: context switches of `watch`', kernel.get('idle.watch'),
        0, peers('idle'))
    row('idle for 30 s: timers and work of the module',
        kernel.get('idle.module'), 0)
    added = [(name, kernel.percent('crowd', name)) for name in
             ('find_alive_thread+watch', 'bpftrace', 'forkstat')]
    row('fork, exit and wait, on one processor with the reader, %',
        added[0][1], None, added[1:])


def floods(kernel):
    print('\n## Ten thousand orphans at once, twice: to a subreaper, to init\n')
    print('| buffers as they are by default | to be told | printed |'
          ' said to be lost | lost unsaid |')
    print('| --- | ---: | ---: | ---: | ---: |')
    for name in 'watch-j', 'kprobe_event', 'bpftrace', 'forkstat':
        expected, printed, lost = [
            kernel.get(f'flood.{name}.{what}')
            for what in ('expected', 'printed', 'lost')]
        if None in (expected, printed, lost):
            if name == 'watch-j':
                missed.append('the flood')
            continue
        unsaid = expected - printed - lost
        if name == 'watch-j' and unsaid:
            missed.append('nothing lost unsaid')
        title = '`nsorphan watch -j`' if name == 'watch-j' else name
        print(f'| {title} | {number(expected)} | {number(printed)} |'
              f' {number(lost)} | {number(unsaid)} |')
    print('\nforkstat knows no orphans: its are the exits. kprobe_event is'
          ' read by `cat trace_pipe`.')


def elsewhere(kernels):
    print('\n## In the kernel, on others\n')
    print('| kernel | way in | an orphan | more with a reader |'
          ' three children, to init | to a subreaper | fork, exit, wait |'
          ' a signal to oneself |'
          ' to another | in a storm |')
    print('| --- | --- |' + ' ---: |' * 8)

    def cell(kernel, title, value, bound, unit='', least=None):
        """least: what nobody can go below."""
        if value is not None and value <= bound:
            return f'{number(value)}{unit}'
        if None not in (value, least) and least > bound:
            return f'{number(value)}{unit} (of it hits {number(least)}{unit})'
        missed.append(f'{kernel.name}: {title}')
        return f'**{number(value)}{unit}, missed**'

    for kernel in kernels:
        for way in WAYS:
            where = f'{kernel.figures.get("release", kernel.name)} | {way}'
            if not kernel.has(f'cost.{way}.'):
                print(f'| {where} | is not there | | | | | | | |')
                continue
            base = kernel.get('alone.nothing')
            # Where a probe is a trap, its hits alone are more than the bound.
            hit = a_hit(kernel) if way == 'kill_orphaned_pgrp' else None
            cells = [
                cell(kernel, f'an orphan; by {way}',
                     kernel.an_orphan(way), AN_ORPHAN[way], least=hit),
                cell(kernel, f'with a reader; by {way}',
                     kernel.reader(way), A_READER),
                # What a hit of a probe costs is another on each.
                number(kernel.three(way, 'init')),
                number(kernel.three(way, 'a subreaper')),
                cell(kernel, f'fork; by {way}',
                     kernel.percent('alone', way), FORK_PERCENT[way], ' %',
                     None if None in (hit, base) else 100 * hit / base),
                cell(kernel, f'a signal; with {way}',
                     kernel.get(f'signals.added.{way}'), A_SIGNAL)]
            title, bound = SENDS['sends']
            cells += [cell(kernel, f'{title}; with {way}',
                           kernel.percent('sends', way), bound, ' %'),
                      # Of the cheapest signal there is, which is another one
                      # on each.
                      f"{number(kernel.percent('storm', way))} %"]
            print(f'| {where} | ' + ' | '.join(cells) + ' |')
    print('\nBounds as above; none for three children and in a storm, where '
          'what a hit and a signal cost is another on each.')


def write_curve(kernel, path):
    with open(path, 'w', encoding='utf-8') as file:
        print('children', *SERIES, file=file)
        for count in kernel.counts():
            if count:
                added = [kernel.added(name, count) for name in SERIES]
                print(count, *('?' if value is None or value <= 0 else value
                               for value in added), file=file)


def main():
    curve, *paths = sys.argv[1:]
    first, *others = map(Kernel, paths)
    write_curve(first, curve)

    print('<!-- SPDX-License-Identifier: GPL-2.0, written by make bench -->')
    print('# What it costs\n')
    print(f'Measured on {datetime.date.today()} by `make bench` in guests, the'
          f' first with Linux {first.figures.get("release")}.')
    print('An instruction is one of the guest, as `qemu -icount` counts them,'
          ' on one processor: that sees no caches and no memory latency.')
    print('Each figure is a median of three or more, that of children who come'
          ' to init the least of fifteen. The peers: an ftrace'
          ' kprobe_event with three arguments, bpftrace printing pid and name'
          ' of child, father and new parent, both on kill_orphaned_pgrp; and'
          ' forkstat.')
    if first.has('cost.'):
        print('\n![Added instructions by number of children](cost.svg)')
        in_the_kernel(first)
        out_of_reach(first)
        linear(first)
    if first.has('reader.'):
        outside(first)
    if first.has('flood.'):
        floods(first)
    if others:
        elsewhere(others)
    print('\n' + ('Every bound is kept that is not out of reach.' if not missed else
                  'Missed: ' + '; '.join(missed) + '.'))
    sys.exit(1 if missed else 0)


main()

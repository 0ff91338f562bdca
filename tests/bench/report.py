#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
Makes tables of the measured figures, and checks each against its bound.

usage: report.py CURVE FIGURES...

The first file of figures has those of the peers, too. Writes the curves for
gnuplot to CURVE, and Markdown to stdout. Exit status 1: a bound is missed, or a
figure that has one is absent.
"""
import datetime
import os
import sys

HOOKS = 'find_alive_thread', 'kill_orphaned_pgrp'
AN_ORPHAN = {'find_alive_thread': 105, 'kill_orphaned_pgrp': 320}
A_READER = 80
THREE_ORPHANS = 1000
# The hook and the adopter for which that bound can be met: see out_of_reach().
REACHES_THREE = 'find_alive_thread', 'init'
FORK_PERCENT = {'find_alive_thread': 0.2, 'kill_orphaned_pgrp': 0.5}
A_SIGNAL = 75
# Percent that are added for the sender of a signal within a namespace.
SENDS = {'sends': ('a signal to another process that takes it at once', 15),
         'storm': ('... in a storm, with the one before still pending', 20)}
# How far the curve may deviate from a line.
BEND_PERCENT = 5
PEAK_MB = 8
START_MS = 20
# Of ps -e.
LIST_TIMES = 3

SERIES = ('find_alive_thread', 'find_alive_thread+reader',
          'kill_orphaned_pgrp', 'kprobe_event', 'bpftrace')


class Kernel:
    """The figures of one kernel."""

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
        """Instructions added to the death of a parent with so many children."""
        if watcher.endswith('+reader'):
            hook = watcher.split('+')[0]
            both = [self.added(f'{hook}+{reader}', children)
                    for reader in ('watch', 'pipe')]
            return None if None in both else max(both)
        return self.more_than_nothing('cost', watcher, children)

    def more_than_nothing(self, what, watcher, children):
        cost, nothing = (self.get(f'{what}.{name}.{children}')
                         for name in (watcher, 'nothing'))
        return None if None in (cost, nothing) else cost - nothing

    def three(self, watcher, adopter):
        """The same for three children that init or a subreaper adopts."""
        what = {'init': 'to-init', 'a subreaper': 'cost'}[adopter]
        return self.more_than_nothing(what, watcher, 3)

    def an_orphan(self, watcher):
        return per(self.added(watcher, 1000), 1000)

    def reader(self, hook):
        """What a reader adds to each of 1,000 orphans."""
        with_it, without = self.an_orphan(hook + '+reader'), self.an_orphan(hook)
        return None if None in (with_it, without) else with_it - without

    def percent(self, what, watcher):
        """What the watcher adds, in percent."""
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
    Prints a row. bound: None for none; peers: (name, value); exact: the figure has
    to equal the bound; reach: False if the bound is known to be out of reach.
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
    for hook in HOOKS:
        row(f'an orphan, of 1,000; {hook}', kernel.an_orphan(hook),
            AN_ORPHAN[hook],
            [(peer, kernel.an_orphan(peer))
             for peer in ('kprobe_event', 'bpftrace')])
        row(f'... more with a reader; {hook}', kernel.reader(hook), A_READER)
        for adopter in 'init', 'a subreaper':
            row(f'a parent with three children, to {adopter}; {hook}',
                kernel.three(hook, adopter), THREE_ORPHANS,
                [(peer, kernel.three(peer, adopter))
                 for peer in ('kprobe_event', 'bpftrace')],
                reach=(hook, adopter) == REACHES_THREE)
        row('... with a reader, which is woken once',
            kernel.added(hook + '+reader', 3))
    for hook in HOOKS:
        percents = [(name, kernel.percent('alone', name)) for name in
                    (hook, 'kprobe_event', 'bpftrace', 'forkstat')]
        row(f'fork, exit and wait of a childless process, %; {hook}',
            percents[0][1], FORK_PERCENT[hook], percents[1:])
    for hook in HOOKS:
        row(f'a signal to oneself, caught; {hook}',
            kernel.get(f'signals.added.{hook}'), A_SIGNAL,
            [('bpftrace on signal_generate, which ignores these',
              kernel.get('signals.added.bpftrace'))])
    for what, (title, bound) in SENDS.items():
        row(f'{title}, %', kernel.percent(what, 'find_alive_thread'), bound,
            [('bpftrace on signal_generate', kernel.percent(what, 'bpftrace'))])
    base = per(None if kernel.get('cost.nothing.1000') is None else
               kernel.get('cost.nothing.1000') - kernel.get('cost.nothing.0'),
               1000)
    print(f'\nWith nothing loaded, a child costs {number(base)}, and fork, '
          f'exit and wait {number(kernel.get("alone.nothing"))}. "With a reader"'
          ' is with `nsorphan watch -j` or `cat events_pipe`, whichever costs more.')


def a_hit(kernel):
    """
    Cost of a probe hit: kill_orphaned_pgrp is hit once for each child and each
    exiting process, find_alive_thread once for each parent.
    """
    hit_each, hit_once = map(kernel.an_orphan,
                             ('kill_orphaned_pgrp', 'find_alive_thread'))
    return None if None in (hit_each, hit_once) else hit_each - hit_once


def out_of_reach(kernel):
    """Explains why three children cost more than their bound."""
    hit = a_hit(kernel)
    record = kernel.an_orphan('find_alive_thread')
    both = [kernel.three('find_alive_thread', adopter)
            for adopter in ('init', 'a subreaper')]
    if None not in (hit, *both):
        print(f'\nWith find_alive_thread three children cost more where there is '
              f'a subreaper: the kernel calls it once more, for the subreaper, '
              f'and only the return value shows whether the subreaper has just '
              f'begun to exit. The probe hit is {number(hit)}, the return '
              f'probe {number(both[1] - both[0] - hit)}.')
    if None not in (hit, record):
        print(f'\nWith kill_orphaned_pgrp three children cannot cost less than '
              f'1,000: the probe is hit four times, once for the parent '
              f'itself. Four hits of {number(hit)} each and three records of '
              f'{number(record)} are {number(4 * hit + 3 * record)}.')


def linear(kernel):
    header('Interrupts off: linear in the number of children',
           '% off a line through 1,000 children')
    counts = [count for count in kernel.counts() if count > 1000]
    for hook in HOOKS:
        at_1000 = kernel.added(hook, 1000)
        for count in counts:
            slope = per(None if kernel.added(hook, count) is None else
                        kernel.added(hook, count) - at_1000, count - 1000)
            row(f'slope from 1,000 to {count:,}; {hook}',
                None if slope is None else
                abs(100 * (slope / (at_1000 / 1000) - 1)), BEND_PERCENT)
    for hook in HOOKS:
        row(f'allocations in the death of 1,000 children\'s parent; {hook}',
            kernel.get(f'allocations.{hook}'),
            kernel.get('allocations.nothing') or 0, exact=True)


def outside(kernel):
    def peers(key, scale=1, names=('kprobe_event', 'bpftrace', 'forkstat')):
        return [(name, per(kernel.get(f'{key}.{name}'), scale))
                for name in names]

    header('In user space, and when idle', 'figure')
    dearest = kernel.get('reader.cpu.bpftrace')
    row('`watch`: instructions of the reader, an event',
        kernel.get('reader.cpu.watch'), dearest or 0, peers('reader.cpu'))
    row('`watch -j`: the same', kernel.get('reader.cpu.watch-j'),
        2 * (dearest or 0), peers('reader.cpu'))
    row('instructions of kernel workers, an event (the module\'s fills the socket)',
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


def listing(kernel):
    ps = kernel.get('list.ps')
    header('1,000 containers, each of two processes', 'million instructions')
    for name, title in (
            ('named', '`list`, with names, in files of Docker'),
            ('unnamed', '`list`, without names: all files are looked for'),
            ('explain', '`explain` of all, which are healthy'),
            ('check', '`check`'), ('stops', '`stops`, when they have ended')):
        row(title, per(kernel.get(f'list.{name}'), 1e6),
            LIST_TIMES * (ps or 0) / 1e6, [('ps -e', per(ps, 1e6))])


def floods(kernel):
    print('\n## Ten thousand orphans at once, twice: to a subreaper, to init\n')
    print('| default buffers | expected | printed | reported as lost |'
          ' lost silently |')
    print('| --- | ---: | ---: | ---: | ---: |')
    for name in 'watch-j', 'kprobe_event', 'bpftrace', 'forkstat':
        expected, printed, lost = [
            kernel.get(f'flood.{name}.{what}')
            for what in ('expected', 'printed', 'lost')]
        if None in (expected, printed, lost):
            if name == 'watch-j':
                missed.append('the flood')
            continue
        silently = expected - printed - lost
        if name == 'watch-j' and silently:
            missed.append('no event is lost silently')
        title = '`nsorphan watch -j`' if name == 'watch-j' else name
        print(f'| {title} | {number(expected)} | {number(printed)} |'
              f' {number(lost)} | {number(silently)} |')
    print('\nforkstat has no orphans; exits are counted for it. kprobe_event is'
          ' read with `cat trace_pipe`.')


def elsewhere(kernels):
    print('\n## In other kernels\n')
    print('| kernel | hook | an orphan | more with a reader |'
          ' three children, to init | to a subreaper | fork, exit, wait |'
          ' a signal to oneself |'
          ' to another | in a storm |')
    print('| --- | --- |' + ' ---: |' * 8)

    def cell(kernel, title, value, bound, unit='', least=None):
        """least: the cost of probe hits alone, which cannot be avoided."""
        if value is not None and value <= bound:
            return f'{number(value)}{unit}'
        if None not in (value, least) and least > bound:
            return f'{number(value)}{unit} (of it hits {number(least)}{unit})'
        missed.append(f'{kernel.name}: {title}')
        return f'**{number(value)}{unit}, missed**'

    for kernel in kernels:
        for hook in HOOKS:
            where = f'{kernel.figures.get("release", kernel.name)} | {hook}'
            if not kernel.has(f'cost.{hook}.'):
                print(f'| {where} | not in this kernel | | | | | | | |')
                continue
            base = kernel.get('alone.nothing')
            # Where a probe is a breakpoint, its hits alone exceed the bound.
            hit = a_hit(kernel) if hook == 'kill_orphaned_pgrp' else None
            cells = [
                cell(kernel, f'an orphan; {hook}',
                     kernel.an_orphan(hook), AN_ORPHAN[hook], least=hit),
                cell(kernel, f'with a reader; {hook}',
                     kernel.reader(hook), A_READER),
                # The cost of a probe hit differs between kernels.
                number(kernel.three(hook, 'init')),
                number(kernel.three(hook, 'a subreaper')),
                cell(kernel, f'fork; {hook}',
                     kernel.percent('alone', hook), FORK_PERCENT[hook], ' %',
                     None if None in (hit, base) else 100 * hit / base),
                cell(kernel, f'a signal; {hook}',
                     kernel.get(f'signals.added.{hook}'), A_SIGNAL)]
            title, bound = SENDS['sends']
            cells += [cell(kernel, f'{title}; {hook}',
                           kernel.percent('sends', hook), bound, ' %'),
                      # Percent of the cheapest signal, which differs between
                      # kernels.
                      f"{number(kernel.percent('storm', hook))} %"]
            print(f'| {where} | ' + ' | '.join(cells) + ' |')
    print('\nBounds as above. Three children and a storm have none: the cost of a '
          'probe hit and of a signal differs between kernels.')


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
    print('Instructions are those of the guest, counted by `qemu -icount` on one'
          ' processor: caches and memory latency are not seen.')
    print('Each figure is a median of three or more; where init adopts, the'
          ' minimum of fifteen. The peers: an ftrace kprobe_event with three'
          ' arguments, bpftrace printing pid and name of child, old parent and'
          ' new parent, both on kill_orphaned_pgrp; and forkstat.')
    if first.has('cost.'):
        print('\n![Added instructions by number of children](cost.svg)')
        in_the_kernel(first)
        out_of_reach(first)
        linear(first)
    if first.has('reader.'):
        outside(first)
    if first.has('list.'):
        listing(first)
    if first.has('flood.'):
        floods(first)
    if others:
        elsewhere(others)
    print('\n' + ('Every bound that can be met is met.' if not missed else
                  'Missed: ' + '; '.join(missed) + '.'))
    sys.exit(1 if missed else 0)


main()

# SPDX-License-Identifier: GPL-2.0
# slow:
# first:
"""
Random forests of processes grow and die. What the module says of it is what
two witnesses saw: /proc before and after each death, and ftrace.

usage: forest.py [--seed SEED [--round N] [--way NAME] [--verify]]
"""
import argparse
import collections
import itertools
import random
import time

from lib import *
from witness.actors import Stuck
from witness.rounds import ONE_CPU, WAYS, Rounds, one_processor
from witness.trace import tracing
from witness.verdict import Verdict

FIXED_SEED = 1
# How much of a seed: adoptions, teardowns; adoptions after which a round ends.
WHOLE, SAMPLE = (900, 45, 60), (200, 10, 20)
# Two seeds and a sample are at least that.
ENOUGH = 2000, 100

# What the seeds have to meet.
MET = (
    'by init', 'by ns-init', 'by subreaper', 'by a subreaper below another',
    'by a threaded process', 'by a dying init', 'from a dying subreaper',
    'from a last thread that is not the leader', 'crossed', 'of a zombie',
    'of a zombie, reaped at once', 'of one whose leader has exited',
    'of one stopped', 'of one in vfork', 'of one traced by its parent',
    'of one traced by another', 'of one traced from another namespace',
    "of a namespace's init", 'of another user', 'with a pdeath_signal',
    'after double fork', 'after CLONE_PARENT', 'after no exit signal',
    'after vfork', 'after exec', 'after exec from a thread', 'after setns',
    'after unshare', 'kills', 'teardowns of a threaded init',
    'teardowns that had to wait', 'at level 32',
)


class Judged(Rounds):
    def __init__(self, seed, trace):
        super().__init__(seed)
        self.trace = trace
        self.verdict = Verdict(self.actors, self.cgroup, self.complain)
        self.complaints = []
        self.next_seq = next_seq()
        self.adoptions = self.teardowns = 0

    def complain(self, what, event=''):
        self.complaints.append(f'seed {self.seed}, round {self.round}, step '
                               f'{self.steps}: {what} {event}')

    def judge(self, before, began_ns, dying, events):
        for event in events:
            if event['seq'] != self.next_seq:
                self.complain(f'its seq is not {self.next_seq}', event)
            self.next_seq = event['seq'] + 1
        self.verdict.step(before, began_ns, dying, events, self.growth.marks,
                          self.cpus != ONE_CPU)
        self.events += events

    def judged(self, number, enough):
        """One round; True if there was nothing to complain of."""
        self.events = []
        end = self.verdict.counts['adoptions'] + enough
        try:
            self.run(number, lambda: self.verdict.counts['adoptions'] >= end)
        except Stuck as why:
            self.complain(f'the forest is stuck: {why}')
        adoptions, teardowns, signals = self.trace.take(self.actors.tids)
        self.adoptions += len(adoptions)
        self.teardowns += len(teardowns)
        self.verdict.compare(self.events, adoptions, teardowns,
                             self.actors.tids)
        self.verdict.compare_signals(self.events, signals, self.actors.tids)
        for failure in self.actors.failures:
            self.complain(failure)
        return not self.complaints

    def as_much_as(self, adoptions, teardowns, enough):
        for number in itertools.count():
            if not self.judged(number, enough) or (self.adoptions >= adoptions
                                           and self.teardowns >= teardowns):
                break


def told(status):
    """The module's own counts of what went wrong."""
    return {name: status[name] for name in
            ('missed', 'dropped', 'overwritten', 'mismatched')
            if status.get(name)}


def replay(seed, number, parameters):
    return ('# replay: tests/vm/boot --kernel KERNEL --timeout 600 '
            '/usr/bin/python3 guest/forest.py '
            f'--seed {seed} --round {number}' + ''.join(
                {'reparent_probe': f' --way {value}',
                 'verify': ' --verify'}[name]
                for name, value in parameters.items()))


def compared(seeds, much, number=None, **parameters):
    """
    Compares so much of each seed, or one round: the kernel and its way in, how
    many adoptions and teardowns, and how much of each kind they met. None if
    this kernel has no such way.
    """
    began = time.monotonic()
    words = [f'{name}={value}' for name, value in parameters.items()]
    # What hangs, in a forest, may hang for long.
    loaded = insmod('signals=all', 'stall_ms=0', *words)
    if loaded.returncode:
        assert 'not supported' in loaded.stderr, loaded.stderr
        print('# not on this kernel:', *words)
        return None
    runs, why = [], []
    with tracing() as trace:
        for seed in seeds:
            run = Judged(seed, trace)
            runs.append(run)
            if number is None:
                run.as_much_as(*much)
            else:
                run.judged(number, much[-1])
            run.close()
            if run.complaints:
                why = [replay(seed, run.round, parameters),
                       *run.complaints[:12]]
                break
        if trace.lost():
            why.append(f'the trace has lost some: {trace.lost()}')
    now = status()
    if told(now):
        why.append(f'status says {told(now)}')
    way = now['reparent_probe']
    adoptions = sum(run.adoptions for run in runs)
    teardowns = sum(run.teardowns for run in runs)
    ok(not why,
       f"{now['kernel']}: reparent_probe {way}"
       f"{', verified' * ('verify' in parameters)}, "
       f'{adoptions} adoptions, {teardowns} teardowns and '
       f"{sum(run.verdict.counts['signals'] for run in runs)} signals compared, "
       f"seed{'s' * (len(seeds) > 1)} {' and '.join(map(str, seeds))}", *why)
    print(f'# {time.monotonic() - began:.0f} seconds')
    for run in runs:
        print(f'# seed {run.seed}, met:', dict(run.verdict.counts))
        print(f'# seed {run.seed}, done:', run.done)
    if why:
        # What is left of the forest would be in the way.
        done()
    assert rmmod().returncode == 0
    return ((now['kernel'], way), (adoptions, teardowns),
            sum((run.verdict.counts for run in runs), collections.Counter()))


def all_ways_compared():
    """Does ways.py set them against each other on this kernel?"""
    with open('guest/ways.py') as ways:
        return KERNEL in re.search('^# kernels: (.*)$', ways.read(),
                                   re.M)[1].split()


def everything():
    fresh = random.SystemRandom().randint(2, 99999)
    print(f'# seeds {FIXED_SEED} and {fresh}', flush=True)
    (kernel, auto), much, counts = compared([FIXED_SEED, fresh], WHOLE)
    missing = [what for what in MET if not counts[what]]
    equal(missing, [], 'the seeds have met all that there is')
    for way in WAYS:
        if way != auto and not all_ways_compared():
            compared([fresh], SAMPLE, reparent_probe=way)
    if verified := compared([fresh], SAMPLE, verify=1):
        much = [sum(both) for both in zip(much, verified[1])]
    ok(all(got >= wanted for got, wanted in zip(much, ENOUGH)),
       f'{much} adoptions and teardowns are enough', ENOUGH)
    # For the table that tests/run prints.
    print('# compared:', kernel, auto, *much, FIXED_SEED, fresh)


parser = argparse.ArgumentParser()
parser.add_argument('--seed', type=int)
parser.add_argument('--round', type=int)
parser.add_argument('--way')
parser.add_argument('--verify', action='store_true')
arguments = parser.parse_args()
with one_processor():
    if arguments.seed is None:
        everything()
    else:
        chosen = {}
        if arguments.way:
            chosen['reparent_probe'] = arguments.way
        if arguments.verify:
            chosen['verify'] = 1
        compared([arguments.seed], WHOLE, arguments.round, **chosen)
done()

# SPDX-License-Identifier: GPL-2.0
# slow:
# first:
# A third of its time there goes into notes of who allocates what, and a forest makes
# the module allocate nothing.
# boot@debug: --append kmemleak=off
"""
Random forests of processes grow and die. What the module says of it is what
two witnesses saw: /proc before and after each death, and ftrace. And each way in
that this kernel has says the same of the same forest.

usage: forest.py [--seed SEED [--round N] [--way NAME] [--verify] | --ways SEED]
"""
import argparse
import collections
import itertools
import math
import random
import time

from lib import *
from witness.actors import Stuck
from witness.alike import Text, difference
from witness.growth import THEMES
from witness.rounds import ONE_CPU, WAYS, Rounds, one_processor
from witness.trace import tracing
from witness.verdict import Verdict

FIXED_SEED = 16
# So many adoptions and teardowns are compared, and this much of each seed at
# least, so that it comes through all themes; by each way a sample.
ENOUGH = 2000, 100
LEAST = 600, 30
# The fixed one goes on until it has met everything, for so many rounds at most.
MOST_ROUNDS = 4 * len(THEMES)
# Adoptions after which a round ends.
ROUND, ROUND_OF_SAMPLE = 60, 12
# The order of events in a race is not the same each time.
ALIKE = [number for number, theme in enumerate(THEMES) if theme != 'races']

# What the fixed seed has to meet, whatever the others do.
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


def lacking(counts, kinds):
    return [what for what in kinds if not counts[what]]


class Judged(Rounds):
    def __init__(self, seed, trace):
        super().__init__(seed)
        self.trace, self.text = trace, None
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
        if self.text:
            self.text.add((self.round, self.steps), events)

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

    def rounds(self, numbers, enough, adoptions=math.inf, teardowns=0, met=()):
        """
        These, or as many as it takes to have so much and to have met all that;
        until one is wrong.
        """
        for number in numbers:
            if not self.judged(number, enough) or (
                    self.adoptions >= adoptions and self.teardowns >= teardowns
                    and not lacking(self.verdict.counts, met)):
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


Compared = collections.namedtuple('Compared',
                                  'kernel way adoptions teardowns counts text')


def compared(seed, numbers, *much, met=(), keep=False, **parameters):
    """
    Compares these rounds of a seed, or as much of them, until it has met all of
    those kinds: what they came to, how much of each kind they met and, to keep,
    the text. None if this kernel has no such way.
    """
    began = time.monotonic()
    words = [f'{name}={value}' for name, value in parameters.items()]
    # What hangs, in a forest, may hang for long.
    loaded = insmod('signals=all', 'stall_ms=0', *words)
    if loaded.returncode:
        assert 'not supported' in loaded.stderr, loaded.stderr
        print('# not on this kernel:', *words)
        return None
    way = status()['reparent_probe']
    with tracing() as trace:
        run = Judged(seed, trace)
        if keep:
            run.text = Text(way, run.actors, run.cgroup)
        run.rounds(numbers, *much, met=met)
        run.close()
        why = run.complaints[:12]
        if why:
            why.insert(0, replay(seed, run.round, parameters))
        if trace.lost():
            why.append(f'the trace has lost some: {trace.lost()}')
    now, counts = status(), run.verdict.counts
    if told(now):
        why.append(f'status says {told(now)}')
    ok(not why,
       f"{now['kernel']}: reparent_probe {way}"
       f"{', verified' * ('verify' in parameters)}, "
       f'{run.adoptions} adoptions, {run.teardowns} teardowns and '
       f"{counts['signals']} signals compared, seed {seed}", *why)
    print(f'# {time.monotonic() - began:.0f} seconds; met:', dict(counts))
    print('# done:', run.done)
    if why:
        # What is left of the forest would be in the way.
        done()
    assert rmmod().returncode == 0
    return Compared(now['kernel'], way, run.adoptions, run.teardowns, counts,
                    run.text)


def all_ways(seed):
    """The same forest by each way that this kernel has, by the best one first."""
    def sample(**parameters):
        return compared(seed, ALIKE, ROUND_OF_SAMPLE, keep=True, **parameters)

    first = sample(verify=1) or sample()
    found = [first, *filter(None, (sample(reparent_probe=way)
                                   for way in WAYS if way != first.way))]
    for other in found[1:]:
        differ, woken = difference(first.text, other.text)
        print(f'# told after a child had been woken: {woken}')
        ok(not differ, f'{other.way} says all that {first.way} says, seed {seed}',
           f'replay: guest/forest.py --ways {seed}', *(differ or ()))
    return found


def total(found):
    """Adoptions and teardowns."""
    return [sum(one.adoptions for one in found),
            sum(one.teardowns for one in found)]


def everything():
    fresh = random.SystemRandom().randint(2, 99999)
    print(f'# seeds {FIXED_SEED} and {fresh}', flush=True)
    found = all_ways(fresh)

    def rest(share):
        return (max(math.ceil((enough - had) / share), least)
                for enough, had, least in zip(ENOUGH, total(found), LEAST))

    fixed = compared(FIXED_SEED, range(MOST_ROUNDS), ROUND, *rest(2), met=MET)
    found.append(fixed)
    equal(lacking(fixed.counts, MET), [], f'seed {FIXED_SEED} has met all that there is to meet')
    found.append(compared(fresh, itertools.count(), ROUND, *rest(1)))
    much = total(found)
    ok(all(got >= wanted for got, wanted in zip(much, ENOUGH)),
       f'{much} adoptions and teardowns are enough', ENOUGH)
    # For the table that tests/run prints.
    print('# compared:', found[0].kernel, found[0].way, *much, FIXED_SEED, fresh)


parser = argparse.ArgumentParser()
parser.add_argument('--seed', type=int)
parser.add_argument('--round', type=int)
parser.add_argument('--way')
parser.add_argument('--verify', action='store_true')
parser.add_argument('--ways', type=int)
arguments = parser.parse_args()
with one_processor():
    if arguments.ways is not None:
        all_ways(arguments.ways)
    elif arguments.seed is None:
        everything()
    else:
        chosen = {}
        if arguments.way:
            chosen['reparent_probe'] = arguments.way
        if arguments.verify:
            chosen['verify'] = 1
        if arguments.round is None:
            compared(arguments.seed, itertools.count(), ROUND, *ENOUGH, **chosen)
        else:
            compared(arguments.seed, [arguments.round], ROUND, **chosen)
done()

# SPDX-License-Identifier: GPL-2.0
# slow:
# first:
# kmemleak takes a third of the time, and a forest makes the module allocate nothing.
# boot@debug: --append kmemleak=off
"""
Random forests of processes grow and die. The module's events agree with two
witnesses: /proc before and after each death, and ftrace. Each hook that this kernel
has makes the same events of the same forest.

usage: forest.py [--seed SEED [--round N] [--hook NAME] [--verify] | --hooks SEED]
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
from witness.rounds import HOOKS, ONE_CPU, Rounds, one_processor
from witness.trace import tracing
from witness.verdict import Verdict

FIXED_SEED = 16
# How many adoptions and teardowns are compared, and how many of each seed at
# least, so that it comes through all themes; a sample by each hook.
ENOUGH = 2000, 100
LEAST = 600, 30
# The fixed seed goes on until it has met everything, for so many rounds at most.
MOST_ROUNDS = 20 * len(THEMES)
# Adoptions after which a round ends.
ROUND, ROUND_OF_SAMPLE = 60, 12
# The order of events in a race is not the same each time.
ALIKE = [number for number, theme in enumerate(THEMES) if theme != 'races']

# What the fixed seed has to meet; a fresh seed adds what it adds.
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
        """Runs and judges one round; returns False on a complaint."""
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
        Runs rounds until there are enough adoptions and teardowns and all of
        `met` was met, or the numbers end, or a round has a complaint.
        """
        for number in numbers:
            if not self.judged(number, enough) or (
                    self.adoptions >= adoptions and self.teardowns >= teardowns
                    and not lacking(self.verdict.counts, met)):
                break


def errors_counted(status):
    """Returns the module's counts of what went wrong, if there are any."""
    return {name: status[name] for name in
            ('missed', 'dropped', 'overwritten', 'mismatched')
            if status.get(name)}


def replay(seed, number, parameters):
    return ('# replay: tests/vm/boot --kernel KERNEL --timeout 600 '
            '/usr/bin/python3 guest/forest.py '
            f'--seed {seed} --round {number}' + ''.join(
                {'reparent_probe': f' --hook {value}',
                 'verify': ' --verify'}[name]
                for name, value in parameters.items()))


Compared = collections.namedtuple('Compared',
                                  'kernel hook adoptions teardowns counts text')


def compared(seed, numbers, *much, met=(), keep=False, **parameters):
    """
    Compares rounds of a seed until there are enough and all of `met` was met.
    Returns how much was compared and met and, if `keep`, the text; None if this
    kernel does not have the hook.
    """
    began = time.monotonic()
    words = [f'{name}={value}' for name, value in parameters.items()]
    # Processes of a forest may hang for long: no stalls.
    loaded = insmod('signals=all', 'stall_ms=0', *words)
    if loaded.returncode:
        assert 'not supported' in loaded.stderr, loaded.stderr
        print('# not on this kernel:', *words)
        return None
    hook = status()['reparent_probe']
    with tracing() as trace:
        run = Judged(seed, trace)
        if keep:
            run.text = Text(hook, run.actors, run.cgroup)
        run.rounds(numbers, *much, met=met)
        run.close()
        why = run.complaints[:12]
        if why:
            why.insert(0, replay(seed, run.round, parameters))
        if trace.lost():
            why.append(f'the trace has lost events: {trace.lost()}')
    now, counts = status(), run.verdict.counts
    if errors_counted(now):
        why.append(f'status counts {errors_counted(now)}')
    ok(not why,
       f"{now['kernel']}: reparent_probe {hook}"
       f"{', verified' * ('verify' in parameters)}, "
       f'{run.adoptions} adoptions, {run.teardowns} teardowns and '
       f"{counts['signals']} signals compared, seed {seed}", *why)
    print(f'# {time.monotonic() - began:.0f} seconds; met:', dict(counts))
    print('# done:', run.done)
    if why:
        # Its remaining processes would disturb the next one.
        done()
    assert rmmod().returncode == 0
    return Compared(now['kernel'], hook, run.adoptions, run.teardowns, counts,
                    run.text)


def all_hooks(seed):
    """Compares the same forest by each hook of this kernel, the best one first."""
    def sample(**parameters):
        return compared(seed, ALIKE, ROUND_OF_SAMPLE, keep=True, **parameters)

    first = sample(verify=1) or sample()
    found = [first, *filter(None, (sample(reparent_probe=hook)
                                   for hook in HOOKS if hook != first.hook))]
    for other in found[1:]:
        differ, woken = difference(first.text, other.text)
        print(f'# recorded after a child had been woken up: {woken}')
        ok(not differ,
           f'{other.hook} makes the events of {first.hook}, seed {seed}',
           f'replay: guest/forest.py --hooks {seed}', *(differ or ()))
    return found


def total(found):
    """Returns the sums of adoptions and teardowns."""
    return [sum(one.adoptions for one in found),
            sum(one.teardowns for one in found)]


def everything():
    fresh = random.SystemRandom().randint(2, 99999)
    print(f'# seeds {FIXED_SEED} and {fresh}', flush=True)
    found = all_hooks(fresh)

    def rest(share):
        return (max(math.ceil((enough - had) / share), least)
                for enough, had, least in zip(ENOUGH, total(found), LEAST))

    fixed = compared(FIXED_SEED, range(MOST_ROUNDS), ROUND, *rest(2), met=MET)
    found.append(fixed)
    equal(lacking(fixed.counts, MET), [], f'seed {FIXED_SEED} has met everything')
    found.append(compared(fresh, itertools.count(), ROUND, *rest(1)))
    much = total(found)
    ok(all(got >= wanted for got, wanted in zip(much, ENOUGH)),
       f'{much} adoptions and teardowns are enough', ENOUGH)
    # For the table that tests/run prints.
    print('# compared:', found[0].kernel, found[0].hook, *much, FIXED_SEED, fresh)


parser = argparse.ArgumentParser()
parser.add_argument('--seed', type=int)
parser.add_argument('--round', type=int)
parser.add_argument('--hook')
parser.add_argument('--verify', action='store_true')
parser.add_argument('--hooks', type=int)
arguments = parser.parse_args()
with one_processor():
    if arguments.hooks is not None:
        all_hooks(arguments.hooks)
    elif arguments.seed is None:
        everything()
    else:
        chosen = {}
        if arguments.hook:
            chosen['reparent_probe'] = arguments.hook
        if arguments.verify:
            chosen['verify'] = 1
        if arguments.round is None:
            compared(arguments.seed, itertools.count(), ROUND, *ENOUGH, **chosen)
        else:
            compared(arguments.seed, [arguments.round], ROUND, **chosen)
done()

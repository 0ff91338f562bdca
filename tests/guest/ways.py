# SPDX-License-Identifier: GPL-2.0
# first:
# kernels: 6.1 debug 6.1-arm64 5.10 7
"""
The same forests, once through each way in that this kernel has: the same
events, member by member.

usage: ways.py [--seed SEED]
"""
import argparse
import random
import time

from lib import *
from witness.growth import THEMES
from witness.rounds import WAYS, Rounds, one_processor

# Of races, which the order of events depends on, there is none here.
ROUNDS = [theme for theme in THEMES if theme != 'races']
# Adoptions after which a round ends.
ENOUGH = 15 if KERNEL == 'debug' else 25
# What is another each time.
TIMES = 'seq', 'boot_ns', 'start_ns', 'duration_ns'


class Written(Rounds):
    """What happens, in names that are the same each time."""

    def __init__(self, seed):
        super().__init__(seed)
        self.text = []
        self.adoptions = 0

    def judge(self, before, began_ns, dying, events):
        for event in events:
            self.adoptions += event['event'] == 'reparent'
            self.text.append((self.round, self.steps, self.named(event)))

    def named(self, members):
        in_first = members.get('pid') == members.get('ns_pid')
        return {key: self.name(key, value) for key, value in members.items()
                if key not in TIMES and not (key == 'ns_pid' and in_first)}

    def name(self, key, value):
        if isinstance(value, dict):
            return self.named(value)
        if key == 'cgroup':
            return value == self.cgroup
        if key in ('pid', 'tid'):
            return 'init' if value == 1 else f'a{self.actors.slot_of[value]}'
        if key == 'pidns':
            init = self.actors.namespaces[value].init
            return f'that of a{init.slot}' if init else 'the first'
        return value

    def run_all(self):
        for number, theme in enumerate(ROUNDS):
            end = self.adoptions + ENOUGH
            self.run(number, lambda: self.adoptions >= end, theme)


def written(seed, way):
    """What is seen by this way; None if it is not there."""
    # What hangs, in a forest, may hang for long.
    loaded = insmod(f'reparent_probe={way}', 'stall_ms=0', 'signals=off')
    if loaded.returncode:
        assert 'not supported' in loaded.stderr, loaded.stderr
        print(f'# not on this kernel: {way}')
        return None
    began = time.monotonic()
    run = Written(seed)
    run.run_all()
    run.close()
    assert rmmod().returncode == 0
    print(f'# {way}: {run.adoptions} adoptions among {len(run.text)} events, '
          f'{time.monotonic() - began:.0f} seconds', flush=True)
    return run.text


def is_woken(event, way):
    """
    The state of a child is what it was before its parent's death had any
    effect. Not so where that is seen later: of what is watched, it wakes a
    dying init whose last process it releases before find_alive_thread, and who
    is sent a signal before kill_orphaned_pgrp.
    """
    child = event.get('child', {})
    return child.get('state') == 'running' and (
        child.get('ns_pid') == 1
        or way == 'kill_orphaned_pgrp' and 'pdeath_signal' in event)


def stateless(place):
    *where, event = place
    child = dict(event.get('child', {}), state=None)
    return (*where, dict(event, child=child))


def difference(one, other, way):
    """The first two that differ, or None; and how many children were woken."""
    woken = 0
    for left, right in zip(one, other):
        if left != right and is_woken(right[-1], way):
            woken += 1
            left, right = stateless(left), stateless(right)
        if left != right:
            return (left, right), woken
    if len(one) != len(other):
        return (len(one), len(other)), woken
    return None, woken


parser = argparse.ArgumentParser()
parser.add_argument('--seed', type=int,
                    default=random.SystemRandom().randint(1, 99999))
seed = parser.parse_args().seed
with one_processor():
    texts = {way: text for way in WAYS
             if (text := written(seed, way)) is not None}
first, *others = texts
ok(others, f'there is more than {first} to compare')
for way in others:
    differ, woken = difference(texts[first], texts[way], way)
    print(f'# {way} came after a child had been woken: {woken} times')
    ok(not differ, f'{way} says all that {first} says, seed {seed}',
       f'replay: guest/ways.py --seed {seed}', *(differ or ()))
done()

# SPDX-License-Identifier: GPL-2.0
# slow:
# kernels: 6.1 6.1-rt
# boot: --thread multi
"""
Who may adopt begins to exit, or is no subreaper any more, just as the kernel looks
for one: what is told is what it found.
"""
import subprocess

from lib import *
from witness.rounds import Pipe

RACE = '/nsorphan/guest/race'
CHILDREN = 12
ROUNDS = {'parent': 60, 'ancestor': 60, 'prctl': 80, 'thread': 60}
# Turns of an empty loop that one is ahead of the other: a step each round towards
# where either may win: half as long after each change of direction, else twice.
FIRST_STEP, LAST_STEP = 8192, 64


class Race:
    def __init__(self, kind):
        self.pipe = Pipe()
        self.process = subprocess.Popen(
            [RACE, kind, str(CHILDREN)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        self.ahead = self.told = 0
        self.step = FIRST_STEP
        self.last = False

    def won(self):
        """One round; whether the other adopted."""
        print(max(-self.ahead, 0), max(self.ahead, 0), file=self.process.stdin,
              flush=True)
        assert self.process.stdout.readline() == 'over\n'
        told = [event for event in self.pipe.take()
                if event['event'] == 'reparent'
                and event['child']['comm'] == b'race']
        self.told += len(told)
        won = any(map(self.is_other, told))
        if won != self.last:
            self.step = max(self.step // 2, LAST_STEP)
        else:
            self.step = min(self.step * 2, FIRST_STEP)
        self.ahead += -self.step if won else self.step
        self.last = won
        return won

    def is_other(self, event):
        """Did it adopt, here or before?"""
        return (event['new_parent']['pid'] not in (self.process.pid, 1) or
                event['old_parent']['tid'] != event['old_parent']['pid'])

    def end(self):
        self.process.stdin.close()
        self.pipe.close()
        return self.process.wait(timeout=60)


# The way that decides, against one that sees the children after they moved.
with module('verify=1', 'signals=off'):
    for kind, rounds in ROUNDS.items():
        before = status()
        race = Race(kind)
        won = sum(race.won() for _ in range(rounds))
        equal(race.end(), 0, f'races, the other one: {kind}')
        ok(0 < won < rounds, f'it adopts in {won} of {rounds} rounds',
           race.ahead)
        # What is lacking of a father is known when the next one dies.
        orphans(1)
        now = status()
        mismatched, missed = (now[key] - before[key]
                              for key in ('mismatched', 'missed'))
        if kind == 'prctl':
            # README says so, under Limits: rare, and not unsaid.
            equal((race.told, mismatched),
                  (CHILDREN * (rounds - missed), CHILDREN * missed),
                  f'and it is told who did, or that this is lacking: {missed}')
        else:
            equal((mismatched, missed), (0, 0), 'and it is told who did')
done()

# SPDX-License-Identifier: GPL-2.0
# slow:
# kernels: 6.1 6.1-rt
# boot: --thread multi
"""
A process that may adopt begins to exit, or stops being a subreaper, just as the
kernel looks for an adopter: the event names the adopter that the kernel found.
"""
import subprocess

from lib import *
from witness.rounds import Pipe

RACE = '/nsorphan/guest/race'
CHILDREN = 12
# At least so many rounds, and on until each of the two has won so often.
ROUNDS = {'parent': 60, 'ancestor': 60, 'prctl': 80, 'thread': 60}
WINS = 3
# Turns of an empty loop by which one side is delayed: changed each round towards the
# point where either side may win, by half as much after each change of direction, else
# by twice as much.
FIRST_STEP, LAST_STEP = 8192, 64


class Race:
    def __init__(self, kind):
        self.pipe = Pipe()
        self.process = subprocess.Popen(
            [RACE, kind, str(CHILDREN)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        self.ahead = self.reported = 0
        self.step = FIRST_STEP
        self.last = False

    def won(self):
        """Runs a round; tells whether the other process adopted."""
        print(max(-self.ahead, 0), max(self.ahead, 0), file=self.process.stdin,
              flush=True)
        assert self.process.stdout.readline() == 'over\n'
        found = [event for event in self.pipe.take()
                 if event['event'] == 'reparent'
                 and event['child']['comm'] == b'race']
        self.reported += len(found)
        won = any(map(self.is_other, found))
        if won != self.last:
            self.step = max(self.step // 2, LAST_STEP)
        else:
            self.step = min(self.step * 2, FIRST_STEP)
        self.ahead += -self.step if won else self.step
        self.last = won
        return won

    def is_other(self, event):
        """Tells whether the other process adopts here, or did before."""
        return (event['new_parent']['pid'] not in (self.process.pid, 1) or
                event['old_parent']['tid'] != event['old_parent']['pid'])

    def end(self):
        self.process.stdin.close()
        self.pipe.close()
        return self.process.wait(timeout=HANG)


# The hook that decides, compared with one that sees the children afterwards.
with module('verify=1', 'signals=off'):
    for kind, least in ROUNDS.items():
        before = status()
        race = Race(kind)
        rounds = won = 0
        while rounds < least or min(won, rounds - won) < WINS:
            won += race.won()
            rounds += 1
        equal(race.end(), 0, f'races against {kind}')
        print(f'# it adopted in {won} of {rounds} rounds')
        # The module counts what is missing of a parent when the next one dies.
        orphans(1)
        now = status()
        mismatched, missed = (now[key] - before[key]
                              for key in ('mismatched', 'missed'))
        if kind == 'prctl':
            # A limit that the documentation has.
            print(f'# {missed} missed')
            equal((race.reported, mismatched),
                  (CHILDREN * (rounds - missed), CHILDREN * missed),
                  f'{kind}: the adopter is reported, or counted as missed')
        else:
            # A child may be adopted twice in a round.
            ok(race.reported >= CHILDREN * rounds and
               (mismatched, missed) == (0, 0), f'{kind}: the adopter is reported',
               race.reported, mismatched, missed)
done()

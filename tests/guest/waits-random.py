# SPDX-License-Identifier: GPL-2.0
# in turn:
# slow:
# clock: virtual
"""explain names who must act at the end of a random chain of waits, and nobody else."""
import random

from lib import *
from stuck.case import CGROUPS
from stuck.expect import explain, pid_of
from waits.chain import Chain, made
from waits.harness import named, watched

# Chains of earlier runs that found a fault.
SEEDS = (1367064193,)
COUNT = int(os.environ.get('NSORPHAN_CHAINS', 30))


def is_admitted(found):
    """Tells whether the answer says that it does not know."""
    return 'candidates' in found or re.search('not known|cannot be told', found['text'])


def judge(chain, case, seed):
    """Returns whether the actor was named; a wrong one is a failure."""
    name = f'seed {seed}: {chain}'
    found = explain(case.container)
    if not found:
        return False
    actor = found.get('actor', {})
    process = pid_of(actor.get('process'))
    right = process in chain.actors() or (
        chain.end == 'frozen' and
        chain.freezer.removeprefix(CGROUPS) in actor.get('what', ''))
    ok(right or (process is None and is_admitted(found)), f'{name}: who must act', actor,
       f'wanted {chain.actors()} of {chain.pids}', found['verdict'], found['text'])
    equal(named(found) & set(case.bystanders), set(), f'{name}: no bystander is named')
    if not right:
        print(f'# {name}: not told: {found["verdict"]}: {found["text"]}')
    return right


right = 0
seeds = [*SEEDS, *(int.from_bytes(os.urandom(4), 'little') for _ in range(COUNT))]
with watched():
    for number, seed in enumerate(seeds):
        chain = Chain(random.Random(seed))
        with made(chain, f'chain {number}') as case:
            right += judge(chain, case, seed)
print(f'# of {len(seeds)} chains the actor of {right} was named')
done()

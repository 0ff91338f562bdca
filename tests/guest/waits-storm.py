# SPDX-License-Identifier: GPL-2.0
# in turn:
# slow:
"""explain is right about containers whose processes come, go and change."""
import collections
import os
import random
import signal
import time

from lib import *

CONTAINERS = 4
# So many answers about containers that live, and about what ended.
WANTED = {'alive': 40, 'over': 20}
# And about so many processes.
MAINS = 20


def enter(cgroup, entered):
    """Tells who enters the container, as /proc shows it, and does so."""
    entered.send([cgroup.container, int(os.readlink('/proc/self')),
                  stat('self')['start_ticks']])
    cgroup.enter()


def inside(dice, cgroups, entered):
    """Does what an init may do: fork, execute, orphan, enter another container."""
    def exits():
        return 0

    def executes():
        os.execvp('true', ['true'])

    def orphans_one():
        spawn(lambda: time.sleep(dice.random() / 50))

    def moves():
        enter(dice.choice(cgroups), entered)
        time.sleep(dice.random() / 50)

    def asks():
        with contextlib.suppress(ProcessLookupError):
            os.kill(parent, signal.SIGTERM)

    parent = os.getpid()
    for _ in range(dice.randrange(2, 8)):
        spawn(dice.choice((exits, executes, orphans_one, moves, asks)))
    time.sleep(dice.random())
    with contextlib.suppress(ChildProcessError):
        for _ in range(dice.randrange(4)):
            os.waitpid(-1, os.WNOHANG)


# Without a namespace main is who executes a program, as every engine has it do.
SCRIPTS = ('(true &); sleep 0.5 & true & sleep 0.2; exit 3',
           'for i in 1 2 3; do (sleep 0.$i &); sh -c "true & sleep 0.1" & done; wait',
           '(sleep 0.1; kill -TERM $$ 2>/dev/null) & while :; do sleep 0.05; done',
           'sleep 0.1; exec sh -c "(sleep 0.3 &) ; exec sleep 0.2"')


def drive(number, cgroups, entered, held, seed):
    """
    Runs life after life of a container, with or without a namespace. Some wait for
    an answer about them, which they tell by held, a pair of channels.
    """
    cgroup = cgroups[number]
    dice = random.Random(seed + number)
    waiting, answered = held
    # Otherwise an emulated processor would be busy with these alone.
    os.nice(19)

    def init():
        enter(cgroup, entered)
        if is_held:
            waiting.send(number)
            answered.receive()
        inside(dice, cgroups, entered)

    def main():
        enter(cgroup, entered)
        os.execvp('sh', ['sh', '-c', dice.choice(SCRIPTS)])

    while True:
        is_held = dice.random() < 0.4
        pid = namespace(init) if is_held or dice.random() < 0.5 else spawn(main)
        if not is_held and dice.random() < 0.4:
            time.sleep(dice.random() / 5)
            kill(pid)
        os.waitpid(pid, 0)
        time.sleep(dice.random() / 5)


def answer(target):
    """Returns what explain says, or None; checks that it is one line of either."""
    done = run(TOOL, 'explain', '-j', target)
    lines = done.stdout.splitlines()
    try:
        found = [json.loads(line) for line in lines]
    except ValueError:
        found = None
    good = (done.returncode == 0 and found and len(found) == 1 and not done.stderr or
            done.returncode == 1 and not lines and done.stderr.count('\n') == 1)
    if not good:
        ok(False, f'explain {target} says one thing', done.returncode, done.stdout,
           done.stderr)
    return found[0] if good and found else None


def main_of(found):
    """Returns the container's main as enter() tells it."""
    main = found['main']
    return (found['container'], main['pid'],
            main['start_ns'] // (10**9 // os.sysconf('SC_CLK_TCK')))


seed = int.from_bytes(os.urandom(4), 'little')
print(f'# seed {seed}')
with module():
    cgroups = [ContainerCgroup() for _ in range(CONTAINERS)]
    entered, waiting = Channel(), Channel()
    answered = [Channel() for _ in cgroups]
    drivers = [spawn(lambda: drive(number, cgroups, entered,
                                   (waiting, answered[number]), seed))
               for number in range(CONTAINERS)]
    known, mains, strangers = set(), {}, []
    held = set()
    counts = collections.Counter()

    def hear():
        while entered.has():
            known.add(tuple(entered.receive()))

    while (any(counts[state] < number for state, number in WANTED.items()) or
           len(mains) < MAINS):
        hear()
        # Lives that nobody holds may be over before anybody asks: on a busy machine
        # nearly all of them are.
        while waiting.has() or counts['over'] >= WANTED['over'] and not held:
            held.add(waiting.receive())
        for number, cgroup in enumerate(cgroups):
            is_held = number in held
            found = answer(cgroup.container)
            if found:
                counts['alive' if found['state'] == 'alive' else 'over'] += 1
                if found['container'] != cgroup.container:
                    strangers.append((cgroup.container, found))
                elif 'main' in found:
                    mains[main_of(found)] = found
            if is_held:
                # Its life is that of who entered the container before it, and may have
                # ended since.
                ok(found and found['state'] in ('alive', 'left-behind'),
                   'one that waits is alive, or left behind', found)
                held.remove(number)
                answered[number].send('answered')
        # It may be in a container still, or in another one.
        if known:
            found = answer(str(max(known, key=lambda one: one[2])[1]))
            if found and 'container' in found and 'main' in found:
                mains[main_of(found)] = found
    kill(*drivers)
    for pid in drivers:
        os.waitpid(pid, 0)
    hear()
    equal(strangers[:3], [], 'each answer is about the container that was asked for')
    print(f'# {len(mains)} of {len(known)} mains were seen')
    unknown = set(mains) - known
    ok(not unknown, 'and each main is one process, which entered that container',
       *(f'{mains[one]["main"]} {mains[one]["verdict"]}: {mains[one]["text"]}, known: '
         f'{[other for other in known if other[1] == one[1]]}'
         for one in sorted(unknown)[:5]))
done()

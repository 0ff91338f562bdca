# SPDX-License-Identifier: GPL-2.0
# kernels: 6.1 6.1-rt debug
# slow:
"""Cgroups are made, renamed and removed while events of them are recorded."""
from lib import *


LOADS = 8 // SLOW
STEPS = 200 // SLOW


def storm(mount, name, rounds):
    """Makes events in cgroups that come and go, until it is killed."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    made = 0
    while True:
        made += 1
        top = f'{mount}/{name}'
        path = f'{top}/docker-{made % 1000:064x}.scope'
        inner = f'{path}/inner'
        os.makedirs(inner)
        write(f'{inner}/cgroup.procs', 0)

        def leaves_an_orphan():
            spawn(lambda: None)

        child = spawn(leaves_an_orphan)
        if mount != V2:
            # The worker reads the path meanwhile, or is about to.
            os.rename(path, f'{path}.renamed')
            path, inner = f'{path}.renamed', f'{path}.renamed/inner'
        os.waitpid(child, 0)
        while True:
            try:
                os.waitpid(-1, 0)
            except ChildProcessError:
                break
        write(f'{mount}/cgroup.procs', 0)
        for one in (inner, path):
            # A zombie that init reaps may still count on v1.
            while True:
                try:
                    os.rmdir(one)
                    break
                except OSError as error:
                    assert error.errno == 16, error
        os.write(rounds, b'.')


def rounds_of(pipe, count):
    """Waits until that many rounds are over, of each kind."""
    got = 0
    while got < count:
        got += len(os.read(pipe, 65536))


def steps_that_end_at_once():
    """As where an engine fails, on two processors: each may begin the life."""
    made = []
    with module():
        for n in range(STEPS):
            cgroup = Cgroup(f'/steps/docker-{n:064x}.scope')
            read_end, write_end = os.pipe()

            def step():
                os.close(write_end)
                os.read(read_end, 1)
                os._exit(1)

            steps = [spawn(step) for _ in range(4)]
            for pid in steps:
                cgroup.enter(pid)
            os.close(read_end)
            os.close(write_end)
            for pid in steps:
                os.waitpid(pid, 0)
            cgroup.remove()
            made.append(cgroup.id)
        lives = [life['cgroup'] for life in ledger()]
    equal(sorted(lives), sorted(made), 'steps that end at once are one life')


def loads_beside(storms):
    """Loads the module, and again, while the storms go on."""
    good = True
    for n in range(LOADS):
        with module(f'containers={16 if n % 2 else 1024}', 'signals=all'):
            for _, pipe in storms:
                rounds_of(pipe, 10)
            found = [event for event in lifecycle_events()
                     if event['event'] == 'reparent' and 'container' in event]
            # Readers beside the writers.
            for name in ('cgroups', 'containers', 'events'):
                with open(f'{DEBUGFS}/{name}') as file:
                    good &= bool(file.read()) or name == 'containers'
            ok(len(found) > 0, f'load {n + 1}: events of containers', len(found))
    ok(good, 'each file could be read meanwhile')


steps_that_end_at_once()
with v1('pids') as pids:
    storms = []
    for mount in filter(None, (V2, pids)):
        for name in 'a', 'b':
            read_end, write_end = os.pipe()
            storms.append((spawn(lambda: storm(mount, name, write_end)), read_end))
            os.close(write_end)
    loads_beside(storms)
    for pid, pipe in storms:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
with module():
    ok(status()['missed'] == 0, 'the module can be loaded again')
done()

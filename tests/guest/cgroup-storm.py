# SPDX-License-Identifier: GPL-2.0
# kernels: 6.1 6.1-rt debug
# slow:
"""Cgroups are made, renamed and removed while events of them are recorded."""
from lib import *


V1 = '/tmp/pids'
LOADS = 8
os.makedirs(V1, exist_ok=True)
has_v1 = not run('mount', '-t', 'cgroup', '-o', 'pids', 'none', V1).returncode


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
        if mount == V1:
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


storms = []
for mount, name in [(V2, 'a'), (V2, 'b')] + [(V1, 'a'), (V1, 'b')] * has_v1:
    read_end, write_end = os.pipe()
    storms.append((spawn(lambda: storm(mount, name, write_end)), read_end))
    os.close(write_end)

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
for pid, pipe in storms:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
with module():
    ok(status()['missed'] == 0, 'the module can be loaded again')
done()

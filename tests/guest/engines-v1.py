# SPDX-License-Identifier: GPL-2.0
# one a day:
# slow:
# kernels: 6.1
# boot:
"""Containers of runc where cgroups are of v1, then in a hybrid of both versions."""
# In a guest of its own: the hierarchies stay as they are mounted.
from engines.life import DEAF, Container, whole_life
from engines.runc import make_bundle
from lib import *
from stuck.engine import command

BUNDLE = '/run/deaf'
CONTROLLERS = 'blkio', 'cpu,cpuacct', 'cpuset', 'devices', 'freezer', 'memory', 'pids'


def mount(kind, options, folder):
    os.makedirs(folder, exist_ok=True)
    command('mount', '-t', kind, *options, kind, folder)


def mount_v1():
    """Mounts what systemd mounts in its legacy mode."""
    command('umount', V2)
    mount('tmpfs', (), V2)
    for controllers in CONTROLLERS:
        mount('cgroup', ('-o', controllers), f'{V2}/{controllers}')
    mount('cgroup', ('-o', 'none,name=systemd'), f'{V2}/systemd')


def life(what, hierarchy, *has):
    """
    has: folders in which the container has a cgroup; the one in `hierarchy` is what
    it is known by.
    """
    container = new_container_id()
    # It would keep the pipe open.
    command('sh', '-c', f'exec runc run -d -b {BUNDLE} {container} >/run/runc.out 2>&1')
    main = json.loads(command('runc', 'state', container))['pid']
    equal([os.path.isdir(f'{V2}/{folder}/{container}') for folder in
           ('pids', 'memory', 'systemd', 'unified')],
          [folder in has for folder in ('pids', 'memory', 'systemd', 'unified')],
          f'{what}: its cgroups are in {", ".join(has)}')
    whole_life(Container(what, container, main),
               lambda: command('runc', 'kill', container, 'TERM'),
               lambda: command('runc', 'kill', container, 'KILL'), 'runc')
    life, = [life for life in ledger() if container in life['path']]
    equal((life['main']['pid'], life['hierarchy']), (main, hierarchy),
          f'{what}: the ledger has it, in the hierarchy {hierarchy}')
    command('runc', 'delete', container)


make_bundle(BUNDLE, DEAF)
mount_v1()
with module():
    life('v1', 'pids', 'pids', 'memory', 'systemd')
    mount('cgroup2', (), f'{V2}/unified')
    life('hybrid', 'v2', 'pids', 'memory', 'systemd', 'unified')
done()

# SPDX-License-Identifier: GPL-2.0
# one a day:
# slow:
# kernels: 6.1
# boot: --mem 2048 --package podman --package crun --package catatonit --package uidmap
"""podman's containers, by each command: in a pod, rootless, split, of each runtime."""
from engines.life import DEAF, Container, identity_of, killed, lives, pid_of, recorded, \
    rows_of, whole_life
from engines.names import keeping_names
from engines.podman import Podman
from lib import *
from stuck.expect import explain, objects


HERE = '--network=none',
USER = 1000
# The cgroup that systemd delegates to a user.
DELEGATED = f'/user.slice/user-{USER}.slice/user@{USER}.service'


def ask(podman, name):
    return lambda: podman('kill', '--signal=SIGTERM', name)


def end(podman, name):
    return lambda: podman('kill', name)


def life(what, podman, name, user=None, **more):
    container, main = podman.run(name, *DEAF, **more)
    whole_life(Container(what, container, main, name, user), ask(podman, name),
               end(podman, name), podman.runtime)


def make_pod(podman, name, *options):
    """
    Makes and starts a pod whose containers share a pid namespace; returns the path
    of a cgroup of its own, and its infra container.
    """
    pod = podman('pod', 'create', *HERE, '--share=pid,ipc', '--name', name, *options)
    cgroup = f'{V2}/libpod_parent/{pod}'
    # podman 4.3 forbids all devices in the cgroup that it makes. Without it crun makes
    # it, and can make the devices of a container.
    if os.path.exists(cgroup):
        os.rmdir(cgroup)
    podman('pod', 'start', pod)
    infra = f'{pod[:12]}-infra'
    container, init = podman('inspect', '-f', '{{.Id}} {{.State.Pid}}', infra).split()
    return cgroup, Container(f'{name}: infra', container, int(init), infra,
                             deaf=False)


def in_pod(podman, pod, which, infra):
    name = f'{pod}-{which}'
    container, main = podman.run(name, *DEAF,
                                 options=(*HERE, '--pod', pod, '--name', name))
    return Container(f'{pod}: {which}', container, main, name, init=infra.main)


def ended_with_infra(one, infra):
    """The container was not asked: its pid namespace ended."""
    stop, = rows_of(one, 'stops')
    ok((identity_of(stop), pid_of(stop['main']), stop['outcome'],
        stop.get('exit_signal'), stop.get('cause'), stop.get('signal')) ==
       (one.identity, one.main, 'killed', signal.SIGKILL, 'teardown', None),
       f'{one.what}: stops: killed, by the end of the namespace', stop)
    found = explain(one.name)
    ok(found and (identity_of(found), found['verdict']) == (one.identity, 'gone') and
       'the end of the pid namespace' in found['text'],
       f'{one.what}: and so says explain', found)
    _, rows = objects('log', '-j', '--container', one.name)
    equal([(pid_of(row['process']), row['pidns'], identity_of(row))
           for row in rows or [] if row['event'] == 'teardown-kill'],
          [(one.main, infra.pidns, one.identity)],
          f'{one.what}: log: by the teardown')


def a_pod(name, *options, together=True):
    """Two containers share the pid namespace of an infra container."""
    podman = Podman('crun')
    cgroup, infra = make_pod(podman, name, *options)
    first, second = (in_pod(podman, name, which, infra)
                     for which in ('first', 'second'))
    equal(os.path.exists(f'{cgroup}/libpod-{first.id}'), together,
          f'{name}: its containers are in a cgroup of the pod, or not')
    lives(infra)
    lives(second)
    whole_life(first, ask(podman, first.name), end(podman, first.name), 'crun')
    # The others were asked nothing.
    lives(infra)
    lives(second)
    killed(infra, end(podman, infra.name), 'crun')
    wait_until_ended(second.main)
    ended_with_infra(second, infra)
    recorded(infra)


def split():
    """As a unit of systemd starts it: in a cgroup of the unit."""
    unit = Cgroup('/system.slice/split.service')
    life('podman --cgroups=split', Podman('runc'), 'split',
         options=(*HERE, '--cgroups=split', '--name', 'split'),
         before=('sh', '-c', f'echo 0 >{unit.dir}/cgroup.procs; exec "$@"', 'sh'))


def make_user():
    """
    Makes a user, with ids that he may map, and what systemd would give him; returns
    words by which a command runs as the user, in a cgroup of his.
    """
    home, runtime = '/home/user', f'/run/user/{USER}'
    for path, line in (('passwd', f'user:x:{USER}:{USER}::{home}:/bin/sh'),
                       ('group', f'user:x:{USER}:'),
                       ('subuid', 'user:100000:65536'), ('subgid', 'user:100000:65536')):
        with open(f'/etc/{path}', 'a') as file:
            file.write(line + '\n')
    for path in home, runtime:
        os.makedirs(path)
        os.chown(path, USER, USER)
    delegated, first = Cgroup(DELEGATED), Cgroup(f'{DELEGATED}/init.scope')
    for cgroup in delegated, first:
        for path in cgroup.dir, *(f'{cgroup.dir}/{name}' for name in
                                  ('cgroup.procs', 'cgroup.subtree_control')):
            os.chown(path, USER, USER)
    return ('sh', '-c', f'echo 0 >{first.dir}/cgroup.procs; cd {home}; exec "$@"', 'sh',
            'setpriv', f'--reuid={USER}', f'--regid={USER}', '--clear-groups',
            'env', f'HOME={home}', f'XDG_RUNTIME_DIR={runtime}')


def rootless():
    user = make_user()
    folder = f'/run/user/{USER}'
    for runtime, name, options in (
            ('crun', 'mine', ('--cgroup-parent', f'{DELEGATED}/app')),
            ('runc', 'split-mine', ('--cgroups=split',))):
        life(f'rootless podman, {runtime}, {options[0]}', Podman(runtime, user, folder, USER),
             name, 'user', options=(*HERE, *options, '--name', name))


with module(), keeping_names():
    life('podman, runc', Podman('runc'), 'by-runc', options=(*HERE, '--name', 'by-runc'))
    split()
    rootless()
    a_pod('shared')
    a_pod('apart', '--share-parent=false', together=False)
done()

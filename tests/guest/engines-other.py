# SPDX-License-Identifier: GPL-2.0
# one a day:
# slow:
# kernels: 6.1
# boot: --mem 2048 --package containerd --package lxc --package systemd-container --package crun
"""Containers of containerd, LXC and systemd-nspawn, by each of the tool's commands."""
import subprocess

from engines.life import DEAF, Container, pid_of, rows_of, whole_life
from engines.names import keeping_names
from lib import *
from stuck.engine import command, make_rootfs
from stuck.expect import explain


def lxc_config(name, *lines):
    """Writes the configuration of a container; returns its path."""
    rootfs, path = f'/run/lxc-{name}', f'/run/lxc-{name}.config'
    make_rootfs(rootfs)
    write(path, '\n'.join((
        f'lxc.uts.name = {name}', f'lxc.rootfs.path = dir:{rootfs}',
        'lxc.mount.entry = /usr usr none ro,bind 0 0', 'lxc.net.0.type = empty',
        'lxc.apparmor.profile = unconfined', *lines, '')))
    return path


def lxc_main(name):
    return int(command('lxc-info', '-n', name, '-p', '-H'))


def lxc():
    """The name is the id. LXC asks by SIGPWR, and its monitor kills."""
    write('/run/deaf', f'#!/bin/sh\n{DEAF[2]}\n')
    os.chmod('/run/deaf', 0o755)
    config = lxc_config('deaf', 'lxc.mount.entry = /run/deaf run/deaf none ro,bind,create=file 0 0',
                        'lxc.init.cmd = /run/deaf')
    command('sh', '-c', f'exec lxc-start -n deaf -f {config} >/run/lxc.log 2>&1')
    whole_life(Container('lxc-start', 'deaf', lxc_main('deaf'), 'deaf'),
               lambda: command('lxc-stop', '-n', 'deaf', '--nowait'),
               lambda: command('lxc-stop', '-n', 'deaf', '--kill'),
               'lxc-stop', 'lxc-start', signal.SIGPWR)


def lxc_execute():
    """The init is LXC's own, which passes on what it gets."""
    config = lxc_config('app')
    command('sh', '-c', f'exec lxc-execute -d -n app -f {config} -- sleep 1000 >/run/lxc.log 2>&1')
    one = Container('lxc-execute', 'app', lxc_main('app'), 'app', deaf=False)
    command('lxc-stop', '-n', 'app')
    stop, = rows_of(one, 'stops')
    equal((pid_of(stop['main']), stop['outcome'], stop['signal'], stop['result'],
           stop['sender']['comm'], stop.get('exit_code')),
          (one.main, 'stopped', signal.SIGPWR, 'delivered', 'lxc-stop', 143),
          'lxc-execute: stopped by lxc-stop')
    found = explain('app')
    ok(found and (found['container'], found['state']) == ('app', 'gone') and
       'SIGPWR from lxc-stop' in found['text'],
       'lxc-execute: explain says who asked', found)


def ctr(*words):
    return command('ctr', *words)


@contextlib.contextmanager
def containerd():
    os.makedirs('/var/lib/containerd', exist_ok=True)
    command('mount', '-t', 'tmpfs', 'containerd', '/var/lib/containerd')
    with open('/run/containerd.log', 'w') as log, \
            subprocess.Popen('containerd', stdout=log, stderr=log) as daemon:
        try:
            assert eventually(lambda: run('ctr', 'version').returncode == 0), \
                command('tail', '/run/containerd.log')
            yield
        finally:
            daemon.terminate()


def by_ctr(runtime):
    """ctr has no names: a container is known by its id alone."""
    container = new_container_id()
    rootfs = f'/run/ctr-{runtime}'
    make_rootfs(rootfs)
    command('sh', '-c', 'exec "$@" >/run/ctr.out 2>&1', 'sh', 'ctr', 'run', '-d',
            '--rootfs', '--runc-binary', runtime, '--mount',
            'type=bind,src=/usr,dst=/usr,options=rbind:ro', rootfs, container, *DEAF)
    main, = (int(line.split()[1]) for line in ctr('task', 'ls').splitlines()
             if line.startswith(container))
    whole_life(Container(f'ctr run, {runtime}', container, main),
               lambda: ctr('task', 'kill', '-s', 'SIGTERM', container),
               lambda: ctr('task', 'kill', '-s', 'SIGKILL', container), runtime)


def nspawn(name, unit):
    """Starts a container in the cgroup of a unit, as systemd does; returns both pids."""
    rootfs, log = f'/run/nspawn-{name}', f'/run/nspawn-{name}.log'
    make_rootfs(rootfs)
    os.makedirs(f'{rootfs}/var')
    write(f'{rootfs}/etc/os-release', 'ID=test\n')

    def supervise():
        unit.enter()
        with open(log, 'w') as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        os.execvp('systemd-nspawn', (
            'systemd-nspawn', '--register=no', '--keep-unit', f'--machine={name}',
            f'--directory={rootfs}', '--bind-ro=/usr', '--console=pipe',
            '--kill-signal=SIGTERM', '--', *DEAF))

    supervisor = spawn(supervise)
    main, = wait_for(lambda: [pid for pid in children(supervisor)
                              if read(f'/proc/{pid}/comm') == 'sleep\n'])
    return supervisor, main


def life_of_machine(one, supervisor):
    """The first SIGTERM is passed on; after the second one nspawn kills."""
    def terminate():
        os.kill(supervisor, signal.SIGTERM)
        wait_for(lambda: events(0, 'signal', f'target.pid={one.main}'))

    def kill_it():
        os.kill(supervisor, signal.SIGTERM)
        os.waitpid(supervisor, 0)

    whole_life(one, terminate, kill_it, 'systemd-nspawn')


def service():
    """As systemd-nspawn@.service: nspawn is in the cgroup of the unit, too."""
    supervisor, main = nspawn('cave', Cgroup('/machine.slice/systemd-nspawn@cave.service'))
    one = Container('systemd-nspawn@.service', 'cave', main, 'cave')
    equal([row['processes'] for row in rows_of(one, 'list')], [1],
          f'{one.what}: nspawn is not in the container')
    life_of_machine(one, supervisor)


def scope():
    """As systemd-machined: only the payload is in the cgroup of the scope."""
    supervisor, main = nspawn('den', Cgroup('/system.slice/den.service'))
    Cgroup('/machine.slice/machine-den.scope/payload').enter(main)
    life_of_machine(Container('machine-NAME.scope', 'den', main, 'den'), supervisor)


with module(), keeping_names():
    write('/etc/machine-id', '0123456789abcdef' * 2 + '\n')
    service()
    scope()
    lxc()
    lxc_execute()
    with containerd():
        by_ctr('runc')
        by_ctr('crun')
done()

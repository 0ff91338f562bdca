# SPDX-License-Identifier: GPL-2.0
# one a day:
# slow:
# kernels: 6.1
# boot: --mem 3072 --package docker.io --package containerd --package tini --forgive invoked.oom-killer
"""stops tells what became of Docker's containers, also when they are gone."""
import json

from engines.docker import docker_run, dockerd
from engines.names import keeping_names, kept_names
from lib import *
from stuck.engine import command

MB = 1 << 20


def docker(*words):
    return command('docker', *words)


def stops(*options):
    printed = run(TOOL, 'stops', '-j', *options)
    assert printed.returncode == 0, printed.stderr
    return [json.loads(line) for line in printed.stdout.splitlines()]


def stops_of(container):
    return [stop for stop in stops() if stop['container'] == container]


def last_stop(container, outcome):
    """Waits for the last stop of a container to be over; with this outcome."""
    return wait_for(lambda: (stops_of(container) or [{}])[-1].get('outcome') ==
                    outcome and stops_of(container)[-1])


def members(stop, *keys):
    return tuple(stop.get(key) for key in keys)


ASKED = 'signal', 'result', 'exit_code', 'exit_signal'


def ask_and_end():
    """docker stop, kill and restart of one that has no handler."""
    container, main = docker_run('sleep', '1000', options=('--name', 'web'))
    docker('stop', '-t', '2', 'web')
    stop = last_stop(container, 'killed')
    equal(members(stop, *ASKED, 'container_name'),
          (15, 'ignored', None, 9, 'web'), 'stop: SIGTERM was dropped, SIGKILL')
    equal((stop['main']['pid'], stop['killer']['comm'],
           stop['killer_parent']['comm'][:15], stop['seconds'] > 2),
          (main, 'runc', 'containerd-shim', True), 'by whom, and when')
    text = run(TOOL, 'stops', '--container', 'web').stdout
    ok(re.search(r' web +killed +SIGTERM ignored +\d\.\d s runc \d+ '
                 r'\(containerd-shim', text), 'in text', text)

    docker('start', 'web')
    docker('kill', 'web')
    wait_for(lambda: len(stops_of(container)) == 2)
    stop = last_stop(container, 'killed')
    equal(members(stop, *ASKED), (9, 'delivered', None, 9), 'kill: SIGKILL at once')

    docker('start', 'web')
    docker('restart', '-t', '1', 'web')
    wait_for(lambda: len(stops_of(container)) == 3)
    equal(members(last_stop(container, 'killed'), *ASKED), (15, 'ignored', None, 9),
          'restart: as stop')
    mains = {stop['main']['pid'] for stop in stops_of(container)}
    equal(len(mains), 3, 'each life has a main of its own')
    with keeping_names():
        docker('rm', '-f', 'web')
    wait_for(lambda: len(stops_of(container)) == 4)
    equal(last_stop(container, 'killed').get('container_name'), 'web',
          'its name is known when it is removed')


def handled():
    """One that handles SIGTERM, and one with an init that passes it on."""
    container, _ = docker_run('python3', '-c', '''
import signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
open("/tmp/ready", "w")
signal.pause()''', options=('--name', 'good'))
    wait_for(lambda: run('docker', 'exec', 'good', 'test', '-e',
                         '/tmp/ready').returncode == 0)
    docker('stop', '-t', '100', 'good')
    equal(members(last_stop(container, 'stopped'), *ASKED), (15, 'delivered', 7, None),
          'stopped: it handled SIGTERM')
    # What --init does, which cannot mount it where /usr is read-only.
    container, _ = docker_run('tini', '--', 'sleep', '1000')
    docker('stop', '-t', '100', container)
    equal(members(last_stop(container, 'stopped'), *ASKED),
          (15, 'delivered', 143, None), 'tini: passed SIGTERM on')


def by_itself():
    container, _ = docker_run('sh', '-c', 'exit 3')
    equal(members(last_stop(container, 'exited'), *ASKED), (None, None, 3, None),
          'exited')


def out_of_memory():
    container, _ = docker_run('python3', '-c', 'bytearray(64 << 20)',
                              options=('--memory=24m', '--memory-swap=24m'))
    stop = last_stop(container, 'oom-killed')
    equal(members(stop, 'cause', 'oom_limit', 'killer', *ASKED),
          ('oom', 24 * MB, None, None, None, None, 9), 'oom-killed, at which limit')
    # Docker's own OOMKilled may be false: it hears of it too late.
    equal(docker('inspect', '-f', '{{.State.ExitCode}}', container), '137',
          'docker says 137')


def shared_namespaces():
    """Containers without a pid namespace of their own have a main all the same."""
    container, main = docker_run('sleep', '1000', options=('--pid=host',))
    docker('stop', '-t', '100', container)
    stop = last_stop(container, 'stopped')
    equal((stop['main']['pid'], *members(stop, *ASKED)),
          (main, 15, 'delivered', None, 15), '--pid=host')

    first, init = docker_run('sleep', '1000')
    second, main = docker_run('sleep', '1000', options=(f'--pid=container:{first}',))
    docker('stop', '-t', '100', second)
    stop = last_stop(second, 'stopped')
    equal((stop['main']['pid'], stop['main']['pidns'] == pidns_of(init),
           *members(stop, *ASKED)),
          (main, True, 15, 'delivered', None, 15), '--pid=container:')
    docker('kill', first)
    equal(last_stop(first, 'killed')['main']['pid'], init, 'and the one that it joined')

    container, main = docker_run('sleep', '1000', options=('--cgroup-parent=/custom',))
    docker('exec', '-d', container, 'sleep', '2000')
    docker('kill', container)
    stop = last_stop(container, 'killed')
    equal((stop['main']['pid'], stop['killed']), (main, 1),
          '--cgroup-parent, with a process of exec')


def unread():
    """
    Nobody reads while they come and go but the unit, which keeps names.
    """
    names = [f'gone{number}' for number in range(10)]
    with keeping_names():
        for name in names:
            docker('run', '--rm', '--net=none', '-v', '/usr:/usr:ro', '--name', name,
                   'empty', 'true')
        ok(eventually(lambda: set(names) <= set(kept_names())), 'their names are kept',
           kept_names())
    equal([stop['container_name'] for stop in stops()], names,
          'stops has those of docker run --rm, by name')
    logged = [json.loads(line) for line in
              run(TOOL, 'log', '-j').stdout.splitlines()]
    ended = [event.get('container_name') for event in logged
             if event['event'] == 'teardown-end']
    equal(ended, names, 'and so has log')


with dockerd(), module():
    unread()
    ask_and_end()
    handled()
    by_itself()
    out_of_memory()
    shared_namespaces()
done()

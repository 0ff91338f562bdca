# SPDX-License-Identifier: GPL-2.0
"""Instructions of what looks at many containers, beside ps -e."""
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import time

from figures import figure, say
from watchers import module, write

CONTAINERS = 1000
REPEATS = 5
DOCKER = '/var/lib/docker/containers'

# As long as what docker run leaves there: about 3 KB.
CONFIG = {
    'StreamConfig': {}, 'State': {'Running': True, 'Pid': 1}, 'Managed': False,
    'Config': {
        'Hostname': '', 'User': '', 'Tty': False, 'Image': 'nginx',
        'Env': [f'VARIABLE_{n}=of the environment' for n in range(30)],
        'Cmd': ['nginx', '-g', 'daemon off;'], 'StopSignal': 'SIGTERM',
        'Labels': {f'org.example.label.{n}': 'a label' for n in range(12)}},
    'NetworkSettings': {'Ports': {}, 'Networks': {
        'bridge': {f'Setting{n}': 'value' for n in range(15)}}},
    'MountPoints': {f'/mount/{n}': {'Source': '/var/lib', 'RW': True}
                    for n in range(4)},
}


@contextlib.contextmanager
def containers():
    """They live in this context; yields their ids."""
    with subprocess.Popen(['bench/contained', str(CONTAINERS)], text=True,
                          stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as running:
        yield [running.stdout.readline().strip() for _ in range(CONTAINERS)]
        running.stdin.close()


@contextlib.contextmanager
def named(ids):
    """Docker's files, with names."""
    for n, container in enumerate(ids):
        os.makedirs(f'{DOCKER}/{container}')
        write(f'{DOCKER}/{container}/config.v2.json', json.dumps(
            {**CONFIG, 'ID': container, 'Name': f'/service-{n}'}))
    try:
        yield
    finally:
        shutil.rmtree('/var/lib/docker')


def once(command):
    start = time.monotonic_ns()
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return time.monotonic_ns() - start, done.stdout.count(b'\n')


def compare(name, *command):
    spans = [once(command) for _ in range(REPEATS)]
    say(f'{name}: {spans}')
    figure(f'list.{name}', round(statistics.median(
        instructions for instructions, _ in spans)))
    return spans[0][1]


def check(lines, wanted=CONTAINERS + 1):
    """Most often all of them are listed, each on a line below a heading."""
    if lines != wanted:
        raise RuntimeError(f'{lines} lines were printed')


def measure():
    """
    list.ps, list.unnamed (no engine has the ids), list.named, list.explain, list.check,
    and list.stops, when they have ended: instructions.
    """
    with module('auto'):
        with containers() as ids:
            compare('ps', 'ps', '-e')
            check(compare('unnamed', 'nsorphan', 'list'))
            with named(ids):
                check(compare('named', 'nsorphan', 'list'))
                check(compare('explain', 'nsorphan', 'explain'), 1)
                check(compare('check', 'nsorphan', 'check'), 1)
        check(compare('stops', 'nsorphan', 'stops'))

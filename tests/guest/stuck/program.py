# SPDX-License-Identifier: GPL-2.0
"""Containers, with names, whose main process is a small Python program."""
import json
import os
import signal
import sys

from lib import V2, Channel, ContainerCgroup, kill, namespace, spawn, write

DOCKER = '/var/lib/docker/containers'


class Container(ContainerCgroup):
    """A cgroup that is a container, called `name` by a file of Docker's."""

    def __init__(self, name=None, form='/system.slice/docker-{}.scope', mount=V2,
                 stop_signal=None, labels=None):
        super().__init__(form, mount)
        self.name = name
        if name:
            config = {'ID': self.container, 'Name': f'/{name}', 'Config': {
                'Labels': labels or {},
                **({'StopSignal': stop_signal} if stop_signal else {})}}
            os.makedirs(f'{DOCKER}/{self.container}')
            write(f'{DOCKER}/{self.container}/config.v2.json',
                  json.dumps(config))

    def start(self, code):
        """Runs a program as main in a pid namespace of its own; returns its pid."""
        return run_until_ready(code, lambda body: namespace(body, self.enter))

    def start_without_namespace(self, code):
        return run_until_ready(code, lambda body: self.spawn(body))

    def spawn(self, body):
        def inside():
            self.enter()
            body()

        return spawn(inside)


# A process is main once it has executed a program, as in every engine.
PROGRAM = """
import os, signal, sys

def ready():
    os.write(int(sys.argv[1]), b'"ready"\\n')

def zombie():
    pid = os.fork() or os._exit(0)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)

"""
THEN_SLEEP = """
ready()
while True:
    signal.pause()
"""


def run_until_ready(code, make):
    """Runs the program by make(), and waits until it is what it has to be."""
    channel = Channel()
    os.set_inheritable(channel.write_end, True)
    pid = make(lambda: os.execv(sys.executable, (
        'python3', '-ISc', PROGRAM + code + THEN_SLEEP, str(channel.write_end))))
    assert channel.receive() == 'ready'
    channel.close()
    return pid


SLEEPS = ''
HANDLES = 'signal.signal(signal.SIGTERM, lambda *_: None)\n'
HANDLES_QUIT = 'signal.signal(signal.SIGQUIT, lambda *_: None)\n'
IGNORES = 'signal.signal(signal.SIGTERM, signal.SIG_IGN)\n'
BLOCKS = 'signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])\n'
ZOMBIE = 'zombie()\n'
CHILD = 'while not os.fork(): signal.pause()\n'


def end(*pids):
    kill(*pids)
    for pid in pids:
        os.waitpid(pid, 0)

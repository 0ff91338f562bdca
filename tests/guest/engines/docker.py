# SPDX-License-Identifier: GPL-2.0
"""dockerd and containers, without a registry and without a network."""
import contextlib
import os
import subprocess
import tarfile

from lib import eventually, run
from stuck.engine import APP, command, make_rootfs

DOCKERD = ('dockerd', '--iptables=false', '--ip6tables=false', '--bridge=none',
           '--storage-driver=overlay2')


@contextlib.contextmanager
def dockerd():
    os.makedirs('/var/lib/docker', exist_ok=True)
    command('mount', '-t', 'tmpfs', 'docker', '/var/lib/docker')
    make_rootfs('/run/rootfs')
    with tarfile.open('/run/rootfs.tar', 'w') as file:
        file.add('/run/rootfs', '/')
    with open('/run/dockerd.log', 'w') as log, subprocess.Popen(
            DOCKERD, stdout=log, stderr=log) as daemon:
        try:
            assert eventually(lambda: run('docker', 'version').returncode == 0), \
                command('tail', '/run/dockerd.log')
            command('docker', 'import', '/run/rootfs.tar', 'empty')
            yield
        finally:
            daemon.terminate()


def docker_run(*words, options=()):
    """
    Starts a container, in which /usr is that of the guest; returns its id, and the
    pid of its main process.
    """
    container = command('docker', 'run', '-d', '--net=none', '-v',
                        '/usr:/usr:ro', '-v', f'{APP}:/app:ro', *options,
                        'empty', *words)
    main = command('docker', 'inspect', '-f', '{{.State.Pid}}', container)
    return container, int(main)

# SPDX-License-Identifier: GPL-2.0
# slow:
# kernels: 6.1
# boot: --mem 2048 --package docker.io --package containerd
"""explain says why the article's container is still there, under dockerd."""
import contextlib
import json
import os
import subprocess
import tarfile

from lib import *
from stuck.engine import APP, ARTICLE, article, case_of, command, forgotten, \
    make_rootfs, named, run_in, wait_for_end

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


def start(name, *words, options=()):
    container = command('docker', 'run', '-d', '--net=none', '-v',
                        '/usr:/usr:ro', '-v', f'{APP}:/app:ro', *options,
                        'empty', *words)
    init = command('docker', 'inspect', '-f', '{{.State.Pid}}', container)
    return case_of(name, int(init), container)


def the_article():
    case = start('docker', *ARTICLE)
    article(case, lambda: command('docker', 'kill', '--signal=SIGTERM',
                                  case.container), 'runc')
    equal(command('docker', 'inspect', '-f', '{{.State.Status}}',
                  case.container), 'running', 'docker lists it as running')
    command('docker', 'kill', case.container)
    wait_for_end(case)


def an_exec():
    case = start('docker exec', 'sleep', '1000')

    def execute():
        command('docker', 'exec', '-d', case.container, 'tail', '-f',
                '/dev/null')
        return run_in(case, 'tail')

    forgotten(case, execute)


def names():
    case = start('docker name', 'sleep', '1000', options=('--name', 'web'))
    # Dropped, but recorded.
    command('docker', 'kill', '--signal=SIGTERM', 'web')
    named(case, 'web')
    command('docker', 'rename', 'web', 'web.old')
    other = start('docker name, again', 'sleep', '1000',
                  options=('--name', 'web'))
    command('docker', 'kill', '--signal=SIGTERM', 'web')
    named(other, 'web')
    named(case, 'web.old')
    for container in 'web', 'web.old':
        command('docker', 'kill', container)
    wait_for_end(case)
    wait_for_end(other)


def kept():
    """The unit's watch has the names of containers that were gone at once."""
    names = {f'gone{number}' for number in range(5)}

    def found():
        with contextlib.suppress(FileNotFoundError):
            return {json.loads(line).get('container_name')
                    for line in read('/run/nsorphan/names').splitlines()}
        return set()

    with subprocess.Popen((TOOL, 'watch', '--keep-names'),
                          stdout=subprocess.DEVNULL) as watch:
        wait_until_polling(watch.pid)
        for name in sorted(names):
            command('docker', 'run', '--rm', '--net=none', '-v',
                    '/usr:/usr:ro', '--name', name, 'empty', 'true')
        ok(eventually(lambda: names <= found()),
           'watch --keep-names has the names of containers that were gone at once',
           names - found())
        watch.terminate()


with dockerd(), module():
    kept()
    the_article()
    an_exec()
    names()
done()

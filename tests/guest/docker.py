# SPDX-License-Identifier: GPL-2.0
# one a day:
# slow:
# kernels: 6.1
# boot: --mem 2048 --package docker.io --package containerd
"""explain says why the article's container is still there, under dockerd."""
from engines.docker import docker_run, dockerd
from engines.names import keeping_names, kept_names
from lib import *
from stuck.engine import ARTICLE, article, case_of, command, forgotten, named, \
    run_in, wait_for_end


def start(name, *words, options=()):
    container, init = docker_run(*words, options=options)
    return case_of(name, init, container)


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
    with keeping_names():
        for name in sorted(names):
            command('docker', 'run', '--rm', '--net=none', '-v',
                    '/usr:/usr:ro', '--name', name, 'empty', 'true')
        ok(eventually(lambda: names <= set(kept_names())),
           'watch --keep-names has the names of containers that were gone at once',
           names - set(kept_names()))


with dockerd(), module():
    kept()
    the_article()
    an_exec()
    names()
done()

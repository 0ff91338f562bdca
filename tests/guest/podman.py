# SPDX-License-Identifier: GPL-2.0
# slow:
# kernels: 6.1
# boot: --mem 2048 --package podman --package crun
"""explain says why the article's container is still there, under podman."""
from lib import *
from stuck.engine import APP, ARTICLE, article, case_of, command, forgotten, \
    make_rootfs, named, run_in, wait_for_end

PODMAN = ('podman', '--cgroup-manager=cgroupfs', '--events-backend=file',
          '--runtime=crun', '--storage-driver=vfs')


def podman(*words):
    return command(*PODMAN, *words)


def start(name, *words):
    make_rootfs(f'/run/rootfs-{name}')
    # conmon would keep this process's pipe open.
    command('sh', '-c', 'exec "$@" >/run/podman.id 2>/run/podman.err', 'sh',
            *PODMAN, 'run', '-d', '--network=none', '-v', '/usr:/usr:ro', '-v',
            f'{APP}:/app:ro', '--rootfs', f'/run/rootfs-{name}', *words)
    with open('/run/podman.id') as file:
        container = file.read().strip()
    init = podman('inspect', '-f', '{{.State.Pid}}', container)
    return case_of(name, int(init), container)


def the_article():
    case = start('podman', *ARTICLE)
    equal(stat(stat(case.init)['ppid'])['comm'], b'conmon',
          'the init is a child of conmon')
    article(case, lambda: podman('kill', '--signal=SIGTERM', case.container),
            'crun')
    equal(podman('inspect', '-f', '{{.State.Status}}', case.container),
          'running', 'podman lists it as running')
    # Of a container without an image the storage knows nothing; conmon does.
    named(case, podman('inspect', '-f', '{{.Name}}', case.container))
    podman('kill', case.container)
    wait_for_end(case)


def an_exec():
    case = start('podman-exec', 'sleep', '1000')

    def execute():
        podman('exec', '-d', case.container, 'tail', '-f', '/dev/null')
        return run_in(case, 'tail')

    forgotten(case, execute)


with module():
    the_article()
    an_exec()
done()

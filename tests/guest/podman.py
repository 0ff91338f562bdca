# SPDX-License-Identifier: GPL-2.0
# one a day:
# slow:
# kernels: 6.1
# boot: --mem 2048 --package podman --package crun
"""explain says why the article's container is still there, under podman."""
from engines.podman import Podman
from lib import *
from stuck.engine import ARTICLE, article, case_of, forgotten, named, run_in, \
    wait_for_end

podman = Podman('crun')


def start(name, *words):
    container, init = podman.run(name, *words, options=('--network=none',))
    return case_of(name, init, container)


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

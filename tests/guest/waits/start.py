# SPDX-License-Identifier: GPL-2.0
"""Containers that runc has created and that were not started."""
import contextlib
import json

from lib import pidns_of, read, run
from stuck.case import ANYTHING, Case, container_id, proven
from stuck.engine import command, make_rootfs
from waits.harness import sleeps_in

BUNDLE = '/run/unstarted'


def make_bundle():
    make_rootfs(f'{BUNDLE}/rootfs')
    command('runc', 'spec', cwd=BUNDLE)
    with open(f'{BUNDLE}/config.json') as file:
        config = json.load(file)
    config['process'].update(terminal=False, args=['sleep', '1000'])
    config['mounts'].append({'source': '/usr', 'destination': '/usr', 'type': 'bind',
                             'options': ['bind', 'ro']})
    with open(f'{BUNDLE}/config.json', 'w') as file:
        json.dump(config, file)


@contextlib.contextmanager
def created(name, *options):
    """Yields a case that runc, with these options, has created."""
    container = container_id(name)
    runc = 'runc', *options
    # The container inherits stdout; a pipe would not end before it.
    command('sh', '-c', 'exec "$@" >/run/unstarted.out 2>&1', 'sh', *runc, 'create',
            '-b', BUNDLE, container)
    try:
        init = json.loads(command(*runc, 'state', container))['pid']
        yield Case(name, init, pidns_of(init), container), container
    finally:
        run(*runc, 'delete', '-f', container)


def unstarted(name, *options):
    @contextlib.contextmanager
    def make():
        with created(name, *options) as (case, container):
            root = ' '.join(options) or r'--root /run/runc'
            optional = '' if options else '?'
            proven(lambda: read(f'/proc/{case.init}/comm').startswith('runc:[') and
                   sleeps_in(case.init, 'wait_for_partner', 'fifo_open'),
                   f'{case.name}: it waits in the opening of its fifo', case.init)
            case.answer('init-not-started', actor=ANYTHING, chain=('start',),
                        remedy=rf'^runc ({root} ){optional}start {container}$',
                        ends=lambda: read(f'/proc/{case.init}/comm') == 'sleep\n')
            yield case
    make.__name__ = name
    return make


CASES = (unstarted('a container that runc has created'),
         unstarted('a container that runc has created for containerd', '--root',
                   '/run/containerd/runc/k8s.io'))

# SPDX-License-Identifier: GPL-2.0
"""Bundles of runc."""
import json

from stuck.engine import APP, command, make_rootfs


def make_bundle(path, words):
    """Makes a bundle in which /usr is that of the guest."""
    make_rootfs(f'{path}/rootfs')
    command('runc', 'spec', cwd=path)
    with open(f'{path}/config.json') as file:
        config = json.load(file)
    config['process'].update(terminal=False, args=words)
    for source, target in ('/usr', '/usr'), (APP, '/app'):
        config['mounts'].append({'source': source, 'destination': target,
                                 'type': 'bind', 'options': ['bind', 'ro']})
    with open(f'{path}/config.json', 'w') as file:
        json.dump(config, file)

# SPDX-License-Identifier: GPL-2.0
# kernels: 6.1
"""explain says why the article's container is still there, under runc."""
from lib import *
from stuck.case import container_id
from stuck.engine import APP, ARTICLE, article, case_of, command, make_rootfs, \
    wait_for_end

BUNDLE = '/run/article'
ID = container_id('runc')


def make_bundle():
    make_rootfs(f'{BUNDLE}/rootfs')
    command('runc', 'spec', cwd=BUNDLE)
    with open(f'{BUNDLE}/config.json') as file:
        config = json.load(file)
    config['process'].update(terminal=False, args=ARTICLE)
    for source, target in ('/usr', '/usr'), (APP, '/app'):
        config['mounts'].append({'source': source, 'destination': target,
                                 'type': 'bind', 'options': ['bind', 'ro']})
    with open(f'{BUNDLE}/config.json', 'w') as file:
        json.dump(config, file)


def listed_as():
    return [entry['status'] for entry in
            json.loads(command('runc', 'list', '-f', 'json'))
            if entry['id'] == ID]


with module():
    make_bundle()
    # The container inherits stdout; a pipe would not end before it.
    command('sh', '-c', f'runc create -b {BUNDLE} {ID} >/run/article.out 2>&1')
    command('runc', 'start', ID)
    case = case_of('runc', json.loads(command('runc', 'state', ID))['pid'], ID)
    article(case, lambda: command('runc', 'kill', ID, 'TERM'), 'runc')
    equal(listed_as(), ['running'], 'runc lists it as running')
    # As in the article, another SIGTERM ends the wait.
    command('runc', 'kill', ID, 'TERM')
    wait_for_end(case)
    command('runc', 'delete', ID)
    life, = [life for life in ledger() if ID in life['path']]
    equal((life['main']['pid'], life['pidns'], 'teardown_end_ns' in life),
          (case.init, case.pidns, True), 'the ledger has main, of one life')
    equal([(one['signal'], one['sender']['comm'], one['result'])
           for one in life['signals']], [(15, b'runc', 'delivered')] * 2,
          'and who sent it what')
done()

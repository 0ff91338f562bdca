# SPDX-License-Identifier: GPL-2.0
# kernels: 6.1
"""explain says why the article's container is still there, under runc."""
from engines.runc import make_bundle
from lib import *
from stuck.case import container_id
from stuck.engine import ARTICLE, article, case_of, command, wait_for_end

BUNDLE = '/run/article'
ID = container_id('runc')


MISSING, MISSING_ID = '/run/missing', container_id('missing')


def stop_of(container):
    """What stops says of it, without what differs each time."""
    printed = run(TOOL, 'stops', '-j', '--container', container)
    return [(stop['main']['comm'], stop['outcome'], stop.get('exit_code'),
             stop.get('killer', {}).get('comm'))
            for stop in map(json.loads, printed.stdout.splitlines())]


def listed_as():
    return [entry['status'] for entry in
            json.loads(command('runc', 'list', '-f', 'json'))
            if entry['id'] == ID]


with module():
    make_bundle(BUNDLE, ARTICLE)
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

    make_bundle(MISSING, ['/no/such/program'])
    refused = run('runc', 'run', '-b', MISSING, MISSING_ID, stdin=subprocess.DEVNULL)
    ok(refused.returncode, 'a program that does not exist')
    equal(stop_of(MISSING_ID), [('runc:[2:INIT]', 'exited', 1, None)],
          'its init has ended, and not well')
    command('sh', '-c', f'runc create -b {BUNDLE} {MISSING_ID} </dev/null >/run/out 2>&1')
    equal(len(stop_of(MISSING_ID)), 1, 'one that is created has not ended')
    command('runc', 'delete', '-f', MISSING_ID)
    wait_for(lambda: len(stop_of(MISSING_ID)) == 2)
    equal(stop_of(MISSING_ID)[1], ('runc:[2:INIT]', 'killed', None, 'runc'),
          'and then it is killed before its start')
done()

# SPDX-License-Identifier: GPL-2.0
# one a day:
# slow:
# kernels: 6.1
"""Containers of runc come and go, and nobody reads: all of them are identified."""
import json
import subprocess

from engines.runc import make_bundle
from lib import *

BUNDLE = '/run/unread'
COUNT = 200


def lines_of(*words):
    printed = run(TOOL, *words, '-j')
    assert printed.returncode == 0, printed.stderr
    return [json.loads(line) for line in printed.stdout.splitlines()]


make_bundle(BUNDLE, ['true'])
with module():
    ids = [f'{number:064x}' for number in range(COUNT)]
    for one in ids:
        subprocess.run(('runc', 'run', '-b', BUNDLE, one), check=True,
                       stdin=subprocess.DEVNULL)
    told = lines_of('stops')
    equal([stop['container'] for stop in told], ids,
          f'stops has all {COUNT} containers, each once')
    equal({(stop['outcome'], stop.get('exit_code'), stop['main']['comm'])
           for stop in told}, {('exited', 0, 'true')}, 'and how they ended')
    ended = [event.get('container') for event in lines_of('log')
             if event['event'] == 'teardown-end']
    equal(ended, ids, 'log has the container of each teardown')
done()

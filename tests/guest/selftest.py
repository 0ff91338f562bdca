# SPDX-License-Identifier: GPL-2.0
# clock: virtual
"""nsorphan selftest passes on every kernel, with each of its hooks."""
from lib import *
from witness.rounds import HOOKS

CHECKS = ['reparent', 'reparent-subreaper', 'reparent-ns-init',
          'teardown-begin', 'teardown-kill', 'teardown-end', 'verify']

there = [hook for hook in HOOKS
         if insmod(f'reparent_probe={hook}').returncode == 0
         and rmmod().returncode == 0]
ok(there, 'this kernel has a hook')
for hook in there:
    with module(f'reparent_probe={hook}'):
        ran = run(TOOL, 'selftest', '-j')
        result = json.loads(ran.stdout)
        equal((ran.returncode, ran.stderr, result['selftest']),
              (0, '', 'passed'), f'selftest passes with {hook}')
        equal([check['name'] for check in result['checks'] if check['ok']],
              CHECKS, 'and so does each of its checks')
        now = status()
        equal((now['missed'], now['mismatched'], now['verify']),
              (0, 0, False), 'nothing was missed or mismatched; verify is off')
done()

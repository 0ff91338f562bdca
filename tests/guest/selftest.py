# SPDX-License-Identifier: GPL-2.0
"""nsorphan selftest passes on every kernel, through each way in that it has."""
from lib import *
from witness.rounds import WAYS

CHECKS = ['reparent', 'reparent-subreaper', 'reparent-ns-init',
          'teardown-begin', 'teardown-kill', 'teardown-end', 'verify']

there = [way for way in WAYS
         if insmod(f'reparent_probe={way}').returncode == 0
         and rmmod().returncode == 0]
ok(there, 'this kernel has a way in')
for way in there:
    with module(f'reparent_probe={way}'):
        got = run(TOOL, 'selftest', '-j')
        told = json.loads(got.stdout)
        equal((got.returncode, got.stderr, told['selftest']),
              (0, '', 'passed'), f'selftest passes with {way}')
        equal([check['name'] for check in told['checks'] if check['ok']],
              CHECKS, 'each check by itself')
        now = status()
        equal((now['missed'], now['mismatched'], now['verify']),
              (0, 0, False), 'nothing was missed or mismatched; verify is off')
done()

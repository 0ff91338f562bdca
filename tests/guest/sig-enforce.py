# SPDX-License-Identifier: GPL-2.0
# kernels: 6.1
# boot: --append module.sig_enforce=1
"""The tool says that the kernel takes only signed modules."""
from lib import *

ok(insmod().returncode, 'a module that is not signed is refused')
said = run(TOOL, 'log')
equal(said.returncode, 1, 'log fails')
ok('the kernel takes only modules signed with a key that it knows' in said.stderr,
   'it says why', said.stderr)
done()

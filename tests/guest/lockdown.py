# SPDX-License-Identifier: GPL-2.0
# kernels: 6.1
# boot: --append lockdown=integrity
"""The tool says why a kernel that is locked down, or takes no module, does not load it."""
from lib import *


def told():
    done = run(TOOL, 'status')
    equal((done.returncode, done.stdout), (1, ''), 'status fails')
    return done.stderr


ok(insmod().returncode, 'a module that is not signed is refused')
run('mount', '-t', 'securityfs', 'securityfs', '/sys/kernel/security')
said = told()
ok(re.fullmatch(r'nsorphan: the module is not loaded: the kernel takes only modules signed '
                r'with a key that it knows: .*, then modprobe nsorphan\n', said),
   'locked down: why, and what to do', said)
write('/proc/sys/kernel/modules_disabled', 1)
equal(told(), 'nsorphan: the module is not loaded: no module can be loaded before the next '
      'boot: kernel.modules_disabled is 1\n', 'modules_disabled: the same')
done()

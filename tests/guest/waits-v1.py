# SPDX-License-Identifier: GPL-2.0
# in turn:
# slow:
# boot: --virtual-clock --forgive invoked.oom-killer
"""explain says that a container waits for memory of cgroup v1."""
# In a guest of its own: where a test has used the controller in v2, it stays there.
from lib import done, ok, v1
from waits import throttled
from waits.harness import catalogue, watched

with v1('memory') as mount:
    if mount:
        with watched():
            catalogue(*throttled.V1_CASES)
    else:
        ok(True, 'v1 # SKIP this kernel cannot mount it')
done()

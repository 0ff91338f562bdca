# SPDX-License-Identifier: GPL-2.0
# in turn:
# slow:
# clock: virtual
"""No command waits for a file for which what it looks at waits."""
from lib import done
from waits import hang
from waits.harness import watched

with watched():
    hang.catalogue(*hang.CASES)
    hang.dying_files()
done()

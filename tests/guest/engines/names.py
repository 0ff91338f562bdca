# SPDX-License-Identifier: GPL-2.0
"""The unit's watch, which keeps the names of containers."""
import contextlib
import json
import subprocess

from lib import TOOL, read, wait_until_polling


@contextlib.contextmanager
def keeping_names():
    """The unit's watch, which keeps names of containers, runs meanwhile."""
    with subprocess.Popen((TOOL, 'watch', '--keep-names'),
                          stdout=subprocess.DEVNULL) as watch:
        try:
            wait_until_polling(watch.pid)
            yield
        finally:
            watch.terminate()


def kept_names():
    return [json.loads(line).get('container_name')
            for line in read('/run/nsorphan/names').splitlines()]

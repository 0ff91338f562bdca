# SPDX-License-Identifier: GPL-2.0
"""The witness of signals: ftrace's event signal_generate."""
import collections
import contextlib
import os

from witness.trace import RESULTS, TRACEFS, Trace, members, read, run, write

INSTANCE = f'{TRACEFS}/instances/signals'


# tid and comm are those of the current task, which is no sender if the kernel is.
Signal = collections.namedtuple('Signal', 'tid comm target number kernel result')


class Generated:
    def take(self):
        """Returns [Signal]."""
        seen = []
        for line in read(f'{INSTANCE}/trace').split('\n'):
            if not line or line[0] == '#':
                continue
            tid, _, rest = Trace.split(line)
            now = members(rest)
            seen.append(Signal(tid, line.split(f'-{tid} ')[0].lstrip(),
                               int(now['pid']), int(now['sig']),
                               int(now['code']) > 0, RESULTS[int(now['res'])]))
        return seen


@contextlib.contextmanager
def generated():
    if not os.path.exists(f'{TRACEFS}/instances'):
        run('mount', '-t', 'tracefs', 'tracefs', TRACEFS, check=True)
    os.mkdir(INSTANCE)
    try:
        write(f'{INSTANCE}/buffer_size_kb', '2048')
        write(f'{INSTANCE}/events/signal/signal_generate/enable', '1')
        yield Generated()
    finally:
        write(f'{INSTANCE}/events/enable', '0')
        os.rmdir(INSTANCE)

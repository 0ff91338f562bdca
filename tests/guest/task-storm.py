# SPDX-License-Identifier: GPL-2.0
# kernels: 6.1 6.1-rt debug
# slow:
"""Two clients dump all threads while threads and processes come and go."""
import os
import time

from lib import *

CLIENT, _ = load_ynl()
STEADY = 40
# At least so many dumps, and on until so many processes came and went.
DUMPS, COMERS = 40 // SLOW, 200 // SLOW


def steady():
    """Starts a process whose threads all live on; returns its pid."""
    def body(ready):
        start_threads(STEADY, time.sleep, 1000)
        ready()
        sleeper()
    return spawn_ready(body)


def check(dump, pid, tids):
    """Returns what is wrong with a dump, or None."""
    found = [one['process'].get('tid', one['process']['pid']) for one in dump]
    if found != sorted(set(found)):
        return f'not ascending: {found}'
    ours = {tid for tid, one in zip(found, dump) if one['process']['pid'] == pid}
    if ours != tids:
        return f'of {tids}: {ours}'
    odd = [one for one in dump if not one['process']['ns-pid'] or
           not one['process']['pidns'] or not one['cgroup']]
    return f'odd: {odd}' if odd else None


def reader(pid, tids):
    """Dumps until enough came and went; reports what was wrong."""
    ynl = CLIENT()
    root = os.open('/', os.O_PATH)
    seen, dumps, wrong = set(), 0, []
    while dumps < DUMPS or len(seen) < COMERS:
        dump = ynl.dump('task-get', {})
        problem = check(dump, pid, tids)
        if problem:
            wrong.append(problem)
        seen |= {(one['process']['pid'], one['process']['start-ns'])
                 for one in dump}
        if ynl.do('filesystem-get', {'fd': root})['frozen']:
            wrong.append('frozen')
        dumps += 1
    return wrong[:3], dumps, len(seen)


with module():
    pid = steady()
    tids = set(map(int, os.listdir(f'/proc/{pid}/task')))
    channels = [Channel(), Channel()]
    with storming(2000):
        readers = [spawn(lambda channel=channel: channel.send(reader(pid, tids)))
                   for channel in channels]
        results = [channel.receive() for channel in channels]
    for wrong, dumps, seen in results:
        print(f'# {dumps} dumps with {seen} processes', flush=True)
        equal(wrong, [], 'each dump has each thread that lives on, once')
    for one in readers:
        os.waitpid(one, 0)
    kill(pid)
    os.waitpid(pid, 0)
    equal(status()['missed'], 0, 'no probe hit was missed')
done()

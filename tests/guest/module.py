# SPDX-License-Identifier: GPL-2.0
"""Loading and unloading, at the worst of moments."""
import collections
import os
import re
import select
import subprocess
import time

from lib import *

PIPE = f'{DEBUGFS}/events_pipe'
# Of the storms: a good part of what a guest can do, not all of it.
PAUSE_US = 30000


def log():
    return run('dmesg').stdout


def refused(parameters, errno_words, said):
    before = len(log())
    loaded = insmod(*parameters)
    ok(loaded.returncode != 0 and errno_words in loaded.stderr,
       f'{" ".join(parameters)}: insmod says {errno_words}', loaded.stderr)
    lines = [line for line in log()[before:].splitlines() if 'nsorphan' in line]
    ok(len(lines) == 1 and all(word in lines[0] for word in said),
       'and the log has one line on why', lines)


def parameters():
    for records in ('1000', '0', '8', '2097152'):
        refused([f'records={records}'], 'Invalid parameters',
                [f'records={records}', 'power of two'])
    loaded = insmod('records=many')
    ok(loaded.returncode != 0 and 'Invalid parameters' in loaded.stderr,
       'records=many: insmod says Invalid parameters', loaded.stderr)
    refused(['reparent_probe=do_exit'], 'Invalid parameters',
            ['reparent_probe=do_exit'])
    loaded = insmod('no_such=1')
    equal(loaded.returncode, 0, 'the kernel lets an unknown parameter pass')
    ok("unknown parameter 'no_such' ignored" in log(), 'but warns of it')
    equal(rmmod().returncode, 0, 'rmmod')
    with module('records=16'):
        equal(status()['records'], 16, 'records=16 is taken')


def memory():
    """The recorder takes what status says, and no more, whatever comes."""
    def areas():
        """(size, pages) and who asked for them; addresses are not told."""
        with open('/proc/vmallocinfo') as file:
            return [((size, pages), who) for size, who, pages in re.findall(
                r'^\S+ +(\d+) (\S+).* pages=(\d+)', file.read(), re.M)]

    for records in (16, 1024, 16384):
        # Some code that is gone may have been where the module is now: what
        # it asked for was there before.
        before = collections.Counter(area for area, _ in areas())
        with module(f'records={records}'):
            orphans(50)
            after = areas()
            new = collections.Counter(area for area, _ in after) - before
            pages = [int(area[1]) for area, who in after if area in new
                     and re.match(r'(recorder_start|start_ring)\+', who)]
            told = status()['bytes']
            page = os.sysconf('SC_PAGE_SIZE')
            # Two rings.
            ring = -(-told // 2 // page)
            wanted = [ring, ring]
            # The kernel's own list of many pages, a pointer each.
            if ring * 8 > page:
                wanted += [-(-ring * 8 // page)] * 2
            equal((sorted(pages), told % (2 * records)), (sorted(wanted), 0),
                  f'records={records} take {told} bytes')
            ok(f'bytes:          {told}\n' in run(TOOL, 'status').stdout,
               'the tool says so')


def ways_in():
    """The names of those that this kernel has, best first."""
    names = {'forget_original_parent': 'forget_original_parent',
             'find_alive_thread':
                 r'find_alive_thread(\.(isra|constprop)\.0)*',
             'kill_orphaned_pgrp': 'kill_orphaned_pgrp'}
    has = dict(zip(names, kernel_has(*names.values())))
    for way in has:
        if has[way]:
            with module(f'reparent_probe={way}'):
                equal(status()['reparent_probe'], way, f'{way} can be forced')
        else:
            refused([f'reparent_probe={way}'], 'Operation not supported',
                    ['cannot be watched', way])
    return [way for way in has if has[way]]


def ways():
    """Which way auto takes; two ways together."""
    there = ways_in()
    observing = [way for way in there if way != 'find_alive_thread']
    with module():
        equal(status()['reparent_probe'], there[0], f'auto takes {there[0]}')
        equal(status()['verify'], False, 'and verifies nothing unless asked')
    if 'find_alive_thread' not in there or not observing:
        refused(['verify=1'], 'Operation not supported', ['no second hook'])
        return there
    for way in there:
        with module(f'reparent_probe={way}', 'verify=1'):
            orphans(50)
            equal(len(events(0, 'reparent')), 50,
                  f'{way}, verified: one event each')
            told = status()
            second = (observing[0] if way == 'find_alive_thread' else
                      'find_alive_thread')
            ok(any(key.startswith(f'missed.{second}') for key in told),
               f'the second way is {second}', told)
            equal(told['mismatched'], 0, 'the two ways agree')
    with module():
        for on in (True, True, False, False, True):
            verify(on)
            equal(status()['verify'], on, f'verify={on} while loaded')
        orphans(50)
        equal(status()['mismatched'], 0, 'and the two ways agree')
    return there


def verify_storm():
    """The second way comes and goes while parents die: no false alarm."""
    with module():
        with storming(PAUSE_US):
            for _ in range(12):
                seen = next_seq()
                verify(True)
                wait_for(lambda: next_seq() > seen + 4)
                verify(False)
        told = status()
        equal(told['mismatched'], 0,
              'verify switched on and off under a storm')
        ok(told['next_seq'] > 50, 'in which many died', told)


def twice():
    with module():
        again = insmod()
        ok(again.returncode != 0 and 'File exists' in again.stderr,
           'insmod twice: File exists', again.stderr)
        ok(os.path.exists(PIPE), 'and the first goes on')


def read_meanwhile():
    insmod()
    reader = subprocess.Popen(['cat', PIPE], stdout=subprocess.PIPE)
    idle = os.open(PIPE, os.O_RDONLY | os.O_NONBLOCK)
    polled = os.open(PIPE, os.O_RDONLY | os.O_NONBLOCK)
    epoll = select.epoll()
    epoll.register(polled, select.EPOLLIN)
    poller = spawn(lambda: 0 if select.select([polled], [], [], 20)[0] else 1)
    wait_for(lambda: status()['readers'] == 3)
    time.sleep(0.3)
    equal(rmmod().returncode, 0, 'rmmod while events_pipe is read and polled')
    equal(reader.wait(timeout=10), 0, 'who reads sees the end of the file')
    equal(os.waitpid(poller, 0)[1], 0, 'who selects is woken up')
    ok(epoll.poll(1), 'and who uses epoll')
    try:
        got = os.read(idle, 100)
    except OSError as error:
        got = error.strerror
    ok(got in (b'', 'Input/output error'),
       'who reads later gets nothing', got)
    with module():
        equal(status()['readers'], 0, 'a new module has no reader of the old')
        equal(insmod().returncode, 1, 'and is there')
    epoll.close()
    os.close(idle)
    os.close(polled)


def hanging_teardown():
    insmod()
    pid = namespace(sleeper)
    outside = Joiner(pid)
    kill(pid)
    state_is(outside.joined, 'Z')
    wait_for(lambda: status()['teardowns'] == 1)
    equal(rmmod().returncode, 0, 'rmmod while a teardown hangs')
    with module():
        equal(status()['teardowns'], 0, 'a new module does not know of it')
        outside.end()
        equal(os.waitpid(pid, 0)[1], 9, 'and it finishes as if nothing were')
        time.sleep(0.2)
        equal([e['event'] for e in events()
               if e['event'].startswith('teardown')], [],
              'without an event of half a teardown')


def storm():
    """Unloading and loading while processes die everywhere."""
    seen = 0
    with storming(PAUSE_US):
        for cycle in range(1, 6):
            loaded = insmod('records=64')
            reader = subprocess.Popen(['cat', PIPE], stdout=subprocess.DEVNULL)
            wait_for(lambda: status()['readers'] and next_seq() > 10)
            seen += next_seq() - 1
            removed = rmmod()
            ok((loaded.returncode, removed.returncode, reader.wait(timeout=30))
               == (0, 0, 0), f'loaded and unloaded under a storm, {cycle}',
               loaded.stderr, removed.stderr)
    ok(seen >= 50, f'{seen} events were seen meanwhile')


twice()
parameters()
memory()
if 'find_alive_thread' in ways():
    verify_storm()
read_meanwhile()
hanging_teardown()
# unload.py has more of this one, where that is run.
if KERNEL != 'debug':
    storm()
done()

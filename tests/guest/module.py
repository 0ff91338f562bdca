# SPDX-License-Identifier: GPL-2.0
"""The module loads and unloads while it is busy; parameters are checked."""
import collections
import os
import re
import select
import subprocess

from lib import *
from stuck.fuse import NO_OPEN, silent

PIPE = f'{DEBUGFS}/events_pipe'
# The storms' pause: they take much of the guest's time, not all of it.
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
       'and the log says why in one line', lines)


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
    """The recorder takes exactly the memory that status says."""
    def areas():
        """Returns (size, pages) and the caller of each vmalloc() area."""
        with open('/proc/vmallocinfo') as file:
            return [((size, pages), caller) for size, caller, pages in re.findall(
                r'^\S+ +(\d+) (\S+).* pages=(\d+)', file.read(), re.M)]

    for records in (16, 1024, 16384):
        # Areas of code that was unloaded may seem to be the module's.
        before = collections.Counter(area for area, _ in areas())
        with module(f'records={records}'):
            orphans(50)
            after = areas()
            new = collections.Counter(area for area, _ in after) - before
            def pages_of(*functions):
                return sorted(int(area[1]) for area, caller in after
                              if area in new and caller.split('+')[0] in functions)

            pages = pages_of('nso_recorder_init', 'start_ring')
            page = os.sysconf('SC_PAGE_SIZE')
            bytes_ = status()['bytes']
            # The table of cgroups fills its pages, and so do the lives of 1024
            # containers; two rings.
            table, = pages_of('nso_cgroup_table_init')
            ledger = max(pages_of('nso_container_init'))
            size = bytes_ - (table + ledger) * page
            ring = -(-size // 2 // page)
            wanted = [ring, ring]
            # vmalloc's list of the pages, a pointer each, if it is large.
            if ring * 8 > page:
                wanted += [-(-ring * 8 // page)] * 2
            equal((pages, size % (2 * records)), (sorted(wanted), 0),
                  f'records={records} take {size} bytes')
            ok(f'bytes:          {bytes_}\n' in run(TOOL, 'status').stdout,
               'the tool says so')


def test_hooks_alone():
    """Each hook that this kernel has can be forced; returns them, best first."""
    names = {'forget_original_parent': 'forget_original_parent',
             'find_alive_thread':
                 r'find_alive_thread(\.(isra|constprop)\.0)*',
             'kill_orphaned_pgrp': 'kill_orphaned_pgrp'}
    has = dict(zip(names, kernel_has(*names.values())))
    for hook in has:
        if has[hook]:
            with module(f'reparent_probe={hook}'):
                equal(status()['reparent_probe'], hook, f'{hook} can be forced')
        else:
            refused([f'reparent_probe={hook}'], 'Operation not supported',
                    ['cannot be watched', hook])
    return [hook for hook in has if has[hook]]


def test_hooks():
    """auto takes the best hook; two hooks can be compared. Returns all hooks."""
    there = test_hooks_alone()
    observing = [hook for hook in there if hook != 'find_alive_thread']
    with module():
        equal(status()['reparent_probe'], there[0], f'auto takes {there[0]}')
        equal(status()['verify'], False, 'and verifies nothing unless asked')
    if 'find_alive_thread' not in there or not observing:
        refused(['verify=1'], 'Operation not supported', ['no second hook'])
        return there
    for hook in there:
        with module(f'reparent_probe={hook}', 'verify=1'):
            orphans(50)
            equal(len(events(0, 'reparent')), 50,
                  f'{hook}, verified: one event each')
            now = status()
            second = (observing[0] if hook == 'find_alive_thread' else
                      'find_alive_thread')
            ok(any(key.startswith(f'missed.{second}') for key in now),
               f'the second hook is {second}', now)
            equal(now['mismatched'], 0, 'the two hooks agree')
    with module():
        for on in (True, True, False, False, True):
            set_verify(on)
            equal(status()['verify'], on, f'verify={on} while loaded')
        orphans(50)
        equal(status()['mismatched'], 0, 'and the two hooks agree')
    return there


def verify_storm():
    """Attaching and detaching the second hook under a storm is no mismatch."""
    with module():
        with storming(PAUSE_US):
            for _ in range(12):
                seen = next_seq()
                set_verify(True)
                wait_for(lambda: next_seq() > seen + 4)
                set_verify(False)
        equal(status()['mismatched'], 0,
              'verify is switched on and off under a storm without a mismatch')


def twice():
    with module():
        again = insmod()
        ok(again.returncode != 0 and 'File exists' in again.stderr,
           'insmod twice: File exists', again.stderr)
        ok(os.path.exists(PIPE), 'and the first one stays loaded')


def read_meanwhile():
    insmod()
    reader = subprocess.Popen(['cat', PIPE], stdout=subprocess.PIPE)
    idle = os.open(PIPE, os.O_RDONLY | os.O_NONBLOCK)
    polled = os.open(PIPE, os.O_RDONLY | os.O_NONBLOCK)
    epoll = select.epoll()
    epoll.register(polled, select.EPOLLIN)

    def waits_in_poll():
        poll = select.poll()
        poll.register(polled, select.POLLIN)
        return 0 if poll.poll() else 1

    poller = spawn(waits_in_poll)
    wait_for(lambda: status()['readers'] == 3)
    wait_until_in(reader.pid, 'read')
    wait_until_polling(poller)
    equal(rmmod().returncode, 0, 'rmmod while events_pipe is read and polled')
    equal(reader.wait(timeout=HANG), 0, 'a reader sees the end of the file')
    equal(os.waitpid(poller, 0)[1], 0, 'a process in poll is woken up')
    ok(epoll.poll(HANG), 'and epoll reports the file')
    try:
        got = os.read(idle, 100)
    except OSError as error:
        got = error.strerror
    ok(got in (b'', 'Input/output error'),
       'a later read returns nothing', got)
    with module():
        equal(status()['readers'], 0, 'a new module does not count the readers of the old one')
        equal(insmod().returncode, 1, 'and it is loaded')
    epoll.close()
    os.close(idle)
    os.close(polled)


def hanging_teardown():
    insmod()
    pid = namespace(sleeper)
    outside = Joiner(pid)
    kill(pid)
    wait_for_state(outside.joined, 'Z')
    wait_for(lambda: status()['teardowns'] == 1)
    equal(rmmod().returncode, 0, 'rmmod while a teardown hangs')
    with module():
        equal(status()['teardowns'], 1, 'a new module finds it')
        outside.end()
        equal(os.waitpid(pid, 0)[1], 9, 'and the teardown ends as usual')
        equal([(e['event'], e['before_load']) for e in events()
               if e['event'].startswith('teardown')], [('teardown-end', True)],
              'and the module sees it')


def waiting_teardown():
    """
    An init waits in its exit for a child that SIGKILL does not end. The kernel does
    not replace a probe by a jump meanwhile, nor take one back, and holds kprobe_mutex:
    the module must have no such probe.
    """
    with silent() as server:
        pid = namespace(lambda: (
            spawn(lambda: os.open(NO_OPEN, os.O_RDONLY)), sleeper()))
        server.waiter()
        kill(pid)
        wait_for(lambda: 'do_wait' in read(f'/proc/{pid}/stack'))
        for how in 'loaded', 'loaded again':
            equal(insmod().returncode, 0, f'{how} while an init waits')
            # It is marked when it is registered; the kernel begins a moment later.
            listed = read(f'{os.path.dirname(DEBUGFS)}/kprobes/list')
            ok('zap_pid_ns_processes' in listed and 'OPTIMIZED' not in listed,
               'with no probe that it would replace', listed)
            equal(rmmod().returncode, 0, 'and unloaded')
        server.end()
    os.waitpid(pid, 0)


def storm():
    """The module unloads and loads under a storm of exits."""
    with storming(PAUSE_US):
        for cycle in range(1, 6):
            loaded = insmod('records=64')
            reader = subprocess.Popen(['cat', PIPE], stdout=subprocess.DEVNULL)
            wait_for(lambda: status()['readers'] and next_seq() > 10)
            removed = rmmod()
            ok((loaded.returncode, removed.returncode, reader.wait(timeout=HANG))
               == (0, 0, 0), f'loaded and unloaded under a storm, {cycle}',
               loaded.stderr, removed.stderr)


twice()
parameters()
memory()
if 'find_alive_thread' in test_hooks():
    verify_storm()
read_meanwhile()
hanging_teardown()
waiting_teardown()
# On the debug kernel unload.py tests more of this.
if KERNEL != 'debug':
    storm()
done()

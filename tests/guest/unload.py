# SPDX-License-Identifier: GPL-2.0
# kernels: debug
# boot: --forgive vmalloc.error: --append debug_objects
# seconds: 450
# places: 2
"""
Loading and unloading on a kernel that watches itself: under a storm, with
readers on every channel; under each failed allocation. It must find nothing.
"""
import contextlib
import ctypes
import glob
import os
import re
import socket
import struct
import subprocess
import threading
import time

from lib import *

CYCLES = 200
# Of the storm, which goes on for as long as anything takes: hence two places, so that
# nothing takes longer than it must. With less of a pause this kernel, which does
# everything slowly, has hardly a moment left for loading.
PAUSE_US = 400000
FAILSLAB = '/sys/kernel/debug/failslab'
EXPEDITED = '/sys/kernel/rcu_expedited'
FAIL_NTH = '/proc/thread-self/fail-nth'
ENOMEM = 12


def write(path, text):
    with open(path, 'w') as file:
        file.write(text)


def probes():
    with open('/sys/kernel/debug/kprobes/list') as file:
        return file.read()


# What there is of the module: the first three are quick to look up, and there
# are hundreds of times to.
THERE = {
    'the module': lambda: os.path.exists('/sys/module/nsorphan'),
    'its files': lambda: os.path.exists(DEBUGFS),
    'a probe': lambda: probes() != '',
    'its family': lambda: 'nsorphan' in run('genl', 'ctrl', 'list').stdout,
}
QUICK = list(THERE)[:3]


def remains(names=THERE):
    return [name for name in names if THERE[name]()]


def load(image, parameters):
    """As insmod does; errno or 0."""
    failed = syscall('finit_module', image, parameters.encode(), 0)
    return ctypes.get_errno() if failed else 0


def unload():
    """As rmmod does; errno or 0."""
    failed = syscall('delete_module', b'nsorphan', os.O_NONBLOCK)
    return ctypes.get_errno() if failed else 0


class Programs:
    """A reader on each channel, as people have them, and who asks once."""

    def __init__(self):
        self.pipe = subprocess.Popen(['cat', f'{DEBUGFS}/events_pipe'],
                                     stdout=subprocess.DEVNULL)
        self.watch = subprocess.Popen([TOOL, 'watch', '-j'],
                                      stdout=subprocess.DEVNULL,
                                      stderr=subprocess.PIPE)
        # The module may be gone before it has asked.
        self.status = subprocess.Popen([TOOL, 'status'],
                                       stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)

    def end(self):
        """What is wrong with their end, once the module is gone."""
        self.status.wait(timeout=60)
        said = self.watch.communicate(timeout=60)[1]
        self.pipe.wait(timeout=60)
        return None if b'was unloaded' in said else said


def attributes(data):
    while data:
        length, kind = struct.unpack_from('HH', data)
        yield kind & 0x3fff, data[4:length]
        data = data[length + 3 & ~3:]


class Threads:
    """The same without a program to start, which takes a second here."""

    def __init__(self):
        self.ended = []
        self.pipe = threading.Thread(target=self.read, daemon=True)
        self.pipe.start()
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
        # CTRL_CMD_GETFAMILY by CTRL_ATTR_FAMILY_NAME
        self.socket.send(struct.pack('IHHIIBBHHH12s', 36, 16, 1, 1, 0,
                                     3, 1, 0, 13, 2, b'nsorphan'))
        family = dict(attributes(self.socket.recv(65536)[20:]))
        (_, group), = attributes(family[7])     # CTRL_ATTR_MCAST_GROUPS
        number, = struct.unpack('I', dict(attributes(group))[2])
        # SOL_NETLINK, NETLINK_ADD_MEMBERSHIP
        self.socket.setsockopt(270, 1, number)

    def read(self):
        with contextlib.suppress(OSError), \
                open(f'{DEBUGFS}/events_pipe', 'rb', buffering=0) as pipe:
            while pipe.read(65536):
                pass
        self.ended.append(True)

    def end(self):
        self.pipe.join(timeout=60)
        self.socket.close()
        return None if self.ended else 'who reads events_pipe goes on'


@contextlib.contextmanager
def asked():
    """Status and parameters are read meanwhile, again and again."""
    over = threading.Event()

    def ask():
        while not over.wait(0.5):
            for path in (f'{DEBUGFS}/status',
                         *glob.glob('/sys/module/nsorphan/parameters/*')):
                with contextlib.suppress(OSError), open(path) as file:
                    file.read()

    asker = threading.Thread(target=ask)
    asker.start()
    try:
        yield
    finally:
        over.set()
        asker.join()


def cycles():
    image = os.open(MODULE, os.O_RDONLY)
    events_seen = 0
    bad = []
    with storming(PAUSE_US), asked():
        for cycle in range(CYCLES):
            # Grace periods end sooner or, now and then, later.
            write(EXPEDITED, str(int(cycle % 8 > 0)))
            loaded = load(image, f'records=64 verify={cycle // 8 % 2}')
            readers = Threads() if cycle % 20 else Programs()
            listening = wait_for(lambda: status()['readers'] == 2)
            told = status()
            events_seen += told['next_seq'] - 1
            removed = unload()
            wrong = readers.end()
            if (loaded or removed or wrong or not listening or
                    told['mismatched']):
                bad.append((cycle, loaded, removed, wrong, told))
    os.close(image)
    equal(bad, [], f'{CYCLES} times loaded and unloaded under a storm, '
          f'with readers on both channels')
    ok(events_seen > CYCLES, f'{events_seen} events were seen meanwhile')
    equal(remains(), [], 'nothing remains')


def spare_kmemleak():
    """
    Its notes of each allocation are none of insmod's, and it copes without.
    """
    with open('/proc/kallsyms') as file:
        symbols = sorted((int(words[0], 16), words[2])
                         for words in map(str.split, file))
    names = [name for _, name in symbols]
    place = names.index('__alloc_object')
    write(f'{FAILSLAB}/reject-start', hex(symbols[place][0]))
    write(f'{FAILSLAB}/reject-end', hex(symbols[place + 1][0]))


def insmod_failing(fail_nth, image, nth):
    """
    finit_module() whose nth allocation fails: its errno, and whether it came
    to an nth. fail_nth is open: to open it would be to allocate.
    """
    os.pwrite(fail_nth, str(nth).encode(), 0)
    error = load(image, 'records=64')
    left = int(os.pread(fail_nth, 20, 0))
    os.pwrite(fail_nth, b'0', 0)
    return error, left == 0


def faults():
    # Nobody else is there to race with: no need to wait.
    write(EXPEDITED, '1')
    write(f'{FAILSLAB}/ignore-gfp-wait', 'N')
    write(f'{FAILSLAB}/verbose', '0')
    spare_kmemleak()
    image = os.open(MODULE, os.O_RDONLY)
    fail_nth = os.open(FAIL_NTH, os.O_RDWR)
    bad, survived = [], []
    nth = 0
    failed = True
    while failed:
        nth += 1
        error, failed = insmod_failing(fail_nth, image, nth)
        if not error:
            survived.append(nth)
            if unload():
                bad.append((nth, 'cannot be unloaded'))
        elif error != ENOMEM:
            bad.append((nth, os.strerror(error)))
        left = remains(QUICK)
        if left:
            bad.append((nth, left))
    os.close(fail_nth)
    os.close(image)
    equal(bad, [], f'{nth - 1} allocations failed in turn: ENOMEM each time, '
          'and nothing remains')
    equal(remains(), [], 'nor its netlink family')
    print('# those that insmod got over:', survived[:-1])
    with module():
        orphans(5)
        equal(len(events(0, 'reparent')), 5,
              'the module loads after that, and sees')


# What kmemleak finds is told by who ends the guest.
cycles()
faults()
done()

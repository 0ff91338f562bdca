# SPDX-License-Identifier: GPL-2.0
# one a day:
# kernels: debug
# boot: --forgive vmalloc.error: --append debug_objects
"""
The module loads and unloads on the debug kernel, which finds nothing to complain
of: under a storm of exits, with readers on every channel, and with each of its
allocations failing in turn.
"""
import contextlib
import ctypes
import glob
import os
import socket
import struct
import subprocess
import threading

from lib import *

# At least so many cycles, and on until they have seen so many events.
CYCLES = EVENTS = 200
# The storm's pause. With a shorter one this slow kernel gets hardly anything else
# done.
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


# Traces of a loaded module. The first three are quick to look up, which is done
# hundreds of times.
TRACES = {
    'the module': lambda: os.path.exists('/sys/module/nsorphan'),
    'its files': lambda: os.path.exists(DEBUGFS),
    'a probe': lambda: probes() != '',
    'its family': lambda: 'nsorphan' in run('genl', 'ctrl', 'list').stdout,
}
QUICK = list(TRACES)[:3]


def remains(names=TRACES):
    return [name for name in names if TRACES[name]()]


def load(image, parameters):
    """Loads the module as insmod does; returns errno or 0."""
    failed = syscall('finit_module', image, parameters.encode(), 0)
    return ctypes.get_errno() if failed else 0


def unload():
    """Unloads the module as rmmod does; returns errno or 0."""
    failed = syscall('delete_module', b'nsorphan', os.O_NONBLOCK)
    return ctypes.get_errno() if failed else 0


class Programs:
    """Real programs that read: one on each channel, and one that asks once."""

    def __init__(self):
        self.pipe = subprocess.Popen(['cat', f'{DEBUGFS}/events_pipe'],
                                     stdout=subprocess.DEVNULL)
        self.watch = subprocess.Popen([TOOL, 'watch', '-j'],
                                      stdout=subprocess.DEVNULL,
                                      stderr=subprocess.PIPE)
        # Fails if the module is unloaded before it has asked.
        self.status = subprocess.Popen([TOOL, 'status'],
                                       stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)

    def end(self):
        """Waits for their end after unloading; returns what is wrong, or None."""
        self.status.wait(timeout=HANG)
        said = self.watch.communicate(timeout=HANG)[1]
        self.pipe.wait(timeout=HANG)
        # The latter where unloading came between two requests of its start.
        right = b'was unloaded' in said or b'is not loaded' in said
        return None if right and self.watch.returncode == 1 else said


def attributes(data):
    while data:
        length, kind = struct.unpack_from('HH', data)
        yield kind & 0x3fff, data[4:length]
        data = data[length + 3 & ~3:]


class Threads:
    """The same readers as threads: starting a program takes a second here."""

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
        self.pipe.join(timeout=HANG)
        self.socket.close()
        return None if self.ended else 'the reader of events_pipe goes on'


@contextlib.contextmanager
def being_asked():
    """Reads status and parameters in the background, again and again."""
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
    cycle = events_seen = 0
    bad = []
    with storming(PAUSE_US), being_asked():
        while cycle < CYCLES or events_seen < EVENTS:
            # Expedited grace periods, and sometimes normal ones.
            write(EXPEDITED, str(int(cycle % 8 > 0)))
            loaded = load(image, f'records=64 verify={cycle // 8 % 2}')
            readers = Threads() if cycle % 20 else Programs()
            wait_for(lambda: status()['readers'] == 2)
            now = status()
            events_seen += now['next_seq'] - 1
            removed = unload()
            wrong = readers.end()
            if loaded or removed or wrong or now['mismatched']:
                bad.append((cycle, loaded, removed, wrong, now))
            cycle += 1
            if cycle % 20 == 0:
                print(f'# {cycle} cycles, {events_seen} events', flush=True)
    os.close(image)
    equal(bad, [], 'the module loads and unloads under a storm of exits, with '
          'readers on both channels')
    equal(remains(), [], 'nothing remains')


def spare_kmemleak():
    """
    Exempts kmemleak's own allocations from failing: they are not insmod's, and
    kmemleak copes without them.
    """
    with open('/proc/kallsyms') as file:
        symbols = sorted((int(words[0], 16), words[2])
                         for words in map(str.split, file))
    names = [name for _, name in symbols]
    index = names.index('__alloc_object')
    write(f'{FAILSLAB}/reject-start', hex(symbols[index][0]))
    write(f'{FAILSLAB}/reject-end', hex(symbols[index + 1][0]))


def insmod_failing(fail_nth, image, nth):
    """
    Calls finit_module() with its nth allocation failing; returns errno and
    whether there was an nth. fail_nth is open, since opening it allocates.
    """
    os.pwrite(fail_nth, str(nth).encode(), 0)
    error = load(image, 'records=64')
    countdown = int(os.pread(fail_nth, 20, 0))
    os.pwrite(fail_nth, b'0', 0)
    return error, countdown == 0


def faults():
    # Nothing races here: grace periods need not be long.
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
        found = remains(QUICK)
        if found:
            bad.append((nth, found))
    os.close(fail_nth)
    os.close(image)
    print(f'# {nth - 1} allocations; insmod survived the failure of:',
          survived[:-1])
    ok(nth > 1 and not bad, 'insmod fails with ENOMEM when any of its '
       'allocations does, and nothing remains', nth, bad)
    equal(remains(), [], 'nor its netlink family')
    with module():
        orphans(5)
        equal(len(events(0, 'reparent')), 5,
              'the module loads after that and records events')


# guest-init reports what kmemleak finds.
cycles()
faults()
done()

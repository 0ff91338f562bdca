# SPDX-License-Identifier: GPL-2.0
"""
A FUSE file system, served over /dev/fuse without a library, that reads some
requests and never answers them: a process that waits for an answer can be killed
only before the server has read the request.
"""
import contextlib
import ctypes
import errno
import os
import select
import stat
import struct

from lib import Channel, kill, libc, spawn
from stuck.case import stack

MOUNT = '/run/silent'
# Opening this file never returns: asleep, and in D state once SIGKILL was sent.
NO_OPEN = f'{MOUNT}/no-open'
# Opening this file works, reading it waits for a page: in D state at once, but
# SIGKILL ends the wait.
NO_READ = f'{MOUNT}/no-read'
# A program, sleep(1). Opening it never returns after withhold_program().
PROGRAM = f'{MOUNT}/program'
# Opening and reading this file works, closing it never returns.
NO_FLUSH = f'{MOUNT}/no-flush'

ROOT = 1
NODES = {b'no-open': 2, b'no-read': 3, b'program': 4, b'no-flush': 5}
LOOKUP, FORGET, GETATTR, OPEN, READ = 1, 2, 3, 14, 15
FLUSH, RELEASE, INIT, ACCESS, INTERRUPT, FORGETS = 25, 18, 26, 34, 36, 42
SILENT = {(OPEN, NODES[b'no-open']), (READ, NODES[b'no-read']),
          (FLUSH, NODES[b'no-flush'])}
ASYNC_READ = 1
FOPEN_DIRECT_IO, FOPEN_KEEP_CACHE = 1, 2

# In which a thread waits for an answer: clang inlines the one into the other.
WAITS = {'request_wait_answer', '__fuse_simple_request'}

with open('/usr/bin/sleep', 'rb') as file:
    SLEEP = file.read()


def attributes(node):
    mode = stat.S_IFDIR | 0o755 if node == ROOT else stat.S_IFREG | 0o755
    size = len(SLEEP) if node == NODES[b'program'] else 1 << 20
    return struct.pack('=6Q10I', node, size, 1, 0, 0, 0,
                       0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)


def answer(opcode, node, body):
    """Returns the body of an answer, or an errno."""
    if opcode == INIT:
        return struct.pack('=4I2H2I2H8I', 7, 31, 1 << 17, ASYNC_READ, 12, 9,
                           1 << 16, 1, 16, 0, *[0] * 8)
    if opcode == LOOKUP:
        node = NODES.get(body.rstrip(b'\0'))
        if not node:
            return errno.ENOENT
        return struct.pack('=4Q2I', node, 0, 60, 60, 0, 0) + attributes(node)
    if opcode == GETATTR:
        return struct.pack('=Q2I', 60, 0, 0) + attributes(node)
    if opcode == OPEN:
        # Who opens it so does not wait for the pages that others read, but waits when
        # it maps it, with the lock of its memory held: see fuse_file_mmap().
        flags, _ = struct.unpack_from('=2I', body)
        direct = flags & os.O_NONBLOCK and FOPEN_DIRECT_IO | FOPEN_KEEP_CACHE
        return struct.pack('=Q2I', 0, direct, 0)
    if opcode == READ:
        _, offset, size = struct.unpack_from('=2QI', body)
        return SLEEP[offset:offset + size]
    if opcode in (FLUSH, RELEASE, ACCESS):
        return b''
    return errno.ENOSYS


def serve(device, withheld, control):
    silent, deaf = set(SILENT), False

    while True:
        ready, _, _ = select.select([device, control.read_end], [], [])
        if control.read_end in ready:
            if control.receive() == 'all':
                deaf = True
            else:
                silent.add((OPEN, NODES[b'program']))
            withheld.send('withholds')
            continue
        try:
            request = os.read(device, 1 << 18)
        except OSError as error:
            if error.errno == errno.ENODEV:
                return  # the connection was aborted
            raise
        _, opcode, unique, node, _, _, tid, _ = struct.unpack_from(
            '=2I2Q4I', request)
        if opcode in (FORGET, FORGETS, INTERRUPT):
            continue
        if deaf or (opcode, node) in silent:
            withheld.send(tid)
            continue
        body = answer(opcode, node, request[40:])
        error = 0
        if isinstance(body, int):
            body, error = b'', -body
        os.write(device, struct.pack('=IiQ', 16 + len(body), error, unique) +
                 body)


class Silent:
    """The server: its pid; waiter() returns the next thread that waits for it."""

    def __init__(self, pid, withheld, control):
        self.pid, self.control = pid, control
        self.waiter = withheld.receive

    def withhold_program(self):
        """Makes the server not answer an open of PROGRAM any more."""
        self.control.send('withhold')
        assert self.waiter() == 'withholds'

    def withhold_all(self):
        """Makes the server answer nothing any more."""
        self.control.send('all')
        assert self.waiter() == 'withholds'

    def end(self):
        kill(self.pid)


def mount():
    """Mounts the file system; returns the descriptor to serve it by."""
    os.makedirs(MOUNT, exist_ok=True)
    device = os.open('/dev/fuse', os.O_RDWR)
    options = f'fd={device},rootmode=40000,user_id=0,group_id=0'
    assert libc.mount(b'silent', MOUNT.encode(), b'fuse', 0,
                      options.encode()) == 0, os.strerror(ctypes.get_errno())
    return device


def unmount():
    libc.umount2(MOUNT.encode(), 2)  # MNT_DETACH


@contextlib.contextmanager
def silent():
    """Mounts the file system; ending the server ends all waits for it."""
    withheld, mounted, control = Channel(), Channel(), Channel()

    def server():
        device = mount()
        mounted.send('yes')
        serve(device, withheld, control)

    pid = spawn(server)
    try:
        mounted.receive()
        yield Silent(pid, withheld, control)
    finally:
        kill(pid)
        os.waitpid(pid, 0)
        unmount()
        withheld.close()
        mounted.close()
        control.close()


def waits_for_answer(tid):
    """Tells whether the thread, PID or PID/task/TID, waits for a FUSE server."""
    return not WAITS.isdisjoint(name.split('.')[0] for name in stack(tid))

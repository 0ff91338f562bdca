# SPDX-License-Identifier: GPL-2.0
# clock: virtual
"""filesystem-get says whether a file system is frozen, and who waits for its thaw."""
import errno
import mmap
import os

from lib import *
from stuck.disk import can_freeze, disk

CLIENT, _ = load_ynl()
# SB_FREEZE_COMPLETE
FROZEN = 4
# The most waiters that an answer has, and a number of threads above that.
MOST, CROWD = 256, 300


def ask(fd):
    """Returns the answer, with the waiters as a list of (pid, tid)."""
    found = ynl.do('filesystem-get', {'fd': fd})
    found['waiters'] = [(one['pid'], one['tid'])
                        for one in found.get('waiters', [])]
    return found


def mounted(path):
    """Returns device and type of the file system at a mount point."""
    with open('/proc/self/mountinfo') as file:
        lines = [line.split() for line in file]
    line = [line for line in lines if line[4] == path][-1]
    return line[2], line[line.index('-') + 1]


def of_any_file():
    for path in ('/', '/proc', '/sys/kernel/debug', V2):
        for flags in (os.O_RDONLY, os.O_PATH):
            fd = os.open(path, flags)
            found = ask(fd)
            os.close(fd)
            equal(((f"{found['dev-major']}:{found['dev-minor']}", found['type']),
                   found['frozen'], found['waiters'], 'more' in found),
                  (mounted(path), 0, [], False),
                  f'{path}: device and type, and it is not frozen')
    reading, writing = os.pipe()
    equal(ask(reading)['type'], 'pipefs', 'a pipe has a file system, too')
    os.close(reading)
    os.close(writing)


def tasks_in(pid, letter):
    """Returns the tids of the process whose threads are in that state."""
    return [int(tid) for tid in os.listdir(f'/proc/{pid}/task')
            if stat(f'{pid}/task/{tid}')['state'] == letter]


def freeze_with_waiters():
    """
    A thread writes, a process writes to memory that is mapped, and a process
    removes the last reference of a file: three queues.
    """
    go_read, go_write = os.pipe()

    def writes(ready):
        fd = os.open(f'{frozen.path}/written', os.O_RDWR | os.O_CREAT)

        def write_it():
            os.read(go_read, 1)
            os.write(fd, b'x')

        writer, = start_threads(1, write_it)
        ready()
        writer.join()

    def faults(ready):
        fd = os.open(f'{frozen.path}/mapped', os.O_RDWR | os.O_CREAT)
        os.ftruncate(fd, 4096)
        memory = mmap.mmap(fd, 4096)
        # Read, so that only the right to write is missing.
        assert memory[0] == 0
        ready()
        os.read(go_read, 1)
        memory[0] = 1

    def removes(ready):
        path = f'{frozen.path}/removed'
        fd = os.open(path, os.O_RDWR | os.O_CREAT)
        os.unlink(path)
        ready()
        os.read(go_read, 1)
        os.close(fd)

    pids = [spawn_ready(body) for body in (writes, faults, removes)]
    frozen.freeze()
    found = ask(frozen.root)
    equal(((f"{found['dev-major']}:{found['dev-minor']}", found['type']),
           found['frozen'], found['waiters']),
          (mounted(frozen.path), FROZEN, []), 'a file system is frozen')
    os.write(go_write, b'xxx')
    waiting = {(pid, wait_for(lambda: tasks_in(pid, 'D'))[0]) for pid in pids}
    equal(set(ask(frozen.root)['waiters']), waiting,
          'who writes, faults or removes waits for the thaw')
    writer, = [tid for pid, tid in waiting if pid == pids[0]]
    ok(writer != pids[0], 'the thread is named, not its leader', waiting)
    handle = os.open(f'{frozen.path}/written', os.O_PATH)
    equal(set(ask(handle)['waiters']), waiting, 'by any file, with O_PATH, too')
    os.close(handle)

    frozen.thaw()
    ended = [os.waitpid(pid, 0)[1] for pid in pids]
    found = ask(frozen.root)
    equal((ended, found['frozen'], found['waiters']), ([0, 0, 0], 0, []),
          'the thaw ends the waits')
    os.close(go_read)
    os.close(go_write)


def freeze_with_crowd():
    def writes(ready):
        fd = os.open(f'{frozen.path}/written', os.O_WRONLY)
        ready()
        # Not write(), which would wait for the position of the file.
        for one in start_threads(CROWD, os.pwrite, fd, b'x', 0):
            one.join()

    frozen.freeze()
    pid = spawn_ready(writes)
    waiting = wait_for(lambda: len(tasks_in(pid, 'D')) == CROWD and
                       tasks_in(pid, 'D'))
    found = ask(frozen.root)
    tids = [tid for _, tid in found['waiters']]
    equal((len(tids), len(set(tids)), {pid for pid, _ in found['waiters']},
           set(tids) - set(waiting), 'more' in found),
          (MOST, MOST, {pid}, set(), True),
          f'of {CROWD} threads {MOST} are named, and that there are more')
    frozen.thaw()
    equal(os.waitpid(pid, 0)[1], 0, 'the thaw ends all their waits')


def refused(name, request, error, message):
    try:
        said = ynl.do('filesystem-get', request)
    except Exception as raised:
        said = str(raised)
    ok(os.strerror(error) in str(said) and message in str(said), name, said)


def bad_requests():
    closed, other = os.pipe()
    os.close(closed)
    os.close(other)
    for fd in (closed, 2**31, 2**32 - 1):
        refused(f'descriptor {fd}, which is not open', {'fd': fd}, errno.EBADF,
                'no such file descriptor of the client')
    refused('no descriptor', {}, errno.EINVAL, 'the file descriptor is missing')
    said = run(*UNPRIVILEGED, *YNL_CLI, '--no-schema', '--do', 'filesystem-get',
               '--json', '{"fd": 0}')
    ok('not permitted' in said.stdout + said.stderr and
       'CAP_SYS_ADMIN is needed' in said.stdout + said.stderr,
       'without CAP_SYS_ADMIN', said.stdout, said.stderr)


with module():
    ynl = CLIENT()
    of_any_file()
    bad_requests()
    if can_freeze():
        with disk() as frozen:
            freeze_with_waiters()
            freeze_with_crowd()
    else:
        ok(True, 'a frozen file system # SKIP this kernel has no ext4 or loop')
done()

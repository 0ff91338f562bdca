# SPDX-License-Identifier: GPL-2.0
# clock: virtual
"""task-get says of each thread what /proc does not show."""
import errno
import mmap
import os
import signal
import struct
import subprocess
import time

from lib import *
from stuck.alive import core_pattern, is_dumping
from stuck.case import zaps
from stuck.fuse import NO_OPEN, NO_READ, silent

CLIENT, _ = load_ynl()
CROWD = 2000 // SLOW
# A cgroup that is so deep is not resolved by a probe.
DEPTH = 40


def dump(**wanted):
    return ynl.dump('task-get', wanted) or []


def tid_of(one):
    return one['process'].get('tid', one['process']['pid'])


def tasks(**wanted):
    """Returns the threads by tid."""
    return {tid_of(one): one for one in dump(**wanted)}


def flags(pid, tid=None):
    """Returns the flags of a thread, the leader if no tid is given."""
    return set(tasks(pid=pid)[tid or pid]['flags'])


def threads_of(pid):
    return set(map(int, os.listdir(f'/proc/{pid}/task')))


def plain(process):
    """Returns the process with the keys of debugfs."""
    return {key.replace('-', '_'): value for key, value in process.items()}


def with_threads(count):
    """Starts a process with that many more threads, which sleep."""
    def body(ready):
        start_threads(count, time.sleep, 1000)
        ready()
        sleeper()
    pid = spawn_ready(body)
    for tid in threads_of(pid):
        wait_until_asleep(f'{pid}/task/{tid}')
    return pid


def end(*pids):
    kill(*pids)
    for pid in pids:
        os.waitpid(pid, 0)


# Which threads

def one_process():
    pid = with_threads(3)
    found = tasks(pid=pid)
    equal(set(found), threads_of(pid), 'each thread of a process is dumped')
    equal([as_identity(plain(one['process'])) for one in found.values()],
          [identity(pid)] * 4, 'with the process')
    equal([(one['process'].get('state'), one['process'].get('thread-state'),
            one['cgroup'], one['hierarchy'], 'container' in one, one['flags'])
           for tid, one in found.items() if tid != pid],
          [('sleeping', 'sleeping', os.stat(V2).st_ino, 'v2', False, set())] * 3,
          'its states and its cgroup')
    equal([key in found[pid]['process'] for key in
           ('state', 'tid', 'thread-state')], [True, False, False],
          'the leader has no tid')
    end(pid)


def zombie_leader():
    def body(ready):
        def other():
            wait_for(lambda: stat(os.getpid())['state'] == 'Z')
            ready()
            time.sleep(1000)
        start_threads(1, other)
        syscall('exit', 0)

    pid = spawn_ready(body)
    alive, = threads_of(pid) - {pid}
    wait_until_asleep(f'{pid}/task/{alive}')
    found = tasks(pid=pid)
    equal({tid: (one['process']['state'], one['process'].get('thread-state'),
                 one['flags']) for tid, one in found.items()},
          {pid: ('zombie', None, set()), alive: ('zombie', 'sleeping', set())},
          'a leader that is a zombie, and its living thread')
    end(pid)


def every_thread():
    def listed():
        return {tid for pid in filter(str.isdigit, os.listdir('/proc'))
                for tid in threads_of(pid)}

    before = listed()
    found = [tid_of(one) for one in dump()]
    lived = before & listed()
    equal(lived - set(found), set(), 'each thread that /proc lists is dumped')
    equal(found, sorted(set(found)), 'once, by ascending tid')
    ok(2 in found, 'kernel threads, too')


def crowd():
    """A dump of many messages goes on in the middle of a process."""
    pid = with_threads(CROWD)
    found = [tid_of(one) for one in dump(pid=pid)]
    equal((len(found), set(found)), (CROWD + 1, threads_of(pid)),
          f'a process with {CROWD} more threads')
    end(pid)


def by_namespace():
    channel = Channel()

    def outer():
        unshare_pid()
        spawn(lambda: (channel.send('up'), sleeper()))
        sleeper()

    pid = namespace(outer)
    channel.receive()
    inner, = descendants(pid)
    outer_ns, inner_ns = pidns_of(pid), pidns_of(inner)
    equal((set(tasks(pidns=outer_ns)), set(tasks(pidns=inner_ns))),
          ({pid, inner}, {inner}), 'a namespace has those below it, too')
    ok({1, os.getpid(), pid, inner} <= set(tasks(pidns=pidns_of(1))),
       'all are below the initial one')
    equal((set(tasks(pidns=outer_ns, pid=inner)),
           set(tasks(pidns=inner_ns, pid=pid)), tasks(pidns=1), tasks(pid=2**30)),
          ({inner}, set(), {}, {}), 'attributes are combined, and may fit none')
    equal(len(dump(pid=0, pidns=0)), len(dump()), 'one that is 0 fits all')
    end(pid)


def by_container():
    cgroup, other = ContainerCgroup(), ContainerCgroup()
    deep = Cgroup(f'{cgroup.path}/deep')
    inside, below, outside = [spawn_ready(
        lambda ready, where=where: (where.enter(), ready(), sleeper()))
        for where in (cgroup, deep, other)]
    found = tasks(container=cgroup.id)
    equal({tid: (one['cgroup'], one['hierarchy'], one['container'])
           for tid, one in found.items()},
          {inside: (cgroup.id, 'v2', cgroup.id),
           below: (deep.id, 'v2', cgroup.id)}, 'the threads of a container')
    equal([set(tasks(**wanted)) for wanted in (
        {'container': cgroup.id, 'hierarchy': 'v2'},
        {'container': cgroup.id, 'hierarchy': 'pids'},
        {'container': cgroup.id, 'pid': outside},
        {'container': other.id, 'pid': outside}, {'container': 2**40})],
          [{inside, below}, set(), set(), {outside}, set()],
          'its hierarchy, and other attributes')
    end(inside, below, outside)
    for one in deep, cgroup, other:
        one.remove()


def by_container_v1():
    """What the container is, is found by a worker, for which the dump waits."""
    with v1('pids') as mount:
        if not mount:
            ok(True, 'a container of v1 # SKIP this kernel cannot mount it')
            return
        cgroup = ContainerCgroup('/docker/{}', mount)
        deep = Cgroup(cgroup.path + ''.join(f'/{n}' for n in range(DEPTH)), mount)
        pid = spawn_ready(lambda ready: (deep.enter(), ready(), sleeper()))
        found = tasks(container=cgroup.id, hierarchy='pids')
        equal({tid: (one['cgroup'], one['hierarchy'], one['container'])
               for tid, one in found.items()},
              {pid: (deep.id, 'pids', cgroup.id)}, 'a container of v1')
        end(pid)


# Flags

def file_system():
    """
    A server that does not answer: D state that SIGKILL ends, and that it does not.
    No page is read twice, and the file not opened after a read, as pages that are
    being read are locked.
    """
    def reads():
        os.pread(fd, 1, 1 << 18)

    def opens():
        os.close(os.open(NO_OPEN, os.O_RDONLY))

    def executes():
        os.execv(NO_READ, ['no-read'])

    with silent() as server:
        fd = os.open(NO_READ, os.O_RDONLY)
        pid = spawn(executes)
        server.waiter()
        wait_for_state(pid, 'D')
        equal(flags(pid), {'killable', 'in-execve'}, 'an execve')
        end(pid)

        pid = spawn(reads)
        server.waiter()
        wait_for_state(pid, 'D')
        equal(flags(pid), {'killable'}, 'a read that SIGKILL can end')
        end(pid)

        pid = spawn(opens)
        server.waiter()
        wait_for_state(pid, 'S')
        equal(flags(pid), set(), 'an open that waits')
        kill(pid)
        wait_for_state(pid, 'D')
        equal(flags(pid), {'killed'}, 'and that SIGKILL does not end')
        io_worker(server, fd)
        os.close(fd)
        server.end()
        os.waitpid(pid, 0)


def submit_read(fd):
    """
    Has a worker of an io_uring read a file. Returns what must be kept for it, or
    None if this kernel has none.
    """
    params = ctypes.create_string_buffer(120)
    ring = libc.syscall(425, 4, params)     # io_uring_setup()
    if ring < 0:
        return None
    sq_tail, sq_array = struct.unpack_from('=4xI16xI', params, 40)
    queue = mmap.mmap(ring, 4096)
    entries = mmap.mmap(ring, 4096, offset=0x10000000)
    buffer = ctypes.create_string_buffer(4096)
    # IORING_OP_READ with IOSQE_ASYNC
    struct.pack_into('=BBHiQQI', entries, 0, 22, 16, 0, fd, 1 << 19,
                     ctypes.addressof(buffer), 4096)
    struct.pack_into('=I', queue, sq_array, 0)
    struct.pack_into('=I', queue, sq_tail, 1)
    assert libc.syscall(426, ring, 1, 0, 0, None, 0) == 1   # io_uring_enter()
    return queue, entries, buffer


def io_worker(server, fd):
    pid = spawn(lambda: submit_read(fd) and sleeper())
    wait_for(lambda: stat(pid)['state'] == 'Z' or
             read(f'/proc/{pid}/syscall').startswith(
                 f"{NUMBERS['clock_nanosleep']} "))
    if stat(pid)['state'] == 'Z':
        ok(True, 'a worker of an io_uring # SKIP this kernel has no io_uring')
    else:
        tid = server.waiter()
        one = tasks()[tid]
        # On 5.10 the worker is a kernel thread.
        equal((tid != pid, set(one['flags'])), (True, {'io-worker', 'killable'}),
              'a worker of an io_uring')
    end(pid)


def frozen():
    cgroup = Cgroup('/task-frozen')
    pid = spawn_ready(lambda ready: (cgroup.enter(), ready(), sleeper()))
    write(f'{cgroup.dir}/cgroup.freeze', 1)
    wait_for(lambda: 'frozen 1' in read(f'{cgroup.dir}/cgroup.events'))
    equal(flags(pid), {'frozen'}, 'a frozen process')
    end(pid)
    cgroup.remove()


def exiting():
    """An init that waits in its exit for a zombie that nobody reaps."""
    pid = namespace(sleeper)
    outside = Joiner(pid)
    kill(pid)
    wait_for(lambda: zaps(pid))
    wait_for_state(outside.joined, 'Z')
    equal((flags(pid), flags(outside.joined)), ({'exiting', 'killed'}, set()),
          'an init in its exit, and a zombie')
    outside.end()
    os.waitpid(pid, 0)


def vfork():
    channel = Channel()

    def body():
        # CLONE_VFORK
        if libc.syscall(NUMBERS['clone'], 0x4000 | signal.SIGCHLD, 0, 0, 0, 0) == 0:
            channel.send(os.getpid())
            sleeper()

    parent = spawn(body)
    child = channel.receive()
    channel.close()
    wait_until_asleep(child)
    wait_for_state(parent, 'D')
    equal((flags(child), flags(parent)), ({'vfork-child'}, {'killable'}),
          'a child of vfork, and its parent')
    kill(child)
    os.waitpid(parent, 0)


def dumping():
    """The dump is larger than a pipe, and its reader reads nothing."""
    def aborts():
        signal.signal(signal.SIGABRT, signal.SIG_DFL)
        os.abort()

    def readers():
        return [int(pid) for pid in filter(str.isdigit, os.listdir('/proc'))
                if read(f'/proc/{pid}/comm') == 'sleep\n']

    with core_pattern('|/usr/bin/sleep 1000'):
        pid = spawn(aborts)
        wait_for(lambda: is_dumping(pid) and readers() and
                 stat(pid)['state'] == 'S')
        equal(flags(pid), {'dumping'}, 'a process that dumps core')
        kill(*readers())
        os.waitpid(pid, 0)


def program_of_32_bits():
    """Writes a program that only calls pause(), again and again; returns its path."""
    machine, elf_flags, code = {
        'x86_64': (3, 0, bytes.fromhex('b81d000000cd80ebf7')),
        'aarch64': (40, 0x05000000, struct.pack(
            '<3I', 0xe3a0701d, 0xef000000, 0xeafffffc)),
    }[os.uname().machine]
    base, headers = 0x10000, 84
    size = headers + len(code)
    header = struct.pack('<16s2H5I6H', b'\x7fELF\1\1\1', 2, machine, 1,
                         base + headers, 52, 0, elf_flags, 52, 32, 1, 0, 0, 0)
    segment = struct.pack('<8I', 1, 0, base, base, size, size, 5, 4096)
    path = '/tmp/program-of-32-bits'
    with open(path, 'wb') as file:
        file.write(header + segment + code)
    os.chmod(path, 0o755)
    return path


def compat():
    try:
        process = subprocess.Popen([program_of_32_bits()])
    except OSError as error:
        assert error.errno == errno.ENOEXEC, error
        ok(True, 'a 32-bit program # SKIP this kernel runs none')
        return
    wait_for_state(process.pid, 'S')
    equal(flags(process.pid), {'compat'}, 'a 32-bit program')
    process.kill()
    process.wait()


# What is refused

def refused(name, said, message, *errors):
    """Checks an error, and its message; older kernels lose that of a dump."""
    ok(any(os.strerror(error) in said for error in errors) and
       (message in said or 'extack' not in said), name, said)


def answer(**wanted):
    try:
        return str(dump(**wanted))
    except Exception as raised:
        return str(raised)


def bad_requests():
    refused('a hierarchy without a container', answer(hierarchy='v2'),
            'the container in that hierarchy is missing', errno.EINVAL)
    refused('a hierarchy that does not exist', answer(hierarchy=7, container=1),
            'range', errno.ERANGE, errno.EINVAL)
    said = run(*UNPRIVILEGED, *YNL_CLI, '--no-schema', '--dump', 'task-get')
    refused('without CAP_SYS_ADMIN', said.stdout + said.stderr,
            'CAP_SYS_ADMIN is needed', errno.EPERM)


with module():
    ynl = CLIENT()
    one_process()
    zombie_leader()
    every_thread()
    crowd()
    by_namespace()
    by_container()
    by_container_v1()
    file_system()
    frozen()
    exiting()
    vfork()
    dumping()
    compat()
    bad_requests()
done()

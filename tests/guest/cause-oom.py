# SPDX-License-Identifier: GPL-2.0
# in turn:
# clock: virtual
# boot: --forgive invoked.oom-killer
"""A process that the OOM killer kills is told from all others that die."""
import contextlib
import os
import signal

from lib import *
from witness.causes import *

PTRACE_CONT, PTRACE_SEIZE, PTRACE_O_TRACEEXIT = 7, 0x4206, 1 << 6
KILL = signal.SIGKILL
MB = 1 << 20


def write(path, value):
    with open(path, 'w') as file:
        file.write(str(value))


class Cgroup:
    def __init__(self, name, limit=None, parent='/sys/fs/cgroup'):
        self.path = f'{parent}/{name}'
        os.mkdir(self.path)
        if limit is not None:
            self.set('memory.max', limit)
            with contextlib.suppress(FileNotFoundError):
                self.set('memory.swap.max', 0)
        self.id = os.stat(self.path).st_ino

    def set(self, file, value):
        write(f'{self.path}/{file}', value)

    def enters(self, body):
        """Returns a body that moves into the cgroup first."""
        def enter():
            self.set('cgroup.procs', 0)
            body()
        return enter

    def remove(self):
        wait_for(lambda: read(f'{self.path}/cgroup.procs') == '')
        os.rmdir(self.path)


def oom(pid, since, members, name, key='pid'):
    """Checks that the OOM killer sent the first signal; returns its event."""
    wait_for(lambda: signals(pid, since, key))
    event, *more = signals(pid, since, key)
    equal((event['signal'], event.get('cause'), 'sender' in event),
          (int(KILL), 'oom', False), f'{name}: oom')
    equal(event.get('oom'), members, f'{name}: the cgroup and its limit')
    # With memory.oom.group it tries to kill the victim twice.
    equal({other['result'] for other in more} - {'ignored', 'pending'}, set(),
          f'{name}: one signal')
    return event


def anonymous_kb(pid):
    """Returns how much memory is left of a process."""
    return int(re.search(r'RssAnon:\s+(\d+)', read(f'/proc/{pid}/status'))[1])


def out_of_memory(inside):
    write('/sys/fs/cgroup/cgroup.subtree_control', '+memory')
    small = Cgroup('small', 32 * MB)
    members = {'cgroup': small.id, 'limit': 32 * MB}
    start = next_seq()
    pid = inside.run(small.enters(causes('hog', 64)))
    event = oom(pid, start, members, 'memory.max')
    equal(event['cgroup'], small.id, 'and the cgroup is its own')
    equal(event['result'], 'delivered', 'and the signal was delivered')

    # The limit is that of a cgroup above.
    small.set('cgroup.subtree_control', '+memory')
    below = Cgroup('below', parent=small.path)
    start = next_seq()
    pid = inside.run(below.enters(causes('hog', 64)))
    event = oom(pid, start, members, 'memory.max of a cgroup above')
    equal(event['cgroup'], below.id, 'but the process was in the one below')

    # All of the cgroup are killed.
    below.set('memory.oom.group', 1)
    other = inside.start(below.enters(causes('wait')))
    wait_until_waiting(other)
    start = next_seq()
    pid = inside.run(below.enters(causes('hog', 64)))
    oom(pid, start, members, 'memory.oom.group, the victim')
    oom(other, start, members, 'memory.oom.group, another one')
    below.set('memory.oom.group', 0)

    # A process that shares the victim's memory.
    start = next_seq()
    channel = Channel()
    os.set_inheritable(channel.write_end, True)
    pid = inside.run(below.enters(causes('share', 64, channel.write_end)))
    number = channel.receive()
    oom(pid, start, members, 'shared memory, the victim')
    oom(number, start, members, 'shared memory, the other one', 'ns_pid')
    channel.close()

    others_kill(inside, below, members)
    below.remove()
    small.remove()


def others_kill(inside, group, members):
    """A process that others kill was not killed by the OOM killer."""
    pid = inside.start(group.enters(causes('hog', 8)))
    wait_until_waiting(pid)
    start = next_seq()
    kill(pid)
    os.waitpid(inside.outside, 0)
    equal(reasons(pid, start), [(int(KILL), os.getpid())],
          'a process that another one kills has that as the sender')

    # It dies already when memory runs out, and is chosen as the largest: a tracer
    # stops it in its exit. Its memory is taken, then the other one is killed.
    pid = inside.start(group.enters(causes('hog', 20)))
    outside = inside.outside
    wait_until_waiting(pid)
    assert libc.ptrace(PTRACE_SEIZE, pid, 0, PTRACE_O_TRACEEXIT) == 0
    start = next_seq()
    kill(pid)
    wait_for_state(pid, 't')
    other = inside.run(group.enters(causes('hog', 64)))
    oom(other, start, members, 'beside a dying process')
    equal(reasons(pid, start), [(int(KILL), os.getpid())],
          'a process that is dying already is not killed by the OOM killer')
    ok(eventually(lambda: anonymous_kb(pid) < 1024),
       'though the OOM killer has chosen it', anonymous_kb(pid))
    os.waitpid(pid, 0)
    libc.ptrace(PTRACE_CONT, pid, 0, 0)
    os.waitpid(pid, 0)
    os.waitpid(outside, 0)


def the_machine(inside):
    """The whole machine is out of memory, or rather, somebody says so."""
    pid = inside.start(causes('wait'))
    wait_until_waiting(pid)
    write(f'/proc/{pid}/oom_score_adj', 1000)
    write('/proc/sysrq-trigger', 'f')
    return pid


def watched(inside):
    out_of_memory(inside)
    start = next_seq()
    oom(the_machine(inside), start, None, 'the whole machine')
    text = same_by_tool(1)
    for what in 'in its cgroup', r'in cgroup \d+':
        what = (rf'SIGKILL from the kernel \(out of memory {what}, '
                r'memory.max 32 MiB\) to causes ')
        ok(re.search(what, text), f'log prints {what}', text[-2000:])
    what = r'SIGKILL from the kernel \(out of memory\) to causes '
    ok(re.search(what, text), f'log prints {what}', text[-2000:])


def unwatched(inside):
    """Without the functions, which the compiler has inlined, it is not known."""
    ok('unknown cause: tried __oom_kill_process' in run('dmesg').stdout,
       'the log says that OOM kills have no cause')
    start = next_seq()
    pid = the_machine(inside)
    wait_for_reasons(pid, start, [(KILL, 'other')], 'an OOM kill: other')


# A kernel without the memory controller may have inlined the first one.
PROBES = '__oom_kill_process', 'mem_cgroup_get_oom_group'
has = kernel_has(*PROBES)
with module('stall_ms=0'):
    now = status()
    for probe, there in zip(PROBES, has):
        equal(now.get(f'missed.{probe}'), 0 if there else None,
              f'{probe} is {"" if there else "not "}watched')
    inside = Namespace()
    (watched if all(has) else unwatched)(inside)
    kill(inside.init)
    os.waitpid(inside.init, 0)
    equal(status()['missed'], 0, 'no probe missed anything')
done()

# SPDX-License-Identifier: GPL-2.0
"""
The second witness: ftrace. A kprobe event on the same kernel functions, with
members of task_struct fetched at offsets that were determined at build time.
"""
import contextlib
import os
import signal

from lib import run

TRACEFS = '/sys/kernel/tracing'
INSTANCE = f'{TRACEFS}/instances/nsorphan'
OFFSETS = '/nsorphan/offsets'
SI_USER, SI_KERNEL = 0, 0x80
DELIVERED = 0
# The results of a signal. The last has lost its siginfo, but is delivered.
RESULTS = 'delivered', 'ignored', 'pending', 'lost', 'delivered'
# Signals that processes of the forest ask for by prctl(PR_SET_PDEATHSIG).
ASKED_FOR = signal.SIGKILL, signal.SIGTERM, signal.SIGUSR1

# kill_orphaned_pgrp(child, father) is called for each child that was reparented;
# and with NULL as father when a process, the "child", exits.
PROBES = '''\
p:nsorphan/adopted kill_orphaned_pgrp father=$arg2:x64 \
child=+{tgid}($arg1):u32 start=+{start_boottime}($arg1):u64 \
new=+{tgid}(+{real_parent}($arg1)):u32
p:nsorphan/begins zap_pid_ns_processes
r128:nsorphan/ends zap_pid_ns_processes
'''
OURS = 'adopted', 'begins', 'ends'


def write(path, text):
    with open(path, 'w') as file:
        file.write(text)


def read(path):
    with open(path) as file:
        return file.read()


def members(text):
    return dict(pair.split('=') for pair in text.split() if '=' in pair)


class Adoption:
    def __init__(self, child, start_ns, old, old_tid, new, sent):
        self.child, self.start_ns, self.new = child, start_ns, new
        self.old, self.old_tid = old, old_tid
        # Signals that the dying parent sent before: (tid, signal, code).
        self.sent = sent

    def pdeath_signal(self, tids):
        for tid, number, code in self.sent:
            if tids.get(tid) == self.child and code == SI_USER:
                return number
        return None


class Teardown:
    """A call of zap_pid_ns_processes by the thread tid."""

    def __init__(self, tid):
        self.tid, self.killed, self.ended = tid, [], False


class Trace:
    def __init__(self):
        if not os.path.exists(f'{TRACEFS}/kprobe_events'):
            run('mount', '-t', 'tracefs', 'tracefs', TRACEFS, check=True)
        offsets = members(read(OFFSETS))
        write(f'{TRACEFS}/kprobe_events', PROBES.format(**offsets))
        os.mkdir(INSTANCE)
        # A counter: orders the events of all processors.
        write(f'{INSTANCE}/trace_clock', 'counter')
        write(f'{INSTANCE}/buffer_size_kb', '2048')
        write(f'{INSTANCE}/events/signal/signal_generate/filter',
              f'sig != {int(signal.SIGCHLD)}')
        write(f'{INSTANCE}/events/nsorphan/enable', '1')
        write(f'{INSTANCE}/events/signal/signal_generate/enable', '1')
        write(f'{INSTANCE}/events/sched/sched_process_exit/enable', '1')

    def close(self):
        write(f'{INSTANCE}/events/enable', '0')
        os.rmdir(INSTANCE)
        write(f'{TRACEFS}/kprobe_events', '')

    def take(self, tids):
        """
        Returns what was seen since the last call: [Adoption] and [Teardown] in
        order, and (sender, target, signal, result) of all other signals but
        SIGCHLD; the sender is None for the kernel. tids: {tid: pid} of all
        threads of the forest.
        """
        adoptions, teardowns, signals = [], [], []
        running, sent, dead = {}, {}, set()
        for line in read(f'{INSTANCE}/trace').split('\n'):
            if not line or line[0] == '#':
                continue
            tid, what, rest = self.split(line)
            if what == 'adopted':
                now = members(rest)
                if int(now['father'], 16):
                    adoptions.append(Adoption(
                        int(now['child']), int(now['start']),
                        tids.get(tid, tid), tid, int(now['new']),
                        sent.pop(tid, ())))
                else:
                    dead.add(int(now['child']))
            elif what == 'signal_generate':
                now = members(rest)
                target, number, code, result = (
                    int(now[name]) for name in ('pid', 'sig', 'code', 'res'))
                if tid not in running or number != signal.SIGKILL:
                    signals.append((None if code > 0 else tids.get(tid, tid),
                                    tids.get(target, target), number,
                                    RESULTS[result]))
                if tid not in running:
                    if number in ASKED_FOR:
                        sent.setdefault(tid, []).append((target, number, code))
                elif (number, code, result) == (
                        signal.SIGKILL, SI_KERNEL, DELIVERED) \
                        and tids[target] not in dead | {
                            tids[other] for other in running}:
                    # Before 5.17 SIGKILL is delivered to some dead processes, too,
                    # and to inits in a teardown of their own.
                    running[tid].killed.append(target)
            elif what == 'sched_process_exit':
                # Only what this thread sends from now on is sent as a parent.
                # Before an exec another thread may have had its tid.
                sent.pop(tid, None)
            elif what == 'begins':
                running[tid] = Teardown(tid)
                teardowns.append(running[tid])
            elif what == 'ends':
                running.pop(tid).ended = True
        write(f'{INSTANCE}/trace', '')
        return adoptions, teardowns, signals

    @staticmethod
    def split(line):
        """comm-TID [CPU] FLAGS COUNT: WHAT: REST"""
        head, what, rest = line.split(': ', 2)
        return int(head.split(' [', 1)[0].rsplit('-', 1)[1]), what, rest

    @staticmethod
    def lost():
        """Returns the events that ftrace lost; '' if none."""
        lost = []
        for cpu in os.listdir(f'{INSTANCE}/per_cpu'):
            for line in read(f'{INSTANCE}/per_cpu/{cpu}/stats').split('\n'):
                name, _, value = line.partition(': ')
                if name in ('overrun', 'commit overrun', 'dropped events') \
                        and value != '0':
                    lost.append(f'{cpu}: {line}')
        for line in read(f'{TRACEFS}/kprobe_profile').split('\n'):
            words = line.split()
            if words and words[0] in OURS and words[-1] != '0':
                lost.append(f'kprobe_profile: {line}')
        return '; '.join(lost)


@contextlib.contextmanager
def tracing():
    trace = Trace()
    try:
        yield trace
    finally:
        trace.close()

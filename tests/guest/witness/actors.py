# SPDX-License-Identifier: GPL-2.0
"""The first witness: the forest as /proc shows it, reported by guest/forest."""
import subprocess

FOREST = '/nsorphan/guest/forest'

CLONE_VM = 0x100
CLONE_VFORK = 0x4000
CLONE_PARENT = 0x8000
CLONE_NEWPID = 0x20000000

# Dispositions of SIGCHLD, 0 is the default: SIG_IGN, SA_NOCLDWAIT.
IGNORED, NO_ZOMBIES = 1, 2
SEIZE, SEIZE_EXITKILL, SEIZE_INTERRUPT, ATTACH = range(4)


class Thread:
    """An actor, with notes of the generator."""

    def __init__(self, slot, tid, process):
        self.slot, self.tid, self.process = slot, tid, process
        # Another Namespace that its children get, and why.
        self.into = self.into_by = None
        self.is_seen('S', False)

    def is_seen(self, state, exiting):
        self.state, self.exiting = state, exiting
        self.obeys = state == 'S' and not exiting


class Namespace:
    """A pid namespace; without inode and init until its first process."""

    def __init__(self, parent):
        self.parent, self.inode, self.init = parent, None, None
        self.level = parent.level + 1 if parent else 0

    def takes(self):
        """Tells whether a process can be made in it."""
        return not self.level or not self.init or self.init.lives

    def holds(self, other):
        while other.level > self.level:
            other = other.parent
        return other is self


class Process:
    def __init__(self, slot, pid, ppid, ns, start, uid, comm, nspids):
        self.slot, self.pid, self.ppid, self.ns = slot, pid, ppid, ns
        self.start, self.uid, self.comm, self.nspids = start, uid, comm, nspids
        self.threads = {}
        self.tracer = self.code = 0
        self.is_subreaper, self.sigchld = False, 0
        self.was_threaded = self.executes = False
        # Whether it dies after another process, by its own or a tracer's request.
        self.may_follow = False
        # Whether a thread asked for a signal at its parent's death.
        self.asks = False
        self.is_init = ns.level > 0 and nspids[-1] == 1

    @property
    def leader(self):
        return self.threads.get(self.slot)

    def __repr__(self):
        return f'a{self.slot} {self.pid}'

    def threads_are_seen(self):
        """Derives the state of the process from its threads' states."""
        threads = self.threads.values()
        self.dead = all(thread.state == 'Z' for thread in threads)
        # True if neither dead nor dying.
        self.lives = any(thread.state != 'Z' and not thread.exiting
                         for thread in threads)
        # True while its last thread tears the namespace down.
        self.dying_init = self.is_init and not self.lives

    def identity(self):
        return {'pid': self.pid, 'ns_pid': self.nspids[-1],
                'pidns': self.ns.inode, 'comm': self.comm,
                'start_ns': self.start, 'uid': self.uid}

    def seen(self):
        return Seen(self.ppid, self.leader.state, self.dead, self.tracer,
                    self.dying_init, self)


class Seen:
    """A process at one moment."""
    __slots__ = 'ppid', 'state', 'dead', 'tracer', 'dying_init', 'process'

    def __init__(self, *values):
        (self.ppid, self.state, self.dead, self.tracer, self.dying_init,
         self.process) = values

    def __repr__(self):
        return (f'({self.process!r} {self.state}{" dead" * self.dead} below '
                f'{self.ppid}, traced by {self.tracer})')


class Stuck(Exception):
    pass


class Actors:
    """
    Gives orders and keeps their reported effects: `processes` by pid, `seen` as of
    the last settling, `statuses` by pid as wait4(2) returned them.
    """

    def __init__(self, root_inode, cgroup):
        self.program = subprocess.Popen(
            [FOREST], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        with open(f'{cgroup}/cgroup.procs', 'w') as file:
            file.write(str(self.program.pid))
        self.root = Namespace(None)
        self.root.inode = root_inode
        self.clear()

    def clear(self):
        self.processes, self.seen, self.statuses = {}, {}, {}
        self.leaders, self.threads = {}, {}
        self.namespaces = {self.root.inode: self.root}
        self.expected_in = {}
        # Of all threads that ever existed: {tid: pid}, {tid: slot}.
        self.tids, self.slot_of = {}, {}
        self.slots = 0
        self.orders, self.failures = [], []

    def close(self):
        self.program.stdin.close()
        self.program.wait()

    def slot(self):
        self.slots += 1
        return self.slots - 1

    def order(self, *words):
        self.orders.append(' '.join(map(str, words)))

    def settle(self, last='settle'):
        """Has all orders carried out, and waits until no process runs any more."""
        self.order(last)
        self.program.stdin.write('\n'.join(self.orders) + '\n')
        self.program.stdin.flush()
        given, self.orders = self.orders, []
        changed = set()
        for line in self.program.stdout:
            word, *rest = line.split()
            if word == 'is':
                self.report_state(changed, *rest)
            elif word == 'settled':
                self.settled_ns, self.runnable = map(int, rest)
                break
            elif word == 'born':
                changed.add(self.report_birth(*rest))
            elif word == 'gone':
                self.report_end(changed, int(rest[0]))
            elif word == 'failed':
                self.failures.append(line.rstrip())
            elif word == 'status':
                slot, status = map(int, rest)
                self.statuses[self.leaders[slot].pid] = status
            else:
                raise Stuck(f'{line.rstrip()}, the orders were {given}')
        else:
            raise Stuck(f'it ended with {self.program.wait()}')
        for process in changed:
            process.threads_are_seen()
            if process.threads:
                self.seen[process.pid] = process.seen()
            else:
                self.seen.pop(process.pid, None)

    def report_birth(self, slot, leader, pid, tid, ppid, level, inode, start,
                   uid, comm, *nspids):
        slot, leader, inode = int(slot), int(leader), int(inode)
        if slot != leader:
            process = self.leaders[leader]
            process.was_threaded = True
        elif slot in self.leaders:
            process = self.leaders[slot]
            process.uid = int(uid)
            return process
        else:
            ns = self.namespaces.get(inode)
            if nspids[-1] == '1' and int(level):
                ns = self.expected_in[slot]
                ns.inode = inode
                self.namespaces[inode] = ns
            process = Process(slot, int(pid), int(ppid), ns, int(start),
                              int(uid), comm.encode(), list(map(int, nspids)))
            if process.is_init:
                ns.init = process
            self.processes[process.pid] = self.leaders[slot] = process
        self.tids[int(tid)] = process.pid
        self.slot_of[int(tid)] = slot
        self.threads[slot] = process.threads[slot] = Thread(
            slot, int(tid), process)
        return process

    def report_state(self, changed, slot, state, exiting, ppid, tracer, code):
        thread = self.threads[int(slot)]
        thread.is_seen(state, exiting == '1')
        process = thread.process
        if thread.slot == process.slot:
            process.ppid, process.tracer = int(ppid), int(tracer)
            process.code = int(code)
        changed.add(process)

    def report_end(self, changed, slot):
        process = self.threads.pop(slot).process
        del process.threads[slot]
        if not process.threads:
            self.processes.pop(process.pid, None)
        changed.add(process)

# SPDX-License-Identifier: GPL-2.0
"""Random orders for a forest: how it grows, and how its processes die."""
import collections
import random
import signal

from witness.actors import *

DEEPEST = 32    # MAX_PID_NS_LEVEL

# The weights of the orders, unless the round's theme changes them.
GROWTH = {
    'fork': 30, 'brood': 24, 'fork_beside': 6, 'fork_silent': 3,
    'double_fork': 6, 'vfork': 5, 'clone_namespace': 6, 'unshare': 4,
    'enter': 6, 'thread': 10, 'execute': 4, 'execute_thread': 6,
    'become_subreaper': 6, 'resign': 1, 'ignore_children': 5,
    'ask_for_signal': 6, 'change_user': 2, 'trace': 7, 'stop': 3, 'go_on': 1,
    'let_go': 1, 'reap': 12, 'return_home': 3,
}
DEATHS = {'exit': 40, 'kill': 40, 'terminate': 10, 'leave': 15, 'teardown': 12,
          'several': 3}

# Each round has a theme, which changes the weights.
THEMES = {
    'plain': ({}, {}),
    'subreapers': ({'become_subreaper': 40, 'resign': 5}, {}),
    'threads': ({'thread': 60, 'execute_thread': 12, 'become_subreaper': 10},
                {'leave': 60}),
    'namespaces': ({'clone_namespace': 25, 'unshare': 15, 'enter': 20},
                   {'teardown': 25}),
    'zombies': ({'ignore_children': 25, 'become_subreaper': 15, 'reap': 6},
                {}),
    'traced': ({'trace': 50, 'ignore_children': 10}, {'kill': 60}),
    'signals': ({'ask_for_signal': 40, 'stop': 10, 'change_user': 8}, {}),
    'programs': ({'vfork': 30, 'execute': 15, 'execute_thread': 20,
                  'thread': 20}, {}),
    'races': ({'thread': 15, 'clone_namespace': 12, 'ignore_children': 8},
              {'several': 60}),
    'deep': ({'clone_namespace': 3, 'enter': 10}, {'teardown': 20}),
}


class Growth:
    """
    Gives random orders to a forest's actors. All randomness comes from rng, so the
    same seed makes the same forest on the same kernel.
    """

    def __init__(self, actors, rng, theme, settle):
        """settle(dying) has to settle the actors; dying: {pid: {status}}."""
        self.actors, self.rng, self.settled = actors, rng, settle
        self.theme = theme
        self.growth, self.deaths = dict(GROWTH), dict(DEATHS)
        for weights, changed in zip((self.growth, self.deaths), THEMES[theme]):
            weights.update(changed)
        self.done = {}
        # How processes were made: {slot of a leader: {words}}.
        self.marks = {}
        # Processes changed by an order whose effect has not been seen yet.
        self.busy = set()
        self.dying = {}

    def start(self, cpus):
        self.actors.order('cpus', cpus)
        slot = self.actors.slot()
        self.actors.order('base', slot)
        self.settle()
        self.base = self.actors.leaders[slot]

    def settle(self):
        self.settled(self.dying)
        self.busy.clear()
        self.dying = {}

    def mark(self, slot, word):
        self.marks.setdefault(slot, set()).add(word)

    def live(self, size, enough):
        if self.theme == 'deep':
            self.dig()
        while not enough():
            if not self.can_fork(self.base.leader):
                self.actors.order('setns', self.base.slot, self.base.slot)
                self.base.leader.into = None
            room = size - len(self.living())
            if self.rng.random() < room / size + 0.1:
                for _ in range(self.rng.randint(1, 8)):
                    self.grow()
            else:
                self.kill_some()
            self.settle()

    def dig(self):
        """Nests namespaces as deep as the kernel allows; one more must fail."""
        process = self.base
        while process.ns.level < DEEPEST:
            slot = self.clone(process.leader, signal.SIGCHLD | CLONE_NEWPID)
            if self.rng.random() < 0.3:
                self.clone(process.leader)
            self.settle()
            process = self.actors.leaders[slot]
        self.actors.order('fork', process.slot, self.actors.slot(),
                          int(signal.SIGCHLD | CLONE_NEWPID))
        self.settle()
        failed = self.actors.failures.pop()
        assert failed.split()[1] == str(process.slot), failed

    def finish(self):
        """Kills all processes at once, then the base with what remains."""
        self.actors.order('hold')
        victims = self.living()
        self.rng.shuffle(victims)
        for process in victims:
            self.die(process, 'kill')
        self.settle()
        self.die(self.base, 'kill')
        self.settle()
        self.actors.settle('end')

    # Choosing

    def choose(self, items):
        return self.rng.choice(items) if items else None

    def maker(self, fits=lambda thread: True):
        """Chooses a thread that takes orders."""
        return self.choose([
            thread for thread in self.actors.threads.values()
            if thread.obeys and thread.process not in self.busy
            and fits(thread)])

    def living(self, fits=lambda process: True):
        return [process for process in self.actors.processes.values()
                if process is not self.base and process.lives
                and process not in self.busy and fits(process)]

    def disturb(self, process, disturbed=()):
        """
        Marks a process that may stop or continue as busy, and the traced ones that
        stop because of the SIGCHLD which that sends, and so on.
        """
        self.busy.add(process)
        for pid in process.ppid, self.actors.tids.get(process.tracer):
            notified = self.actors.processes.get(pid)
            if notified and notified.tracer and notified not in disturbed:
                self.disturb(notified, (*disturbed, process))

    # Growing: each function returns whether a process could do it.

    def grow(self):
        kind, = self.rng.choices(list(self.growth), self.growth.values())
        if getattr(self, kind)():
            self.done[kind] = self.done.get(kind, 0) + 1

    def clone(self, maker, flags=signal.SIGCHLD):
        slot = self.actors.slot()
        self.actors.order('fork', maker.slot, slot, int(flags))
        ns = maker.into or maker.process.ns
        if flags & CLONE_NEWPID:
            ns = Namespace(ns)
        if ns.init is None and ns.level:
            # No other process is made in it until its inode is known.
            self.actors.expected_in[slot] = ns
            self.busy.add(maker.process)
        elif maker.into:
            self.mark(slot, maker.into_by)
        return slot

    @staticmethod
    def can_fork(thread):
        return not thread.into or thread.into.takes()

    def fork(self, flags=signal.SIGCHLD, fits=lambda thread: True, mark=None):
        maker = self.maker(lambda t: self.can_fork(t) and fits(t))
        if not maker:
            return False
        slot = self.clone(maker, flags)
        if mark:
            self.mark(slot, mark)
        return True

    def brood(self):
        """Makes several children of one process."""
        maker = self.maker(self.can_fork)
        if not maker:
            return False
        for _ in range(self.rng.randint(2, 5)):
            self.clone(maker)
            if maker.process in self.busy:
                break
        return True

    def fork_beside(self):
        """Makes a sibling, not a child."""
        return self.fork(signal.SIGCHLD | CLONE_PARENT,
                         lambda t: not t.process.is_init
                         and t.process is not self.base, 'CLONE_PARENT')

    def fork_silent(self):
        """Makes a child whose exit sends no signal."""
        return self.fork(0, mark='no exit signal')

    def vfork(self):
        maker = self.maker(lambda t: self.can_fork(t)
                           and t.process is not self.base)
        if not maker:
            return False
        self.mark(self.clone(maker, signal.SIGCHLD | CLONE_VM | CLONE_VFORK),
                  'vfork')
        self.busy.add(maker.process)
        return True

    def double_fork(self):
        maker = self.maker(self.can_fork)
        if not maker:
            return False
        middle, last = self.clone(maker), self.actors.slot()
        self.actors.order('fork', middle, last, int(signal.SIGCHLD))
        self.mark(last, 'double fork')
        self.settle()
        self.die(self.actors.leaders[middle], 'exit')
        self.settle()
        return True

    def clone_namespace(self):
        return self.fork(signal.SIGCHLD | CLONE_NEWPID,
                         lambda t: not t.into and not t.process.uid
                         and t.process.ns.level < DEEPEST)

    def unshare(self):
        maker = self.maker(lambda t: not t.into and not t.process.uid
                           and t.process.ns.level < DEEPEST)
        if not maker:
            return False
        self.actors.order('unshare', maker.slot)
        maker.into, maker.into_by = Namespace(maker.process.ns), 'unshare'
        self.clone(maker)
        return True

    def enter(self):
        """Makes a process outside fork a child or two into a namespace."""
        inside = self.choose(self.living(lambda p: p.is_init))
        maker = inside and self.maker(
            lambda t: not t.process.uid and inside.ns is not t.process.ns
            and t.process.ns.holds(inside.ns))
        if not maker:
            return False
        self.actors.order('setns', maker.slot, inside.slot)
        maker.into, maker.into_by = inside.ns, 'setns'
        for _ in range(self.rng.randint(1, 2)):
            self.clone(maker)
        if self.rng.random() < 0.5:
            self.actors.order('setns', maker.slot, maker.process.slot)
            maker.into = None
        return True

    def return_home(self):
        """Makes a process fork into its own namespace again."""
        maker = self.maker(lambda t: t.into and not t.process.uid)
        if not maker:
            return False
        self.actors.order('setns', maker.slot, maker.process.slot)
        maker.into = None
        return True

    def thread(self):
        maker = self.maker(lambda t: not t.into
                           and t.process is not self.base
                           and len(t.process.threads) < 5)
        if not maker:
            return False
        for _ in range(self.rng.randint(1, 2)):
            self.actors.order('thread', maker.slot, self.actors.slot())
        self.busy.add(maker.process)
        return True

    def execute(self, of_thread=False):
        # The other threads die, and processes that follow them: a separate step.
        self.settle()
        maker = self.maker(lambda t: t.process is not self.base
                           and not t.process.tracer
                           and (t.slot != t.process.slot) == of_thread)
        if not maker:
            return False
        self.actors.order('exec', maker.slot)
        self.mark(maker.process.slot,
                  'exec from a thread' if of_thread else 'exec')
        process = maker.process
        if maker is not process.leader:
            process.leader.into = maker.into
            process.leader.into_by = maker.into_by
        process.executes = True
        self.settle()
        process.executes = False
        if process.sigchld == NO_ZOMBIES:
            # execve() resets SA_NOCLDWAIT, but not SIG_IGN.
            process.sigchld = 0
        return True

    def execute_thread(self):
        return self.execute(of_thread=True)

    def become_subreaper(self, value=True):
        maker = self.maker(lambda t: t.process.is_subreaper != value)
        if not maker:
            return False
        self.actors.order('subreaper', maker.slot, int(value))
        maker.process.is_subreaper = value
        return True

    def resign(self):
        return self.become_subreaper(False)

    def ignore_children(self):
        maker = self.maker(lambda t: not t.process.sigchld)
        if not maker:
            return False
        maker.process.sigchld = self.rng.choice((IGNORED, NO_ZOMBIES))
        self.actors.order('sigchld', maker.slot, maker.process.sigchld)
        return True

    def ask_for_signal(self):
        maker = self.maker(lambda t: t.process is not self.base)
        if not maker:
            return False
        asked = self.choose([signal.SIGKILL, signal.SIGTERM, signal.SIGUSR1,
                             signal.SIGUSR1, 0])
        self.actors.order('pdeath', maker.slot, int(asked))
        maker.process.asks |= asked != 0
        maker.process.may_follow |= asked in (signal.SIGKILL, signal.SIGTERM)
        return True

    def change_user(self):
        maker = self.maker(lambda t: t.process is not self.base
                           and len(t.process.threads) == 1
                           and not t.process.uid)
        if not maker:
            return False
        self.actors.order('setuid', maker.slot, self.rng.randint(1000, 1002))
        self.busy.add(maker.process)
        return True

    def trace(self):
        tracer = self.maker(lambda t: not t.process.uid)
        tracees = tracer and self.living(
            lambda p: not p.tracer and p is not tracer.process
            and p.leader.obeys and tracer.process.ns.holds(p.ns))
        if not tracees:
            return False
        own = [p for p in tracees if p.ppid == tracer.process.pid]
        tracee = self.choose(own if own and self.rng.random() < 0.6
                             else tracees)
        how = self.rng.choice([SEIZE, SEIZE, SEIZE_EXITKILL, SEIZE_INTERRUPT,
                               ATTACH])
        self.actors.order('trace', tracer.slot, tracee.slot, how)
        tracee.may_follow |= how == SEIZE_EXITKILL
        self.disturb(tracee)
        if tracer.process.tracer:
            self.disturb(tracer.process)
        return True

    def traced(self):
        """Chooses a tracer that takes orders, and its tracee."""
        tracees = self.living(lambda p: p.tracer)
        tracee = self.choose(tracees)
        for thread in self.actors.threads.values():
            if tracee and thread.tid == tracee.tracer and thread.obeys \
                    and thread.process not in self.busy:
                return thread, tracee
        return None, None

    def order_tracer(self, order):
        tracer, tracee = self.traced()
        if not tracer or tracee.leader.state != 't':
            return False
        self.actors.order(order, tracer.slot, tracee.slot)
        self.disturb(tracee)
        return True

    def go_on(self):
        return self.order_tracer('go')

    def let_go(self):
        return self.order_tracer('detach')

    def stop(self):
        process = self.choose(self.living(
            lambda p: not p.is_init and p.leader.obeys))
        if not process:
            return False
        self.actors.order('kill', process.slot, int(signal.SIGSTOP))
        self.disturb(process)
        return True

    def reap(self):
        """Makes a parent reap all of its dead children."""
        everyone = self.actors.processes
        dead = [p for p in everyone.values() if p.dead and not p.tracer
                and p not in self.busy and p.ppid in everyone
                and everyone[p.ppid].ns.holds(p.ns)]
        if not dead:
            return False
        parent = everyone[self.choose(dead).ppid]
        thread = self.choose([t for t in parent.threads.values() if t.obeys])
        if not thread or parent in self.busy:
            return False
        for process in dead:
            if process.ppid == parent.pid:
                self.actors.order('reap', thread.slot, process.slot)
                self.busy.add(process)
                self.disturb_teardowns(process.ns)
        return True

    def disturb_teardowns(self, ns):
        """Marks dying inits as busy that may have waited for a process in ns."""
        while ns:
            if ns.init and ns.init.dying_init:
                self.disturb(ns.init)
            ns = ns.parent

    # Dying

    def die(self, process, how):
        slot, code = process.slot, self.rng.randint(0, 255)
        if how == 'exit':
            thread = self.choose([thread for thread in process.threads.values()
                                  if thread.obeys])
            self.actors.order('exit', thread.slot, code)
            statuses = {code << 8}
        else:
            number = {'kill': signal.SIGKILL, 'terminate': signal.SIGTERM}[how]
            self.actors.order('kill', slot, int(number))
            statuses = {int(number)}
        self.dying[process.pid] = statuses
        self.busy.add(process)

    def kill_some(self):
        kind, = self.rng.choices(list(self.deaths), self.deaths.values())
        if getattr(self, f'death_by_{kind}')():
            self.done[kind] = self.done.get(kind, 0) + 1

    def victim(self, fits=lambda process: True):
        """Chooses a process to die, preferring those with children."""
        candidates = self.living(lambda p: fits(p) and not p.is_init)
        if not candidates:
            return None
        children = collections.Counter(
            process.ppid for process in self.actors.processes.values())
        return self.rng.choices(candidates, [
            0.2 + 2 * children[p.pid] for p in candidates])[0]

    @staticmethod
    def can_exit(process):
        return any(thread.obeys for thread in process.threads.values())

    def death_by_exit(self):
        process = self.victim(self.can_exit)
        return process and [self.die(process, 'exit')]

    def death_by_kill(self):
        process = self.victim()
        return process and [self.die(process, 'kill')]

    def death_by_terminate(self):
        process = self.victim(lambda p: not p.tracer and all(
            thread.obeys or thread.state == 'Z'
            for thread in p.threads.values()))
        return process and [self.die(process, 'terminate')]

    def death_by_teardown(self):
        process = self.choose(self.living(lambda p: p.is_init))
        if not process:
            return False
        kinds = ['kill', 'exit', 'leave'] if self.can_exit(process) else ['kill']
        how = self.rng.choice(kinds)
        if how == 'leave':
            self.leave(self.choose([t for t in process.threads.values()
                                    if t.obeys]))
        else:
            self.die(process, how)
        return True

    def leave(self, thread):
        """Makes one thread exit; the last one ends its process."""
        process, code = thread.process, self.rng.randint(0, 255)
        self.actors.order('leave', thread.slot, code)
        if all(other is thread or other.state == 'Z'
               for other in process.threads.values()):
            # The process's status is this code from 5.17 on, the leader's
            # before.
            self.dying[process.pid] = {code << 8, process.code}
        self.busy.add(process)

    def death_by_leave(self):
        # Prefer a leader whose threads go on.
        leader = self.rng.random() < 0.4
        thread = self.maker(lambda t: t.process is not self.base
                            and not t.process.is_init
                            and (t.slot == t.process.slot or not leader)
                            and (len(t.process.threads) > 1
                                 or self.rng.random() < 0.1))
        return thread and [self.leave(thread)]

    def death_by_several(self):
        """Makes several processes die at once, in whatever order."""
        self.actors.order('hold')
        living = self.living()
        for process in self.rng.sample(living, min(len(living),
                                                   self.rng.randint(2, 8))):
            self.die(process, 'exit' if self.can_exit(process)
                     and self.rng.random() < 0.5 else 'kill')
        return living

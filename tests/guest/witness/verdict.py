# SPDX-License-Identifier: GPL-2.0
"""Judges the module's events by what the two witnesses saw."""
import collections
import os
import signal

from lib import as_identity, identity
from witness.growth import DEEPEST

WORDS = {'R': 'running', 'S': 'sleeping', 'D': 'disk-sleep', 'T': 'stopped',
         't': 'traced', 'Z': 'zombie', 'X': 'dead', 'I': 'idle'}
# Signals that end processes because another process died.
CONSEQUENCES = {int(signal.SIGKILL), int(signal.SIGTERM)}
# Before 5.17 a signal is delivered to a dying process, without effect.
DELIVERS_TO_DYING = [int(number) for number in
                     os.uname().release.split('.')[:2]] < [5, 17]


def exit_status(process):
    if 'exit_signal' in process:
        return process['exit_signal']
    return process['exit_code'] << 8


def in_order(links, first, last):
    """Tells whether the (old, new) pairs lead from first to last."""
    for old, new in links:
        if old != first:
            return False
        first = new
    return last is None or first == last


class Verdict:
    """
    Judges each step by what /proc showed before and after it, and each round by the
    trace. If all deaths of a step follow from one, the events are certain; if several
    race, they must be possible.
    """

    def __init__(self, actors, cgroup, complain):
        self.actors, self.cgroup, self.complain = actors, cgroup, complain
        self.init = identity(1)
        # From the events: statuses by pid; of running teardowns, by namespace, the
        # begin and the pids that were killed.
        self.statuses, self.begins, self.kills = {}, {}, {}
        # Processes that were made to die: {pid: possible statuses}. A traced one
        # may stop first and die later.
        self.ordered = {}
        # Inits whose teardown began while other processes died.
        self.raced = set()
        # How often each kind of event was met.
        self.counts = collections.Counter()

    def count(self, what):
        self.counts[what] += 1

    def identity(self, pid):
        if pid == 1:
            return self.init
        process = self.process(pid)
        return process and process.identity()

    def process(self, pid):
        """Returns a process seen before or after this step, or None."""
        seen = self.after.get(pid) or self.before.get(pid)
        return seen and seen.process

    def step(self, before, began_ns, dying, events, marks, side_by_side):
        """
        Judges one step. dying: {pid: possible statuses} of the processes that were
        made to die; side_by_side: the forest has more than one processor.
        """
        after = self.actors.seen
        self.before, self.after, self.dying = before, after, dying
        self.ordered.update(dying)
        self.marks, self.side_by_side = marks, side_by_side
        # Most processes have not changed.
        changed = {pid: seen for pid, seen in before.items()
                   if after.get(pid) is not seen}
        # Processes whose last thread has come past its adoptions.
        self.died = {pid for pid, seen in changed.items() if not seen.dead
                     and (pid not in after or after[pid].dead)}
        self.serial = len(dying) <= 1
        self.ended = {pid for pid, seen in changed.items()
                      if not (seen.dead or seen.dying_init)
                      and (pid not in after or after[pid].dead
                           or after[pid].dying_init)}

        links = {}
        for event in events:
            if event['event'] == 'signal':
                continue
            if not began_ns < event['boot_ns'] <= self.actors.settled_ns:
                self.complain('its boot_ns is not of this step', event)
            self.same(event, 'cgroup', event['cgroup'], self.cgroup)
            kind = event['event']
            if kind == 'reparent':
                links.setdefault(event['child']['pid'], []).append(
                    (event['old_parent']['pid'], event['new_parent']['pid']))
                self.reparent(event)
            elif kind == 'teardown-begin':
                self.teardown_begin(event)
            elif kind == 'teardown-kill':
                self.teardown_kill(event)
            elif kind == 'teardown-end':
                self.teardown_end(event)
            else:
                self.complain('an unexpected event', event)
        for pid in changed.keys() | links.keys() & before.keys():
            self.moves(pid, before[pid], after.get(pid), links.pop(pid, ()))
        for pid, moved in links.items():
            self.complain(f'process {pid} was not there: {moved}')
        self.teardowns(events)
        self.waited_for()

    # Adoptions

    def moves(self, pid, was, now, links):
        """Checks how often the process was adopted, as far as /proc shows."""
        least, most = self.adoptions(was, now)
        if not least <= len(links) <= most:
            self.complain(f'process {pid} was adopted {len(links)} times, not '
                          f'{least} to {most}: {self.describe(pid)}', links)
        if not in_order(links, was.ppid, now and now.ppid):
            self.complain(f'the adoptions of process {pid} do not lead from '
                          f'{was.ppid} to {now and now.ppid}', links)

    def adoptions(self, was, now):
        many = len(self.died)
        if now and now.ppid == was.ppid:
            return 0, 0
        if was.ppid not in self.died:
            # Only an orphan gets another parent.
            return (1, 0) if now else (0, 0)
        if now:
            return 1, 1 if many == 1 else many
        parent = self.before[was.ppid]
        if parent.process.is_init:
            # It ended in the teardown in any case.
            return 0, 0
        if was.dead:
            tracer = self.tracer_of(was)
            if tracer is parent.process and tracer.sigchld:
                # Released with its tracer's tracees, unless another thread of the
                # tracer, whose child it is, was first.
                return 0, many * tracer.was_threaded
            if tracer and (tracer.pid in self.died | self.ended
                           or tracer.was_threaded):
                # Detached, it may be released by its parent at once.
                return 0, many
            return 1, 1 if many == 1 else many
        return 0, many

    def tracer_of(self, seen):
        return self.process(self.actors.tids.get(seen.tracer))

    def describe(self, pid):
        was, now = self.before.get(pid), self.after.get(pid)
        return (f'{pid} before {was}, after {now}; '
                f'made to die {self.dying}, died {sorted(self.died)}')

    def reparent(self, event):
        child, old, new = (event[name] for name in
                           ('child', 'old_parent', 'new_parent'))
        for who in child, old, new:
            self.is_known(event, who)
        mine, dying_parent, adopter = (self.process(who['pid'])
                                 for who in (child, old, new))
        if not mine or not dying_parent:
            return
        if dying_parent.pid not in self.died:
            self.complain('the old parent has not died', event)
        adopter_ns = adopter.ns if adopter else self.actors.root
        if new['pid'] == 1:
            reaper = 'init'
        elif adopter and adopter.is_init and adopter.ns is dying_parent.ns:
            reaper = 'ns-init'
        else:
            reaper = 'subreaper'
            if not adopter or not adopter.is_subreaper:
                self.complain('the new parent is no subreaper', event)
        crossed = mine.ns is not adopter_ns
        self.same(event, 'reaper', event['reaper'], reaper)
        self.same(event, 'crossed', event['crossed'], crossed)
        self.same(event, 'pidns', event['pidns'], mine.ns.inode)
        self.status(event, old)
        self.state(event, mine, dying_parent)
        self.features(event, mine, dying_parent, adopter)

    def same(self, event, what, got, wanted):
        if got != wanted:
            self.complain(f'{what} is {got}, not {wanted}', event)

    def is_known(self, event, who):
        got, wanted = as_identity(who), self.identity(who['pid'])
        process = self.process(who['pid'])
        if process and process.executes:
            # Temporarily it has the name of the thread, or of the program.
            got['comm'] = wanted['comm']
        if got != wanted:
            self.complain(f'{who} is not {wanted}', event)

    def status(self, event, who):
        """Checks the exit status of a process that died in this step."""
        status, pid = exit_status(who), who['pid']
        possible = self.ordered.get(pid, set())
        if pid not in self.dying or not self.serial:
            possible = possible | CONSEQUENCES
        if status not in possible:
            self.complain(f'status {status:#x} of {pid} is none of {possible}',
                          event)
        if self.statuses.setdefault(pid, status) != status:
            self.complain(f'status of {pid} was {self.statuses[pid]:#x}',
                          event)
        now = self.after.get(pid)
        if now and now.dead and now.process.code != status \
                and not now.process.was_threaded:
            self.complain(f'/proc has status {now.process.code:#x} for {pid}',
                          event)

    def waited_for(self):
        """Checks that wait4(2) returned the statuses of the events."""
        for pid, status in self.actors.statuses.items():
            if self.statuses.get(pid, status) != status:
                self.complain(f'wait4 returned status {status:#x} for {pid}, the '
                              f'event {self.statuses[pid]:#x}')
        self.actors.statuses.clear()

    def state(self, event, child, dying_parent):
        was, state = self.before.get(child.pid), event['child'].get('state')
        if not was:
            return
        possible = {WORDS[was.state]}
        if child.pid in self.ended or was.dying_init:
            # It dies, too, before or after, or waits for dying processes.
            possible |= {'running', 'zombie', 'sleeping', 'disk-sleep',
                         'idle'}
        if was.state == 'D' and len(self.died) > 1:
            # The child that its vfork() waits for may have died.
            possible |= {'running', 'sleeping'}
        tracer, now = self.tracer_of(was), self.after.get(child.pid)
        if now and now.state == 'Z' and not now.dead:
            # Its leader leaves: perhaps that is what killed a dying parent that it
            # traced, by PTRACE_O_EXITKILL.
            possible |= {'running', 'zombie'}
        if child.executes and child.was_threaded:
            # Another of its threads may, which dies of this one's execve(2).
            # That waits for it meanwhile (de_thread): in D state if it is the
            # leader's, else with the leader a zombie.
            possible |= {'running', 'zombie', 'disk-sleep'}
        if tracer and (len(self.died) > 1 or tracer.was_threaded):
            # Others can run in between.
            possible |= {'running', 'sleeping', 'stopped', 'traced'}
        if tracer and (tracer.pid in self.died or not now or not now.tracer):
            # Detached, it runs: perhaps into a pending stop, or on another
            # processor until it waits for orders.
            possible |= {'running', 'stopped'}
            if self.side_by_side:
                possible |= {'sleeping'}
        if tracer and ('pdeath_signal' in event or
                       self.tracer_of(self.before[dying_parent.pid]) is child or
                       self.is_notified_of_zombie(was, dying_parent)):
            # It stops for that signal, or for the SIGCHLD of another dying process,
            # of its parent's thread that it traces, or of its own child.
            possible |= {'running', 'traced'}
        if state not in possible:
            self.complain(f'state is {state}, not of {possible}; '
                          f'{self.describe(child.pid)}', event)

    def features(self, event, child, dying_parent, adopter):
        """Counts the kinds of adoptions that this one belongs to."""
        self.counts['adoptions'] += 1
        was, now = self.before.get(child.pid), self.after.get(child.pid)
        tracer = was and self.tracer_of(was)
        for what, met in (
                (f"by {event['reaper']}", True),
                ('by a subreaper below another', adopter
                 and event['reaper'] == 'subreaper'
                 and self.has_subreaper_above(adopter)),
                ('by a threaded process', adopter and adopter.was_threaded),
                ('by a dying init', adopter and adopter.dying_init),
                ('from a dying subreaper', dying_parent.is_subreaper),
                ('from a last thread that is not the leader',
                 event['old_parent']['tid'] != dying_parent.pid),
                ('crossed', event['crossed']),
                ('of a zombie', was and was.dead),
                ('of a zombie, reaped at once', was and was.dead and not now
                 and adopter),
                ('of one whose leader has exited',
                 was and was.state == 'Z' and not was.dead),
                ('of one stopped', was and was.state == 'T'),
                ('of one in vfork', was and was.state == 'D'),
                ('of one traced by its parent', tracer and tracer is dying_parent),
                ('of one traced by another',
                 tracer and tracer is not dying_parent),
                ('of one traced from another namespace',
                 tracer and tracer.ns is not child.ns),
                ("of a namespace's init", child.is_init),
                ('of another user', child.uid != dying_parent.uid),
                ('with a pdeath_signal', 'pdeath_signal' in event)):
            if met:
                self.count(what)
        for word in (self.marks.get(child.slot, set()) |
                     self.marks.get(dying_parent.slot, set())):
            self.count(f'after {word}')
        self.depth(max(child.ns.level, dying_parent.ns.level))

    def depth(self, level):
        if level == DEEPEST:
            self.count(f'at level {DEEPEST}')

    def has_subreaper_above(self, process):
        seen = self.before.get(process.ppid)
        while seen and seen.process.ns is process.ns:
            if seen.process.is_subreaper:
                return True
            seen = self.before.get(seen.ppid)
        return False

    # Teardowns

    def those_in(self, ns):
        """Returns the pids in a namespace and its inner ones, without its init."""
        return {pid for pid, seen in self.before.items()
                if seen.process is not ns.init and ns.holds(seen.process.ns)}

    def teardown_begin(self, event):
        self.is_known(event, event['init'])
        init = self.process(event['init']['pid'])
        if not init:
            return
        if event['pidns'] != init.ns.inode or not init.is_init:
            self.complain('this is no init of that namespace', event)
        self.same(event, 'level', event['level'], init.ns.level)
        self.status(event, event['init'])
        self.begins[init.ns.inode] = event
        self.kills[init.ns.inode] = []
        if set(self.dying) != {init.pid}:
            self.raced.add(init.pid)
        self.count('teardowns')
        self.depth(init.ns.level)
        if init.was_threaded:
            self.count('teardowns of a threaded init')
        if init.pid in self.after and self.after[init.pid].dying_init:
            self.count('teardowns that had to wait')
        inside = self.those_in(init.ns)
        if not event['processes'] <= len(inside):
            self.complain(f'processes is more than {len(inside)}', event)
        if set(self.dying) == {init.pid}:
            certain = [pid for pid in inside if self.stays(pid, init)]
            if not event['processes'] >= len(certain):
                self.complain(f'processes is less than {len(certain)}', event)
            self.is_known(event, event['init_parent'])
            self.same(event, 'init_parent', event['init_parent']['pid'],
                      self.before[init.pid].ppid)

    def stays(self, pid, init):
        """Tells whether nothing happens to the process before the teardown kills it."""
        was = self.before[pid]
        return self.tracer_of(was) is not init and \
            not was.process.may_follow

    def is_notified(self, was, init):
        """
        Tells whether the process may have been woken up before the teardown kills
        it. Any signal wakes up a tracee, even an ignored one, so that its tracer
        sees it. An init's thread that is not the last one leaves its children to
        another thread, and sends each the signal that it asked for; and if the
        init's leader is such a thread, its tracer is notified of its death.
        """
        if was.state != 'S' or not was.tracer:
            return False
        return self.is_notified_of_zombie(was, init) or init.was_threaded and (
            was.process.asks and was.ppid == init.pid
            or self.tracer_of(self.before[init.pid]) is was.process)

    def is_notified_of_zombie(self, was, dying):
        """
        Tells whether the death of `dying` notifies the process of a zombie. A dying
        process detaches from its tracees first (exit_ptrace), which notifies the
        parent of each zombie among them (__ptrace_detach).
        """
        return any(seen.dead and seen.ppid == was.process.pid
                   and self.tracer_of(seen) is dying
                   for seen in self.before.values())

    def teardown_kill(self, event):
        self.is_known(event, event['process'])
        pid = event['process']['pid']
        was = self.before.get(pid)
        ns = self.actors.namespaces.get(event['pidns'])
        if not was or not ns or not ns.holds(was.process.ns):
            self.complain('the process is not of that namespace', event)
            return
        if event['pidns'] not in self.kills:
            self.complain('a kill before the teardown', event)
            return
        self.kills[event['pidns']].append(pid)
        if was.dead:
            self.complain('the killed process was dead already', event)
        if len(self.dying) == 1 and ns.init.pid in self.dying:
            if self.stays(pid, ns.init) and not (
                    event['process'].get('state') == 'running'
                    and self.is_notified(was, ns.init)):
                self.same(event, f'state of {was}',
                          event['process'].get('state'), WORDS[was.state])
            if was.ppid not in self.before or self.stays(was.ppid, ns.init):
                self.same(event, 'parent', event['parent']['pid'], was.ppid)
        self.count('kills')

    def teardown_end(self, event):
        self.is_known(event, event['init'])
        begin = self.begins.pop(event['pidns'], None)
        if not begin:
            self.complain('an end without a begin', event)
            return
        self.same(event, 'init', event['init']['pid'], begin['init']['pid'])
        self.same(event, 'duration_ns', event['duration_ns'],
                  event['boot_ns'] - begin['boot_ns'])
        self.same(event, 'killed', event['killed'],
                  len(self.kills.pop(event['pidns'])))

    def teardowns(self, events):
        """Checks that exactly the inits that died had a teardown."""
        for kind, pids in (
                ('begin', {pid for pid in self.ended}),
                ('end', self.died)):
            wanted = sorted(self.before[pid].process.ns.inode for pid in pids
                            if self.before[pid].process.is_init)
            got = sorted(event['pidns'] for event in events
                         if event['event'] == f'teardown-{kind}')
            if got != wanted:
                self.complain(f'teardown-{kind} of {got}, not of {wanted}')
        if len(self.dying) != 1:
            return
        pid, = self.dying
        was = self.before.get(pid)
        if not was or not was.process.is_init:
            return
        ns = was.process.ns
        wanted = sorted(pid for pid in self.those_in(ns)
                        if not self.before[pid].dead
                        and not self.before[pid].dying_init)
        got = sorted(event['process']['pid'] for event in events
                     if event['event'] == 'teardown-kill'
                     and ns.holds(self.actors.namespaces[event['pidns']]))
        # A process whose parent was a thread of the init may have died before.
        certain = {pid for pid in wanted
                   if self.stays(pid, ns.init)}
        if not certain <= set(got) <= set(wanted) or len(got) > len(set(got)):
            self.complain(f'the teardown of {ns.inode} killed {got}, not '
                          f'{wanted}')

    # The trace

    def compare(self, events, adoptions, teardowns, tids):
        """Compares the events of a round with its trace. tids: {tid: pid}."""
        got = [(e['child']['pid'], e['child']['start_ns'],
                e['old_parent']['pid'], e['old_parent']['tid'],
                e['new_parent']['pid'], e.get('pdeath_signal'))
               for e in events if e['event'] == 'reparent']
        wanted = [(a.child, a.start_ns, a.old, a.old_tid, a.new,
                   a.pdeath_signal(tids)) for a in adoptions]
        self.same_lists('reparentings', got, wanted)

        got, running = [], {}
        for event in events:
            ns = event['pidns']
            if event['event'] == 'teardown-begin':
                running[ns] = [event['init']['pid']]
                got.append(running[ns])
            elif event['event'] == 'teardown-kill':
                running[ns].append(event['process']['pid'])
            elif event['event'] == 'teardown-end':
                running[ns].append('end')
        wanted = [[tids[t.tid]] + [tids[tid] for tid in t.killed] +
                  ['end'] * t.ended for t in teardowns]
        if DELIVERS_TO_DYING:
            self.forget_dying(got, wanted)
        self.same_lists('teardowns', sorted(got, key=repr),
                        sorted(wanted, key=repr))

    def compare_signals(self, events, signals, tids):
        """Compares a round's signals from and to processes of the forest."""
        def of_interest(sender, target, number, _result):
            return number != signal.SIGCHLD and sender != target and (
                sender in tids or target in tids)

        def sender_of(event):
            # The trace has a pdeath_signal as sent by the process that ends.
            source = 'thread' if event.get('cause') == 'pdeath' else 'sender'
            return event.get(source, {}).get('pid')

        got = collections.Counter(
            sent for sent in ((sender_of(event), event['target']['pid'],
                               event['signal'], event['result'])
                              for event in events if event['event'] == 'signal')
            if of_interest(*sent))
        wanted = collections.Counter(sent for sent in signals
                                     if of_interest(*sent))
        self.counts['signals'] += sum(wanted.values())
        if got != wanted:
            self.complain(f'signals that the trace lacks: {got - wanted}; '
                          f'that the events lack: {wanted - got}')

    def forget_dying(self, got, wanted):
        """
        Removes from the trace what it cannot show if several deaths raced: which of
        the processes that were to die anyway was dying already.
        """
        reported = {one[0]: one for one in got}
        killed = {pid for one in got for pid in one[1:]}
        for one in wanted:
            if one[0] in self.raced and one[0] in reported:
                one[:] = [pid for pid in one if pid in reported[one[0]]
                          or not (pid in killed or self.was_to_die(pid))]

    def was_to_die(self, pid):
        process = self.actors.leaders[self.actors.slot_of[pid]]
        return pid in self.ordered or process.may_follow

    def same_lists(self, what, got, wanted):
        if got == wanted:
            return
        for place, (one, other) in enumerate(zip(got, wanted)):
            if one != other:
                break
        else:
            place = min(len(got), len(wanted))
        self.complain(f'{len(got)} {what}, of which number {place} is '
                      f'{got[place:place + 1]}; {len(wanted)} in the trace, '
                      f'there it is {wanted[place:place + 1]}')

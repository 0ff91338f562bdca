# SPDX-License-Identifier: GPL-2.0
"""
Compares the events of a forest by one hook with those of the same forest by
another hook, member by member.
"""

# Members that differ from run to run.
TIMES = 'seq', 'boot_ns', 'start_ns', 'duration_ns'


class Text:
    """The events of a forest, with names that are the same in each run."""

    def __init__(self, hook, actors, cgroup):
        self.hook, self.actors, self.cgroup = hook, actors, cgroup
        # (round and step, event)
        self.said = []

    def add(self, when, events):
        # Signals come before or after an adoption, depending on the hook.
        named = [self.named(event) for event in events
                 if event['event'] != 'signal']
        # The scheduler decides which of several dying inits goes on first.
        ends = [event for event in named if event['event'] == 'teardown-end']
        rest = [event for event in named if event['event'] != 'teardown-end']
        ends.sort(key=lambda event: event['pidns'])
        self.said += [(when, event) for event in rest + ends]

    def named(self, members):
        in_first = members.get('pid') == members.get('ns_pid')
        return {key: self.name(key, value)
                for key, value in members.items()
                if key not in TIMES and not (key == 'ns_pid' and in_first)}

    def name(self, key, value):
        if isinstance(value, dict):
            return self.named(value)
        if key == 'cgroup':
            return value == self.cgroup
        if key in ('pid', 'tid'):
            return 'init' if value == 1 else f'a{self.actors.slot_of[value]}'
        if key == 'pidns':
            init = self.actors.namespaces[value].init
            return f'that of a{init.slot}' if init else 'the first'
        return value


def is_woken(event, hook):
    """
    Tells whether the child's state may be later than its parent's death: the
    kernel wakes up a dying init when it releases the init's last process, before
    find_alive_thread, and sends pdeath_signal before kill_orphaned_pgrp.
    """
    child = event.get('child', {})
    return child.get('state') == 'running' and (
        child.get('ns_pid') == 1
        or hook == 'kill_orphaned_pgrp' and 'pdeath_signal' in event)


def stateless(entry):
    when, event = entry
    return when, dict(event, child=dict(event.get('child', {}), state=None))


def difference(one, other):
    """Returns the first pair that differs, or None; and the woken children."""
    woken = 0
    for left, right in zip(one.said, other.said):
        if left != right and any(is_woken(entry[-1], text.hook) for entry, text in
                                 ((left, one), (right, other))):
            woken += 1
            left, right = stateless(left), stateless(right)
        if left != right:
            return (left, right), woken
    if len(one.said) != len(other.said):
        return (len(one.said), len(other.said)), woken
    return None, woken

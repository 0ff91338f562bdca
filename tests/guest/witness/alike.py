# SPDX-License-Identifier: GPL-2.0
"""
What one way in says of a forest and another of the same: the same events,
member by member.
"""

# What is another each time.
TIMES = 'seq', 'boot_ns', 'start_ns', 'duration_ns'


class Text:
    """What is said of a forest, in names that are the same each time."""

    def __init__(self, way, actors, cgroup):
        self.way, self.actors, self.cgroup = way, actors, cgroup
        # (what happened when, the event)
        self.said = []

    def add(self, when, events):
        for event in events:
            # Before an adoption or after it, as the way sees that late or early.
            if event['event'] != 'signal':
                self.said.append((when, self.named(event)))

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


def is_woken(event, way):
    """
    The state of a child is what it was before its parent's death had any
    effect. Not so where that is seen later: of what is watched, it wakes a
    dying init whose last process it releases before find_alive_thread, and who
    is sent a signal before kill_orphaned_pgrp.
    """
    child = event.get('child', {})
    return child.get('state') == 'running' and (
        child.get('ns_pid') == 1
        or way == 'kill_orphaned_pgrp' and 'pdeath_signal' in event)


def stateless(place):
    when, event = place
    return when, dict(event, child=dict(event.get('child', {}), state=None))


def difference(one, other):
    """The first two that differ, or None; and how many children were woken."""
    woken = 0
    for left, right in zip(one.said, other.said):
        if left != right and any(is_woken(place[-1], text.way) for place, text in
                                 ((left, one), (right, other))):
            woken += 1
            left, right = stateless(left), stateless(right)
        if left != right:
            return (left, right), woken
    if len(one.said) != len(other.said):
        return (len(one.said), len(other.said)), woken
    return None, woken

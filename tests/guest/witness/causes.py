# SPDX-License-Identifier: GPL-2.0
"""Processes that bring signals of the kernel upon themselves, and what is said."""
import os
import signal

from lib import *

CAUSES = '/nsorphan/guest/causes'


class Namespace:
    """A pid namespace, in which processes are started one after another."""

    def __init__(self):
        # Its init reaps what it adopts.
        def init():
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)
            sleeper()

        self.init = namespace(init)

    def start(self, body, *closing):
        """
        Starts body() as a child of a process outside, which closes some
        descriptors; returns its pid.
        """
        channel = Channel()

        def outside():
            setns_pid(self.init)
            pid = spawn(body)
            for fd in closing:
                os.close(fd)
            channel.send(pid)
            os.waitpid(pid, 0)

        self.outside = spawn(outside)
        pid = channel.receive()
        channel.close()
        return pid

    def run(self, body):
        """Runs body() to its end; returns its pid."""
        pid = self.start(body)
        os.waitpid(self.outside, 0)
        return pid


def causes(*arguments):
    """Returns a body that executes the program."""
    return lambda: os.execv(CAUSES, ['causes', *map(str, arguments)])


def signals(pid, since, key='pid'):
    """Returns the signals to a process; key ns_pid: to one of the namespace."""
    return [event for event in events(since, 'signal')
            if event['target'][key] == pid]


def reasons(pid, since, key='pid'):
    """Returns (signal, cause or the sender's pid) of each signal to pid."""
    found = []
    for event in signals(pid, since, key):
        whole = {'cause', 'sender'} & event.keys()
        assert len(whole) == 1, event
        found.append((event['signal'],
                      event['cause'] if 'cause' in event else
                      event['sender']['pid']))
    return found


def wait_for_reasons(pid, since, wanted, name, key='pid'):
    """Checks what signals pid got, once there are as many as are wanted."""
    wait_for(lambda: len(reasons(pid, since, key)) >= len(wanted))
    equal(reasons(pid, since, key), [(int(number), cause)
                                     for number, cause in wanted], name)


def wait_until_waiting(pid):
    """Waits until the program has been executed and does nothing."""
    wait_for(lambda: stat(pid)['comm'] == b'causes' and
             stat(pid)['state'] == 'S')


def ns_pid(pid):
    for line in read(f'/proc/{pid}/status').splitlines():
        if line.startswith('NSpid:'):
            return int(line.split()[-1])


def same_by_tool(since):
    """Checks that the tool has the same signals in JSON; returns its text."""
    logged = run(TOOL, 'log', '-j', '--event', 'signal', '--since', str(since))
    theirs = [json.loads(line) for line in logged.stdout.splitlines()]
    ours = events(since, 'signal')
    for event in theirs:
        del event['time']
    for event in ours:
        for role in event.keys() & {'sender', 'target', 'thread'}:
            event[role]['comm'] = event[role]['comm'].decode()
    ok(ours and theirs == ours, 'the tool has the same signals',
       [pair for pair in zip(theirs, ours) if pair[0] != pair[1]][:1],
       len(ours), len(theirs))
    return run(TOOL, 'log', '--event', 'signal', '--since', str(since)).stdout

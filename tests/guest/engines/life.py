# SPDX-License-Identifier: GPL-2.0
"""
The life of a container that drops its stop signal, as each of the tool's commands tells it:
it lives, it is asked to end and goes on, it is killed, it is gone.
"""
import dataclasses
import re
import signal

from lib import equal, eventually, ok, pidns_of, wait_for, wait_until_asleep, \
    wait_until_ended
from stuck.expect import explain, objects

from engines.names import kept_names

# Its main process: not even one that is no init ends with SIGTERM.
DEAF = ('/bin/sh', '-c', 'trap "" TERM; exec sleep 1000')


@dataclasses.dataclass
class Container:
    what: str           # the engine, and how it was started
    id: str             # as the tool prints it
    main: int
    name: str = None    # None: the id is all that there is
    user: str = None    # of a rootless engine
    init: int = None    # of the pid namespace that it shares; None: main
    deaf: bool = True   # main is DEAF

    def __post_init__(self):
        self.init = self.init or self.main
        self.pidns = pidns_of(self.main)
        if self.deaf:
            wait_until_asleep(self.main)

    @property
    def target(self):
        return self.name or self.id

    @property
    def identity(self):
        return self.id, self.name, self.user


def identity_of(found):
    return tuple(found.get(key) for key in
                 ('container', 'container_name', 'container_user'))


def pid_of(process):
    return process and process['pid']


def rows_of(container, command):
    """Returns the container's lines of `command` -j."""
    done, rows = objects(command, '-j')
    assert done.returncode == 0 and rows is not None, (done.stdout, done.stderr)
    return [row for row in rows if row.get('container') == container.id]


def listed(container, verdict):
    row, = wait_for(lambda: rows_of(container, 'list')) or [{}]
    equal((identity_of(row), pid_of(row['main']), row['pidns'], row['state'],
           row['verdict']),
          (container.identity, container.main, container.pidns, 'alive', verdict),
          f'{container.what}: list has it, {verdict}')


def explained(container, verdict, actor=None):
    """Checks what explain says of the living container; by each of its names."""
    for target in dict.fromkeys((container.target, container.id, container.main)):
        found = explain(target)
        if found:
            equal((identity_of(found), pid_of(found['main']),
                   pid_of(found['init']), found['state'], found['verdict'],
                   pid_of(found.get('actor', {}).get('process'))),
                  (container.identity, container.main, container.init, 'alive',
                   verdict, actor),
                  f'{container.what}: explain {str(target)[:12]}: {verdict}')


def lives(container):
    listed(container, 'healthy')
    explained(container, 'healthy')
    equal(rows_of(container, 'stops'), [],
          f'{container.what}: stops does not have it')


def asked_by(stop, sender):
    return (identity_of(stop), pid_of(stop['main']), stop.get('signal'),
            stop.get('result'), stop.get('sender', {}).get('comm') == sender)


def asked(container, terminate, sender, stop_signal):
    """
    terminate() has the engine send its signal, by a process of the name `sender`: it
    is dropped.
    """
    terminate()
    listed(container, 'init-ignores-signal')
    explained(container, 'init-ignores-signal', container.main)
    stop, = rows_of(container, 'stops')
    ok(asked_by(stop, sender) ==
       (container.identity, container.main, stop_signal, 'ignored', True) and
       stop['outcome'] == 'pending',
       f'{container.what}: stops: asked by {sender}, pending', stop)


def killed(container, kill, killer, asker=None, stop_signal=signal.SIGTERM):
    """
    kill() has the engine kill it, by a process of the name `killer`; once it is
    gone it is known who did. asker: who has asked it to end before, or None.
    """
    # An id that is the name needs no keeping.
    if container.name not in (None, container.id):
        ok(eventually(lambda: container.name in kept_names()),
           f'{container.what}: its name is kept', kept_names())
    kill()
    wait_until_ended(container.main)
    wait_for(lambda: not rows_of(container, 'list'))
    stop, = rows_of(container, 'stops')
    wanted = (stop_signal, 'ignored', True) if asker else \
        (signal.SIGKILL, 'delivered', True)
    ok(asked_by(stop, asker or killer) ==
       (container.identity, container.main, *wanted) and
       (stop['outcome'], stop.get('exit_signal')) == ('killed', signal.SIGKILL) and
       stop.get('killer', {}).get('comm') == killer,
       f'{container.what}: stops: killed by {killer}', stop)
    for target in dict.fromkeys((container.target, container.id)):
        found = explain(target)
        if found:
            ok((identity_of(found), pid_of(found['main']), found['state'],
                found['verdict']) ==
               (container.identity, container.main, 'gone', 'gone') and
               re.search(rf'SIGKILL from {re.escape(killer)} \d+', found['text']),
               f'{container.what}: explain {str(target)[:12]}: gone, by {killer}',
               found)


def recorded(container):
    """Each event of it has its id, and its name; also when it is gone."""
    _, rows = objects('log', '-j', '--container', container.target)
    kinds = {'signal'}
    if container.init == container.main:
        kinds |= {'teardown-begin', 'teardown-end'}
    ok({identity_of(row) for row in rows or []} == {container.identity} and
       kinds <= {row['event'] for row in rows},
       f'{container.what}: log has its id and name in {", ".join(sorted(kinds))}',
       rows)
    _, rows = objects('log', '-j', '--pid', str(container.main))
    ok(rows and [row for row in rows if row['event'] == 'signal'] and
       {identity_of(row) for row in rows if row['event'] == 'signal' and
        row['target']['pid'] == container.main} == {container.identity},
       f'{container.what}: and so have the signals to main', rows)


def whole_life(container, terminate, kill, sender, killer=None,
               stop_signal=signal.SIGTERM):
    lives(container)
    asked(container, terminate, sender, stop_signal)
    killed(container, kill, killer or sender, sender, stop_signal)
    recorded(container)

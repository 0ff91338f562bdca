# SPDX-License-Identifier: GPL-2.0
"""Checks that the tool says of a case what the case was made to be."""
import itertools
import json

from lib import TOOL, equal, module, ok, run, status


def objects(*arguments):
    done = run(TOOL, *arguments)
    try:
        return done, [json.loads(line) for line in done.stdout.splitlines()]
    except ValueError:
        return done, None


def explain(target):
    """Returns explain's only object; fails a check and returns None otherwise."""
    done, found = objects('explain', '-j', str(target))
    if done.returncode == 0 and found and len(found) == 1:
        return found[0]
    ok(False, f'explain -j {target} says something', done.returncode,
       done.stdout, done.stderr)
    return None


def pid_of(process):
    return process['pid'] if process else None


def blamed(waiting, culprits):
    """Returns what the tool says of the culprits, where the culprits differ."""
    found = {}
    for culprit in culprits:
        for entry in waiting:
            if entry['process']['pid'] == culprit.pid:
                found[culprit.pid] = (
                    entry['cause'], set(entry['flags']) & culprit.flags,
                    culprit.parent and pid_of(entry['parent']),
                    culprit.tracer and pid_of(entry.get('tracer')),
                    culprit.tid and entry['process'].get('tid'))
    return found


def wanted(culprits):
    return {culprit.pid: (culprit.cause, culprit.flags, culprit.parent,
                          culprit.tracer, culprit.tid) for culprit in culprits}


def innocents(case, waiting):
    """Returns the processes that are blamed and are no culprits."""
    culprits = {culprit.pid for culprit in case.culprits}
    return [(entry['process'], entry['cause']) for entry in waiting
            if entry['process']['pid'] not in culprits and
            entry['cause'] != 'teardown-running']


# Everything that names a case to explain; where one suffices, they take turns.
NAMES = ('its namespace', 'its pid', 'its container',
         "a prefix of its container's id")
IN_TURN = itertools.cycle(NAMES)


def targets(case):
    found = [f'pidns:{case.pidns}', case.init]
    if case.container:
        found += [case.container, case.container[:12]]
    return dict(zip(NAMES, found))


def explained_by(case, name):
    found = explain(targets(case)[name])
    if not found:
        return
    how = f'{case.name}, by {name}:'
    ok((found['pidns'], pid_of(found['init']), found['state']) ==
       (case.pidns, case.init, case.state) and
       found['verdict'] in case.verdicts,
       f'{how} the verdict is {" or ".join(case.verdicts)}', found)
    waiting = found['waiting_for']
    equal(innocents(case, waiting), [], f'{how} no innocent is blamed')
    # A container that waits only for its own init need not list it.
    themselves = [c for c in case.culprits if c.pid == case.init]
    if waiting or not themselves:
        equal(blamed(waiting, case.culprits), wanted(case.culprits),
              f'{how} the culprits are named')


def explained(case):
    for name in targets(case):
        explained_by(case, name)


def explained_once(case):
    explained_by(case, next(name for name in IN_TURN if name in targets(case)))


def listed(case):
    """Checks that teardowns -j lists the case if it is a teardown, and why."""
    done, found = objects('teardowns', '-j')
    if found is None or done.returncode:
        return ok(False, 'teardowns -j says something', done.returncode,
                  done.stdout, done.stderr)
    ours = [entry for entry in found if entry['pidns'] == case.pidns]
    if case.state != 'teardown':
        return equal(ours, [], f'{case.name}: teardowns does not list it')
    if not equal([pid_of(entry['init']) for entry in ours], [case.init],
                 f'{case.name}: teardowns lists it'):
        return False
    remaining = ours[0]['processes']
    equal(innocents(case, remaining), [], f'{case.name}: and no innocent')
    return equal(blamed(remaining, case.culprits), wanted(case.culprits),
                 f'{case.name}: with its culprits')


def catalogue(cases):
    """Checks each case while it lasts and after its end."""
    with module('stall_ms=500'):
        for make in cases:
            with make() as case:
                explained_once(case)
                listed(case)
            explained_as_gone(case)
        _, found = objects('teardowns', '-j')
        equal(found, [], 'at the end teardowns lists none of them')
        equal(status()['missed'], 0, 'no probe hit was missed')


def gone(case):
    """Checks after a case's end that teardowns does not list it any more."""
    _, found = objects('teardowns', '-j')
    equal([entry for entry in found or [] if entry['pidns'] == case.pidns],
          [], f'{case.name}: after its end teardowns does not list it')
    explained_as_gone(case)


def explained_as_gone(case):
    found = explain(f'pidns:{case.pidns}')
    if found:
        equal((found['state'], found['verdict'], found['waiting_for']),
              ('gone', 'gone', []), f'{case.name}: after its end explain says gone')

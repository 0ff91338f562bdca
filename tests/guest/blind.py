# SPDX-License-Identifier: GPL-2.0
# clock: virtual
"""Where the kernel calls no probe, the module and the tool say so."""
import errno

from lib import *

SWITCHES = {'ftrace': '/proc/sys/kernel/ftrace_enabled',
            'kprobes': '/sys/kernel/debug/kprobes/enabled'}
COMMANDS = (('log',), ('signals',), ('stops',), ('list',), ('teardowns',), ('tree',),
            ('explain', '1'), ('log', '-j'))


def switch(on, *which):
    for name in which:
        if read(SWITCHES[name]).strip() != str(int(on)):
            write(SWITCHES[name], int(on))


def told():
    """What status says, as JSON."""
    done = run(TOOL, 'status', '-j')
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def is_recorded():
    since = next_seq()
    orphan(b'canary')
    return bool(events(since, 'reparent'))


def switched_off(which, hook):
    """Returns whether the module was blind: some probes do not depend on ftrace."""
    name = f'{hook}, {" and ".join(which)} off'
    before = told()
    equal(('blind' in before, 'blind_from_time' in before), (False, False),
          f'{name}: before, the module is not blind')
    switch(False, *which)
    recorded, blind = is_recorded(), told().get('blind')
    equal(bool(blind), not recorded, f'{name}: it is blind if nothing is recorded')
    equal(status()['blind'], bool(blind), f'{name}: debugfs says the same')
    if blind:
        ok(blind.startswith('the kernel calls no probe') and
           all(f'{one} ' in blind and f'{one}_enabled=1' in blind or
               f'>{SWITCHES[one]}' in blind for one in which),
           f'{name}: it says why, and what to do', blind)
        for command in COMMANDS:
            done = run(TOOL, *command)
            equal(done.stderr.count(blind), 1, f'{name}: {" ".join(command)} warns')
    switch(True, *which)
    equal(('blind' in told(), is_recorded()), (False, True),
          f'{name}: switched on again it sees again')
    after = told()
    if blind:
        ok(after['blind_from_time'] < after['blind_to_time'],
           f'{name}: and says from when to when it was blind', after)
        shown = run(TOOL, 'status').stdout
        ok(re.search(r'^blind_from: +\S+\nblind_to: +\S+\n', shown, re.M),
           f'{name}: in text, too', shown)
    return bool(blind)


def watching():
    """A running watch warns with the next thing that it prints."""
    with open('/tmp/blind', 'w+b') as output, open('/tmp/blind.err', 'w+b') as errors, \
            subprocess.Popen((TOOL, 'watch'), stdout=output, stderr=errors) as process:
        wait_for(lambda: status()['readers'])
        switch(False, 'kprobes')
        pid = namespace(sleeper)
        os.kill(pid, signal.SIGTERM)
        wait_for(lambda: b'SIGTERM' in content(output))
        said = wait_for(lambda: content(errors))
        os.kill(pid, signal.SIGTERM)
        wait_for(lambda: content(output).count(b'SIGTERM') == 2)
        equal((content(errors), said.count(b'\n'), b'kprobes are switched off' in said),
              (said, 1, True), 'watch warns, once')
        switch(True, 'kprobes')
        kill(pid)
        os.waitpid(pid, 0)
        process.send_signal(signal.SIGINT)
        equal(process.wait(HANG), 0, 'and goes on')


def at_load():
    switch(False, 'kprobes')
    with module():
        ok('nsorphan: blind: ' in run('dmesg').stdout, 'the log says so at the load')
        ok(told()['blind'], 'and the status')
        switch(True, 'kprobes')
        ok(is_recorded(), 'and then it sees')


def can_switch(name):
    """Some kernels do not let ftrace be switched off any more."""
    try:
        switch(False, name)
        return True
    except OSError:
        return False
    finally:
        switch(True, name)


def cannot_set_verify(value, name):
    try:
        set_parameter('verify', value)
        error = 0
    except OSError as got:
        error = got.errno
    equal(error, errno.EAGAIN, name)


def detaches_nothing():
    """
    A probe that is detached while ftrace is off costs the machine its ftrace, once
    the last probe goes: then the kernel warns, and boot fails.
    """
    late = Hanging(1, 1)
    with module('stall_ms=500'):
        other = Hanging(1, 1)
        wait_for(lambda: status()['teardowns'] == 2)
        switch(False, 'ftrace')
        late.reap()
        wait_for(lambda: status()['teardowns'] == 1)
        # Who saw its end has done all about it when there is more of the other one.
        seen = len(events(0, 'teardown-stall'))
        wait_for(lambda: len(events(0, 'teardown-stall')) >= seen + 2)
        switch(True, 'ftrace')
        other.reap()
        wait_for(lambda: status()['teardowns'] == 0)
    with module():
        switch(False, 'ftrace')
        if 'blind' in told():
            checks = json.loads(run(TOOL, 'selftest', '-j').stdout)['checks']
            equal(checks[-1], {'name': 'verify', 'ok': True,
                               'detail': 'not verified: the module is blind'},
                  'the selftest attaches no other hook')
            cannot_set_verify(1, 'verify cannot be switched on')
        switch(True, 'ftrace')
    with module():
        if has_two_hooks():
            set_verify(True)
            switch(False, 'ftrace')
            if 'blind' in told():
                cannot_set_verify(0, 'nor off')
            switch(True, 'ftrace')
        ok(is_recorded(), 'after ftrace was off it sees as before')
    equal(read(SWITCHES['ftrace']).strip(), '1', 'and there is ftrace')


def each_hook():
    ways = [('kprobes',)]
    if can_switch('ftrace'):
        ways += [('ftrace',), ('ftrace', 'kprobes')]
    tried = 0
    for hook in 'forget_original_parent', 'find_alive_thread', 'kill_orphaned_pgrp':
        if insmod(f'reparent_probe={hook}').returncode:
            continue  # this kernel does not have it
        assert rmmod().returncode == 0
        for which in ways:
            with module(f'reparent_probe={hook}'):
                if switched_off(which, hook):
                    tried += 1
    ok(tried >= 2, 'each hook was made blind', tried)


try:
    # First: it needs that the module's are all the probes of the machine.
    if can_switch('ftrace'):
        detaches_nothing()
    each_hook()
    with module('signals=all'):
        watching()
    at_load()
finally:
    switch(True, *SWITCHES)
done()

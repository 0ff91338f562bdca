#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Runs in the guest: a container loses a parent, is asked to go, is killed,
and nsorphan says what happens. Ends well only if what happened was seen."""
import contextlib
import json
import os
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
BUNDLE = '/run/demo'
ROOTFS = BUNDLE + '/rootfs'
COLUMN = 10


# What a person reads: one writer at a time, each line after its speaker.

speaking = threading.Lock()


def speak(who, line):
    with speaking:
        print(f'{who:>{COLUMN}} | {line}', flush=True)


def announce(title, *why):
    time.sleep(1.5)  # for the reader, and for what the last step still says
    with speaking:
        print(f'\n== {title}')
        for line in why:
            print(f'   {line}')
        print(flush=True)


def relay(who, stream, heard):
    """Speaks for a program, from a thread of its own; heard gets the lines."""
    def run():
        for line in stream:
            heard.append(line.rstrip('\n'))
            speak(who, heard[-1])
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def shell(command):
    speak('$', command)
    done = subprocess.run(command, shell=True, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    for line in done.stdout.splitlines():
        speak('', line)
    if done.returncode:
        sys.exit(f'demo: "{command}" failed')
    return done.stdout


def wait_for(what, condition, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    sys.exit(f'demo: FAILED: waited {seconds} s for {what}, in vain')


# What nsorphan has seen.

def events(pidns, kind):
    done = subprocess.run(
        ['nsorphan', 'log', '--format', 'json', '--pidns', str(pidns),
         '--event', kind], stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


# The container.

def explain(pid):
    told = subprocess.run(['nsorphan', 'explain', '-j', str(pid)],
                          stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(told.stdout)


def make_bundle():
    for name in 'app', 'dev', 'proc', 'sys', 'tmp', 'usr':
        os.makedirs(f'{ROOTFS}/{name}')
    for name in 'bin', 'lib', 'lib64', 'sbin':
        os.symlink('usr/' + name, f'{ROOTFS}/{name}')
    subprocess.run(['runc', 'spec'], cwd=BUNDLE, check=True)
    with open(BUNDLE + '/config.json', encoding='utf-8') as file:
        config = json.load(file)
    config['process'].update(terminal=False, args=['/app/parent.py'])
    for source, target in ('/usr', '/usr'), (HERE + '/app', '/app'):
        config['mounts'].append({
            'source': source, 'destination': target, 'type': 'bind',
            'options': ['bind', 'ro']})
    with open(BUNDLE + '/config.json', 'w', encoding='utf-8') as file:
        json.dump(config, file)


def pid_of(comm, pidns):
    """The host's pid of the container's process of that name, or None."""
    for entry in os.listdir('/proc'):
        try:
            if os.stat(f'/proc/{entry}/ns/pid').st_ino != pidns:
                continue
            with open(f'/proc/{entry}/comm', encoding='utf-8') as file:
                if file.read() == comm + '\n':
                    return int(entry)
        except OSError:
            pass
    return None


def main():
    announce('A container, run by runc',
             'Its PID 1 is parent.py, which starts a child with multiprocessing',
             'and a helper, which starts a worker. nsorphan writes a process',
             'as NAME PID/PID-IN-THE-CONTAINER.')
    shell('insmod /nsorphan/nsorphan.ko')
    make_bundle()
    reading, writing = os.pipe()
    speak('$', f'runc run --detach --bundle {BUNDLE} demo')
    subprocess.run(['runc', 'run', '--detach', '--bundle', BUNDLE, 'demo'],
                   stdin=subprocess.DEVNULL, stdout=writing, stderr=writing,
                   check=True)
    os.close(writing)
    said = []
    relay('container', os.fdopen(reading, encoding='utf-8'), said)
    wait_for('the container to start',
             lambda: len([l for l in said if 'hello' in l]) >= 3)

    state = json.loads(subprocess.run(
        ['runc', 'state', 'demo'], stdout=subprocess.PIPE, check=True).stdout)
    init = state['pid']
    pidns = os.stat(f'/proc/{init}/ns/pid').st_ino
    helper, worker, child = [
        wait_for(f'{comm} to start', lambda c=comm: pid_of(c, pidns))
        for comm in ('helper', 'worker', 'child')]
    shell(f'pstree -p {init}')
    watch = f'nsorphan watch --all --pidns {pidns}'
    speak('$', watch + ' &')
    seen = []
    with subprocess.Popen(watch.split(), stdout=subprocess.PIPE,
                          text=True) as watching, \
            contextlib.ExitStack() as leaving:
        leaving.callback(watching.terminate)
        relay('nsorphan', watching.stdout, seen)
        wait_for('watch to tell', lambda: seen)
        speak('', 'That was runc: it has left, and the guest\'s init has'
              ' adopted the container\'s.')

        announce('(a) The helper dies: who gets its worker?',
                 'SIGKILL, as from the OOM killer.')
        shell(f'kill -KILL {helper}')
        [adoption] = wait_for('the adoption', lambda: [
            event for event in events(pidns, 'reparent')
            if event['child']['pid'] == worker])
        wait_for('watch to tell',
                 lambda: any('orphaned by helper' in l for l in seen))
        shell(f'pstree -p {init}')

        announce('(b) The container is asked to go: SIGTERM to its PID 1',
                 'parent.py passes it to its child and calls sys.exit(0). That',
                 'joins the child first, so nobody dies. nsorphan tells who was',
                 'signalled, and explains why the container is still there.')
        shell('runc kill demo TERM')
        wait_for('parent.py to shut down',
                 lambda: any('gracefully' in l for l in said) and
                 any('goes on' in l for l in said))
        time.sleep(3)
        speak('', '... 3 seconds later:')
        shell('runc list')
        shell(f'nsorphan explain {init} | head -n 2 | fold -s -w 70')
        shell(f'nsorphan signals --pidns {pidns}')
        explained = explain(init)
        stayed = not events(pidns, 'teardown-begin')

        announce('(c) The container is killed: SIGKILL to its PID 1',
                 'Its pid namespace goes, and the kernel takes with it',
                 'whoever is still in there.')
        shell('runc kill demo KILL')
        [end] = wait_for('the end of the teardown',
                         lambda: events(pidns, 'teardown-end'))
        wait_for('watch to tell', lambda: any('teardown-end' in l for l in seen))
    [begin] = events(pidns, 'teardown-begin')
    kills = events(pidns, 'teardown-kill')
    wait_for('the init to be reaped',
             lambda: not os.path.exists(f'/proc/{init}'))
    shell('runc delete demo && rmmod nsorphan')

    announce('What was seen')
    expected = [
        ('the worker was adopted by the container\'s init, since its parent'
         ' was killed',
         adoption['child']['pid'] == worker and
         adoption['old_parent']['pid'] == helper and
         adoption['old_parent']['exit_signal'] == 9 and
         adoption['new_parent']['pid'] == init and
         adoption['new_parent']['ns_pid'] == 1 and
         adoption['reaper'] == 'ns-init'),
        ('SIGTERM ended nothing: the init stayed, waiting for its child',
         stayed and explained['verdict'] == 'init-waits-for-child' and
         [(entry['process']['pid'], entry['flags'])
          for entry in explained['waiting_for']] == [(child, ['handles'])]),
        ('SIGKILL to the init began the teardown, with 2 processes left',
         begin['init']['pid'] == init and
         begin['init']['exit_signal'] == 9 and begin['processes'] == 2),
        ('the teardown killed the child and the adopted worker',
         {kill['process']['pid'] for kill in kills} == {child, worker}),
        (f'it took {end["duration_ns"] / 1e6:.1f} ms, and nobody was left',
         end['killed'] == 2 and end['duration_ns'] > 0),
    ]
    for text, good in expected:
        speak('seen' if good else 'NOT SEEN', text)
    sys.exit(0 if all(good for _, good in expected) else 1)


main()

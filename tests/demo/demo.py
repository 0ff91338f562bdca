#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
Runs in the guest: in a container a parent is killed, SIGTERM does not end the
container, SIGKILL does; nsorphan reports all of it. Exit status 0 only if every
report is as expected.
"""
import contextlib
import json
import os
import subprocess
import sys
import threading
import time

# A guard against a hang: whatever is waited for comes much sooner.
GUARD_SECONDS = 120
HERE = os.path.dirname(os.path.abspath(__file__))
BUNDLE = '/run/demo'
ROOTFS = BUNDLE + '/rootfs'
COLUMN = 10


# Output for a person: one writer at a time, each line with its source.

speaking = threading.Lock()


def speak(who, line):
    with speaking:
        print(f'{who:>{COLUMN}} | {line}', flush=True)


def announce(title, *why):
    time.sleep(1.5)  # for the reader
    with speaking:
        print(f'\n== {title}')
        for line in why:
            print(f'   {line}')
        print(flush=True)


def relay(who, stream, heard):
    """Prints the lines of a program, in a thread, and appends them to heard."""
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


def wait_for(what, condition):
    end = time.monotonic() + GUARD_SECONDS
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    sys.exit(f'demo: FAILED: {what}: not in {GUARD_SECONDS} s')


# What nsorphan reports.

def events(pidns, kind):
    done = subprocess.run(
        ['nsorphan', 'log', '--format', 'json', '--pidns', str(pidns),
         '--event', kind], stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def explain(pid):
    done = subprocess.run(['nsorphan', 'explain', '-j', str(pid)],
                          stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


# The container.

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
    """Returns the pid in the host of the container's process of that name, or None."""
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


def waits_for_child(pid):
    """Whether the process sleeps in wait4(2), number 61 on x86."""
    with open(f'/proc/{pid}/syscall', encoding='utf-8') as file:
        return file.read().startswith('61 ')


def main():
    announce('A container, run by runc',
             'Its PID 1 is parent.py, which starts a child with multiprocessing',
             'and a helper, which starts a worker. nsorphan prints a process',
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
        wait_for('the first line of watch', lambda: seen)
        speak('', 'That was runc: it has exited, and the guest\'s init has'
              ' adopted the container\'s.')

        announce('(a) The helper dies: who adopts its worker?',
                 'SIGKILL, as from the OOM killer.')
        shell(f'kill -KILL {helper}')
        [adoption] = wait_for('the adoption', lambda: [
            event for event in events(pidns, 'reparent')
            if event['child']['pid'] == worker])
        wait_for('watch to print the adoption',
                 lambda: any('orphaned by helper' in l for l in seen))
        shell(f'pstree -p {init}')

        announce('(b) The container is asked to end: SIGTERM to its PID 1',
                 'parent.py passes it to its child and calls sys.exit(0). That',
                 'joins the child first, so no process ends. nsorphan reports the',
                 'signals, and explains why the container is still there.')
        shell('runc kill demo TERM')
        wait_for('parent.py to shut down',
                 lambda: any('gracefully' in l for l in said) and
                 any('goes on' in l for l in said))
        wait_for('parent.py to join its child', lambda: waits_for_child(init))
        time.sleep(3)  # for the reader
        speak('', '... 3 seconds later:')
        shell('runc list')
        shell(f'nsorphan explain {init} | head -n 2 | fold -s -w 70')
        shell(f'nsorphan signals --pidns {pidns}')
        explained = explain(init)
        stayed = not events(pidns, 'teardown-begin')

        announce('(c) The container is killed: SIGKILL to its PID 1',
                 'Its pid namespace ends, and the kernel kills every process',
                 'that is still in it.')
        shell('runc kill demo KILL')
        [end] = wait_for('the end of the teardown',
                         lambda: events(pidns, 'teardown-end'))
        wait_for('watch to print the end',
                 lambda: any('teardown-end' in l for l in seen))
    [begin] = events(pidns, 'teardown-begin')
    kills = events(pidns, 'teardown-kill')
    wait_for('the init to be reaped',
             lambda: not os.path.exists(f'/proc/{init}'))
    shell('runc delete demo && rmmod nsorphan')

    announce('What nsorphan reported')
    expected = [
        ('the container\'s init adopted the worker when the helper was killed',
         adoption['child']['pid'] == worker and
         adoption['old_parent']['pid'] == helper and
         adoption['old_parent']['exit_signal'] == 9 and
         adoption['new_parent']['pid'] == init and
         adoption['new_parent']['ns_pid'] == 1 and
         adoption['reaper'] == 'ns-init'),
        ('SIGTERM ended no process: the init waits for its child',
         stayed and explained['verdict'] == 'init-waits-for-child' and
         [(entry['process']['pid'], entry['flags'])
          for entry in explained['waiting_for']] == [(child, ['handles'])]),
        ('SIGKILL to the init began the teardown of 2 processes',
         begin['init']['pid'] == init and
         begin['init']['exit_signal'] == 9 and begin['processes'] == 2),
        ('the teardown killed the child and the adopted worker',
         {kill['process']['pid'] for kill in kills} == {child, worker}),
        (f'it took {end["duration_ns"] / 1e6:.1f} ms, and no process was left',
         end['killed'] == 2 and end['duration_ns'] > 0),
    ]
    for text, good in expected:
        speak('seen' if good else 'NOT SEEN', text)
    sys.exit(0 if all(good for _, good in expected) else 1)


main()

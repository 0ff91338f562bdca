# SPDX-License-Identifier: GPL-2.0
# slow:
# clock: virtual
# kernels: 6.1
"""explain names what keeps a pid namespace, and the process that must act."""
import collections
import os
import random
import signal
import struct
import threading
import time

from lib import *
from stuck.case import await_mask, mask

# Calls of explain and tree while processes end.
LOOKS = 100

KEYS = ['pidns', 'main', 'init', 'state', 'verdict', 'text', 'waiting_for', 'signals']


def explain(target, *options):
    """Returns explain's object."""
    done = run(TOOL, 'explain', '-j', str(target), *options)
    assert done.returncode == 0 and done.stderr == '', (done.stdout, done.stderr)
    return json.loads(done.stdout)


def timeless(text):
    """Returns a text without the ages of events, which grow from run to run."""
    return re.sub(r'([0-9]+ (h|min) )?[0-9.]+ (min|s|ms|us|ns) ago', 'ago', text)


def judged(target, verdict, name, causes=None, state='alive'):
    """Checks what explain says, in JSON and in text; returns the object."""
    found = explain(target)
    got = (found['state'], found['verdict'])
    if causes is not None:
        got += ([(entry['process']['pid'], entry['cause'], entry['flags'])
                 for entry in found['waiting_for']],)
    wanted = (state, verdict) + (() if causes is None else (causes,))
    equal(got, wanted, name) or print('#', ascii(found))
    text = run(TOOL, 'explain', str(target)).stdout
    ok(text.startswith(f'{verdict}  pidns:{found["pidns"]}  ')
       and timeless(found['text']) in timeless(text), f'{name}: in text, too',
       text)
    return found


def refused(target, wanted, name):
    done = run(TOOL, 'explain', str(target))
    ok((done.returncode, done.stdout, done.stderr.count('\n')) == (1, '', 1)
       and re.search(wanted, done.stderr), name, done.returncode, done.stdout,
       done.stderr)


@contextlib.contextmanager
def init_of(body, settle=wait_until_asleep):
    """
    Runs body(channel) as a namespace's init, which calls ready() and then sleeps.
    settle(pid) waits until it does.
    """
    channel = Channel()
    pid = namespace(lambda: body(channel))
    channel.receive()
    settle(pid)
    try:
        yield pid
    finally:
        kill(pid)
        os.waitpid(pid, 0)
        channel.close()


def ready(channel, body=sleeper):
    channel.send('ready')
    return body()


def waiting(handler=lambda *_: None, child=sleeper, forwards=False):
    """Returns an init that handles SIGTERM and then waits for its child."""
    def body(channel):
        def at_term(*_):
            handler()
            if forwards:
                os.kill(pid, signal.SIGTERM)
        got = []
        pid = spawn(lambda: ready(channel, child))
        signal.signal(signal.SIGTERM, lambda *_: got.append(1))
        while not got:
            time.sleep(0.05)
        at_term()
        os.waitpid(pid, 0)
    return body


def healthy():
    with init_of(lambda channel: ready(channel)) as pid:
        found = judged(pid, 'healthy', 'an init that sleeps', [])
        equal([key for key in found if key != 'container'], KEYS,
              'the members, in order')
        equal(as_identity(found['init']) | {'comm': None},
              identity(pid) | {'comm': None}, 'init is that process')
        ok('nanosleep' in found['init']['syscall']
           or 'select' in found['init']['syscall'],
           'its system call has a name', found['init'])
        judged(f'pidns:{pidns_of(pid)}', 'healthy', 'by its namespace', [])
    with init_of(lambda channel: spawn(sleeper) and ready(channel)) as pid:
        child, = descendants(pid)
        found = judged(child, 'healthy', 'by any process of it', [])
        equal(found['init']['pid'], pid, 'the verdict is about init')


# A loop around pause(), whose number, 29, is shmget() in 64-bit programs.
CODE_I386 = bytes.fromhex('b81d000000 cd80 ebf7')
HEADERS_I386, BASE_I386 = 52 + 32, 0x8048000


def program_i386():
    """Returns a static 32-bit ELF program."""
    size = HEADERS_I386 + len(CODE_I386)
    return (b'\x7fELF\1\1\1'.ljust(16, b'\0') + struct.pack(
        '<2H5I6H8I', 2, 3, 1, BASE_I386 + HEADERS_I386, 52, 0, 0, 52, 32, 1,
        0, 0, 0, 1, 0, BASE_I386, BASE_I386, size, size, 5, 4096) + CODE_I386)


def of_32_bits():
    path = '/run/program-i386'
    with open(path, 'wb') as to:
        to.write(program_i386())
    os.chmod(path, 0o755)

    def pauses(pid):
        wait_for(lambda: os.readlink(f'/proc/{pid}/exe') == path and
                 read(f'/proc/{pid}/syscall').startswith('29 '))

    with init_of(lambda channel: ready(channel, lambda: os.execv(path, [
            path])), pauses) as pid:
        found = judged(pid, 'healthy', 'an init of 32 bits', [])
        equal(found['init']['syscall'], 'pause', 'its system call has its name')


def blocks():
    def body(channel):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        ready(channel)

    with init_of(body) as pid:
        judged(pid, 'healthy', 'a signal that is blocked and was not sent', [])
        os.kill(pid, signal.SIGTERM)
        found = judged(pid, 'init-blocks-signal', 'an init that blocks SIGTERM',
                      [(pid, 'init-blocks-signal', [])])
        ok(f'kill -KILL {pid}' in found['text'] and 'SIGTERM' in found['text'],
           'it names the signal, and what to do', found['text'])
        equal((found['init']['blocks'], found['init']['pending']), ([15], [15]),
              'blocked and pending are in init')

    def waits_in_vfork():
        # CLONE_VFORK: the thread takes no signal until the child ends.
        while libc.syscall(NUMBERS['clone'], 0x4000 | signal.SIGCHLD,
                           0, 0, 0, 0) == 0:
            libc.sleep(1000)

    def threaded(channel):
        # Without a handler the signal would be fatal, even for an init.
        signal.signal(signal.SIGTERM, lambda *_: None)
        threading.Thread(target=waits_in_vfork).start()
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        channel.send('ready')
        while True:
            time.sleep(1000)

    with init_of(threaded) as pid:
        thread = max(map(int, os.listdir(f'/proc/{pid}/task')))
        wait_for_state(f'{pid}/task/{thread}', 'D')
        os.kill(pid, signal.SIGTERM)
        found = explain(pid)
        ok(mask(pid, 'ShdPnd') and found['state'] == 'alive' and
           found['verdict'] != 'init-blocks-signal',
           'a pending signal that only one of two threads blocks is not blocked',
           found)


def stopped():
    with init_of(lambda channel: ready(channel)) as pid:
        os.kill(pid, signal.SIGSTOP)
        wait_for_state(pid, 'T')
        found = judged(pid, 'init-stopped', 'an init that is stopped',
                      [(pid, 'init-stopped', [])])
        ok(f'kill -CONT {pid}' in found['text'], 'and what lets it go on',
           found['text'])
    path = '/sys/fs/cgroup/paused'
    os.makedirs(path)
    with init_of(lambda channel: ready(channel)) as pid:
        for file, what in (('cgroup.procs', pid), ('cgroup.freeze', 1)):
            with open(f'{path}/{file}', 'w') as to:
                to.write(str(what))
        with open(f'{path}/cgroup.events') as file:
            wait_for(lambda: file.seek(0) or 'frozen 1' in file.read())
        found = judged(pid, 'init-stopped', 'an init that is frozen',
                      [(pid, 'init-stopped', ['frozen'])])
        equal((found['actor'], found['remedy']),
              ({'what': 'cgroup.freeze of /paused'},
               'echo 0 >/sys/fs/cgroup/paused/cgroup.freeze'),
              'the freezer is to blame, and what thaws it')
    os.rmdir(path)


def ignores():
    with init_of(lambda channel: ready(channel)) as pid:
        os.kill(pid, signal.SIGTERM)
        found = judged(pid, 'init-ignores-signal', 'an init without a handler',
                      [(pid, 'init-ignores-signal', [])])
        ok('no handler' in found['text'] and 'python3' in found['text'],
           'says so, and what sent it', found['text'])
        sent, = found['signals']
        equal((sent['event'], sent['signal'], sent['result'],
               sent['sender']['pid'], sent['target']['pid']),
              ('signal', 15, 'ignored', os.getpid(), pid),
              'signals has the signal as it is recorded')


def waits_for_child():
    def handling():
        signal.signal(signal.SIGTERM, lambda *_: None)
        while True:
            time.sleep(1)

    def ignoring():
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(1000)

    def blocking():
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        time.sleep(1000)

    for child, forwards, flag in ((handling, True, 'handles'),
                                  (ignoring, True, 'ignores'),
                                  (blocking, True, 'blocks'),
                                  (sleeper, False, 'sent-none')):
        with init_of(waiting(child=child, forwards=forwards)) as pid:
            pids = descendants(pid)
            await_mask(pid, 'SigCgt')
            if forwards:
                await_mask(pids[0], 'SigBlk', 'SigIgn', 'SigCgt')
            os.kill(pid, signal.SIGTERM)
            wait_for(lambda: explain(pid)['init'].get('syscall') == 'wait4')
            if flag == 'handles':
                wait_for(lambda: not mask(pids[0], 'ShdPnd'))
            found = judged(pid, 'init-waits-for-child',
                          f'an init whose child {flag}',
                          [(pids[0], 'init-waits-for-child', [flag])])
            equal(found['init']['syscall'], 'wait4', 'it sits in wait4')


def not_recorded():
    """explain concludes nothing if signals are not recorded."""
    with init_of(waiting()) as pid:
        child, = descendants(pid)
        await_mask(pid, 'SigCgt')
        os.kill(pid, signal.SIGTERM)
        wait_for(lambda: explain(pid)['init'].get('syscall') == 'wait4')
        set_signals('off')
        found = judged(pid, 'init-waits-for-child',
                      'a child whose signals are not known',
                      [(child, 'init-waits-for-child', [])])
        ok('they are not recorded' in found['text'], 'says so', found['text'])
    with init_of(lambda channel: ready(channel)) as pid:
        os.kill(pid, signal.SIGTERM)
        found = judged(pid, 'healthy', 'a signal that is not recorded', [])
        ok('others are not recorded' in found['text'], 'says so', found['text'])
    set_signals('contained')


def overwritten():
    with init_of(lambda channel: ready(channel)) as pid:
        os.kill(pid, signal.SIGTERM)
        found = explain(pid)
        equal(found['verdict'], 'init-ignores-signal', 'while the signal is recorded')
        for _ in range(20):
            os.kill(pid, signal.SIGCONT)
        found = judged(pid, 'healthy', 'a signal that was overwritten', [])
        ok('but events were lost' in found['text'], 'says so', found['text'])


def outside_parent():
    pid = namespace(sleeper)
    pidns = pidns_of(pid)
    outside = Joiner(pid)
    kill(pid)
    wait_for_state(outside.joined, 'Z')
    found = judged(f'pidns:{pidns}', 'teardown-outside-parent',
                  'a zombie whose parent is outside',
                  [(outside.joined, 'teardown-outside-parent',
                    ['outside-parent'])], 'teardown')
    ok(f'reaped by its parent python3 {outside.pid}' in found['text']
       and 'outside of the namespace' in found['text'],
       'it names the process that must act', found['text'])
    equal((found['actor']['process']['pid'], found['remedy']),
          (outside.pid, f'kill -TERM {outside.pid}'), 'and how it is ended')
    equal(found['waiting_for'][0]['parent']['pid'], outside.pid,
          'waiting_for has the parent')
    outside.end()
    os.waitpid(pid, 0)
    found = judged(f'pidns:{pidns}', 'gone', 'after the teardown', [], 'gone')
    ok('was killed by SIGKILL' in found['text'], 'it says how init ended',
       found['text'])
    equal(found['init']['pid'], pid, 'and which process init was')
    refused(pid, f'no process {pid} any more.*pidns:{pidns}',
            'a pid that is gone: its namespace is named')


def live_thread():
    """A leader that has exited, with a thread that lives."""
    channel = Channel()

    def init():
        def leader():
            threading.Thread(target=time.sleep, args=(1000,)).start()
            channel.send('up')
            syscall('exit', 0)
        spawn(leader)
        sleeper()

    pid = namespace(init)
    channel.receive()
    child, = descendants(pid)
    wait_for_state(child, 'Z')
    found = explain(child)
    equal((found['verdict'], found['state']), ('healthy', 'alive'),
          'a leader that has exited, with a living thread, is alive')
    kill(pid)
    os.waitpid(pid, 0)


def in_initial():
    channel = Channel()

    def body():
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        spawn(sleeper)
        ready(channel)

    pid = spawn(body)
    channel.receive()
    os.kill(pid, signal.SIGTERM)
    found = judged(pid, 'init-blocks-signal',
                  'a process of the initial namespace is examined itself')
    equal((found['main']['pid'], 'init' in found), (pid, False),
          'as if it were an init')
    kill(*descendants(pid), pid)
    os.waitpid(pid, 0)


def hostile():
    name = b'a\n\x1b[31m)\xff'

    def body(channel):
        set_name(name)
        ready(channel)

    with init_of(body) as pid:
        found = explain(pid)
        equal(found['init']['comm'], name.decode('utf-8', 'replace'),
              'JSON has a hostile name in full')
        text = run(TOOL, 'explain', str(pid), env={'LC_ALL': 'C'}).stdout
        ok(text.isascii() and '\x1b' not in text, 'text escapes it', text)


def containers():
    names = ['aa' + '1' * 62, 'aa' + '2' * 62, '99' + '3' * 62]
    inits = []
    for name in names:
        path = f'/sys/fs/cgroup/system.slice/docker-{name}.scope'
        os.makedirs(path)
        pid = namespace(sleeper)
        inits.append(pid)
        with open(f'{path}/cgroup.procs', 'w') as file:
            file.write(str(pid))
    found = explain('aa1')
    equal((found['init']['pid'], found['container']), (inits[0], names[0]),
          'a container by a prefix of its id')
    equal(explain(names[1])['init']['pid'], inits[1], 'by its whole id')
    equal(explain('993333')['init']['pid'], inits[2],
          'an id of digits is no pid, unless a process has it')
    refused('aa', f'2 containers.*{names[0]}, {names[1]}',
            'a prefix of two ids: both are listed')
    refused('bb', "no process is in a container that begins with 'bb'",
            'a prefix of no id')
    kill(*inits)
    for pid in inits:
        os.waitpid(pid, 0)
    for name in names:
        os.rmdir(f'/sys/fs/cgroup/system.slice/docker-{name}.scope')


def bad_input():
    refused(4194303, 'there is no process 4194303', 'a pid that never was')
    refused('pidns:1', 'no pid namespace 1, and none is recorded',
            'a namespace that never was')
    refused('pidns:4026531836', 'initial pid namespace', 'the initial one')
    refused('pidns:x', 'no pid namespace', 'no number')
    refused('', 'no process is in a container', 'nothing')
    done = run(*UNPRIVILEGED, TOOL, 'explain', '1')
    ok(done.returncode == 1 and 'CAP_SYS_ADMIN' in done.stderr
       and done.stderr.count('\n') == 1, 'one line without CAP_SYS_ADMIN',
       done.stderr)


def dying():
    """Processes and namespaces come and go while explain looks at them."""
    outcomes = collections.Counter()
    rng = random.Random(1)

    def churn():
        while True:
            go.receive(None)
            first, *others = [rng.uniform(0, 0.5) for _ in range(6)]

            def init():
                for seconds in others:
                    spawn(lambda: time.sleep(seconds))
                time.sleep(first)
            channel.send(pid := namespace(init))
            os.waitpid(pid, 0)

    def start():
        go.send('next')
        return channel.receive()

    channel, go = Channel(), Channel()
    churner = spawn(churn)
    bad = []
    ended = start()
    while outcomes.total() < LOOKS or not (outcomes['explain', 0] and
                                           outcomes['explain', 1]):
        # Its predecessor has ended; this process may, at any moment.
        pid = start()
        for command in (('explain', '-j', str(pid)), ('explain', str(pid)),
                        ('explain', str(ended)), ('tree', '-j')):
            done = run(TOOL, *command)
            outcomes[command[0], done.returncode] += 1
            if done.returncode not in (0, 1) or done.stderr.count('\n') > 1:
                bad.append((command, done.returncode, done.stderr))
            if '-j' in command:
                for line in done.stdout.splitlines():
                    json.loads(line)
        ended = pid
    print('#', dict(outcomes))
    equal(bad, [], 'explain and tree do not fail when processes end meanwhile')
    kill(churner)
    os.waitpid(churner, 0)


with module():
    healthy()
    of_32_bits()
    blocks()
    stopped()
    ignores()
    waits_for_child()
    not_recorded()
    outside_parent()
    live_thread()
    in_initial()
    hostile()
    containers()
    bad_input()
    dying()
with module('records=16'):
    overwritten()
alone = run(TOOL, 'explain', '1')
ok(alone.returncode == 0 and 'modprobe' in alone.stderr
   and alone.stderr.count('\n') == 1, 'one line without the module', alone.stderr)
done()

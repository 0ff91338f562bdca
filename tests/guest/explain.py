# SPDX-License-Identifier: GPL-2.0
# slow:
# kernels: 6.1
"""explain names what holds a namespace, and who has to act."""
import os
import random
import signal
import struct
import subprocess
import threading
import time

from lib import *
from stuck.case import await_mask

KEYS = ['pidns', 'init', 'state', 'verdict', 'text', 'waiting_for', 'signals']


def explain(target, *options):
    """Its object."""
    told = run(TOOL, 'explain', '-j', str(target), *options)
    assert told.returncode == 0 and told.stderr == '', (told.stdout, told.stderr)
    return json.loads(told.stdout)


def timeless(text):
    """How long ago something was is another time the next time."""
    return re.sub(r'([0-9]+ (h|min) )?[0-9.]+ (min|s|ms|us|ns) ago', 'ago', text)


def judged(target, verdict, name, causes=None, state='alive'):
    """That this is what it says, in JSON and in text; the object."""
    told = explain(target)
    got = (told['state'], told['verdict'])
    if causes is not None:
        got += ([(entry['process']['pid'], entry['cause'], entry['flags'])
                 for entry in told['waiting_for']],)
    wanted = (state, verdict) + (() if causes is None else (causes,))
    equal(got, wanted, name) or print('#', ascii(told))
    text = run(TOOL, 'explain', str(target)).stdout
    ok(text.startswith(f'{verdict}  pidns:{told["pidns"]}  ')
       and timeless(told['text']) in timeless(text), f'{name}: in text, too',
       text)
    return told


def refused(target, wanted, name):
    told = run(TOOL, 'explain', str(target))
    ok((told.returncode, told.stdout, told.stderr.count('\n')) == (1, '', 1)
       and re.search(wanted, told.stderr), name, told.returncode, told.stdout,
       told.stderr)


@contextlib.contextmanager
def init_of(body):
    """A namespace with this as its init, which tells that it is ready."""
    channel = Channel()
    pid = namespace(lambda: body(channel))
    channel.hear()
    state_is(pid, 'S')
    try:
        yield pid
    finally:
        kill(pid)
        os.waitpid(pid, 0)
        channel.close()


def ready(channel, body=sleeper):
    channel.tell('ready')
    return body()


def waiting(handler=lambda *_: None, child=sleeper, forwards=False):
    """An init that handles SIGTERM and then waits for its child."""
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
        told = judged(pid, 'healthy', 'an init that sleeps', [])
        equal([key for key in told if key != 'container'], KEYS,
              'the members, in order')
        equal(as_identity(told['init']) | {'comm': None},
              identity(pid) | {'comm': None}, 'init is that process')
        ok('nanosleep' in told['init']['syscall']
           or 'select' in told['init']['syscall'],
           'its system call has a name', told['init'])
        judged(f'pidns:{pidns_of(pid)}', 'healthy', 'by its namespace', [])
    with init_of(lambda channel: spawn(sleeper) and ready(channel)) as pid:
        child, = descendants(pid)
        told = judged(child, 'healthy', 'by any process of it', [])
        equal(told['init']['pid'], pid, 'it is init that is judged')


# Loops around pause(), which is number 29 there and shmget() for 64 bits.
CODE_I386 = bytes.fromhex('b81d000000 cd80 ebf7')
HEADERS_I386, BASE_I386 = 52 + 32, 0x8048000


def program_i386():
    """A static ELF program of 32 bits."""
    size = HEADERS_I386 + len(CODE_I386)
    return (b'\x7fELF\1\1\1'.ljust(16, b'\0') + struct.pack(
        '<2H5I6H8I', 2, 3, 1, BASE_I386 + HEADERS_I386, 52, 0, 0, 52, 32, 1,
        0, 0, 0, 1, 0, BASE_I386, BASE_I386, size, size, 5, 4096) + CODE_I386)


def of_32_bits():
    path = '/run/program-i386'
    with open(path, 'wb') as to:
        to.write(program_i386())
    os.chmod(path, 0o755)
    with init_of(lambda channel: ready(channel, lambda: os.execv(path, [
            path]))) as pid:
        wait_for(lambda: os.readlink(f'/proc/{pid}/exe') == path)
        state_is(pid, 'S')
        told = judged(pid, 'healthy', 'an init of 32 bits', [])
        equal(told['init']['syscall'], 'pause', 'its system call has its name')


def blocks():
    def body(channel):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        ready(channel)

    with init_of(body) as pid:
        judged(pid, 'healthy', 'a signal that is blocked and was not sent', [])
        os.kill(pid, signal.SIGTERM)
        told = judged(pid, 'init-blocks-signal', 'an init that blocks SIGTERM',
                      [(pid, 'init-blocks-signal', [])])
        ok(f'kill -KILL {pid}' in told['text'] and 'SIGTERM' in told['text'],
           'it names the signal, and who must act', told['text'])
        equal((told['init']['blocks'], told['init']['pending']), ([15], [15]),
              'blocked and pending are in init')

    def threaded(channel):
        thread = threading.Thread(target=time.sleep, args=(1000,))
        thread.start()
        body(channel)

    with init_of(threaded) as pid:
        os.kill(pid, signal.SIGTERM)
        time.sleep(0.2)
        ok(explain(pid)['verdict'] != 'init-blocks-signal',
           'one that another thread does not block is not blocked')


def stopped():
    with init_of(lambda channel: ready(channel)) as pid:
        os.kill(pid, signal.SIGSTOP)
        state_is(pid, 'T')
        told = judged(pid, 'init-stopped', 'an init that is stopped',
                      [(pid, 'init-stopped', [])])
        ok(f'kill -CONT {pid}' in told['text'], 'what lets it go on',
           told['text'])
    path = '/sys/fs/cgroup/paused'
    os.makedirs(path)
    with init_of(lambda channel: ready(channel)) as pid:
        for file, what in (('cgroup.procs', pid), ('cgroup.freeze', 1)):
            with open(f'{path}/{file}', 'w') as to:
                to.write(str(what))
        with open(f'{path}/cgroup.events') as file:
            wait_for(lambda: file.seek(0) or 'frozen 1' in file.read())
        told = judged(pid, 'init-stopped', 'an init that is frozen',
                      [(pid, 'init-stopped', ['frozen'])])
        ok('frozen by its cgroup' in told['text'], 'says so', told['text'])
    os.rmdir(path)


def ignores():
    with init_of(lambda channel: ready(channel)) as pid:
        os.kill(pid, signal.SIGTERM)
        told = judged(pid, 'init-ignores-signal', 'an init without a handler',
                      [(pid, 'init-ignores-signal', [])])
        ok('no handler' in told['text'] and 'python3' in told['text'],
           'says so, and who sent it', told['text'])
        sent, = told['signals']
        equal((sent['event'], sent['signal'], sent['result'],
               sent['sender']['pid'], sent['target']['pid']),
              ('signal', 15, 'ignored', os.getpid(), pid),
              'the signal is told as it is recorded')


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
            told = judged(pid, 'init-waits-for-child',
                          f'an init whose child {flag}',
                          [(pids[0], 'init-waits-for-child', [flag])])
            equal(told['init']['syscall'], 'wait4', 'it sits in wait4')


def not_recorded():
    """Of what is not recorded nothing is concluded."""
    with init_of(waiting()) as pid:
        child, = descendants(pid)
        await_mask(pid, 'SigCgt')
        os.kill(pid, signal.SIGTERM)
        wait_for(lambda: explain(pid)['init'].get('syscall') == 'wait4')
        record_signals('off')
        told = judged(pid, 'init-waits-for-child',
                      'a child of which is not known what it was sent',
                      [(child, 'init-waits-for-child', [])])
        ok('they are not recorded' in told['text'], 'says so', told['text'])
    with init_of(lambda channel: ready(channel)) as pid:
        os.kill(pid, signal.SIGTERM)
        told = judged(pid, 'healthy', 'a signal that is not recorded', [])
        ok('others are not recorded' in told['text'], 'says so', told['text'])
    record_signals('namespaced')


def overwritten():
    with init_of(lambda channel: ready(channel)) as pid:
        os.kill(pid, signal.SIGTERM)
        told = explain(pid)
        equal(told['verdict'], 'init-ignores-signal', 'as long as it is there')
        for _ in range(20):
            os.kill(pid, signal.SIGWINCH)
        told = judged(pid, 'healthy', 'a signal that was overwritten', [])
        ok('but events were lost' in told['text'], 'says so', told['text'])


def outside_parent():
    pid = namespace(sleeper)
    pidns = pidns_of(pid)
    outside = Joiner(pid)
    kill(pid)
    state_is(outside.joined, 'Z')
    told = judged(f'pidns:{pidns}', 'teardown-outside-parent',
                  'a zombie whose parent is outside',
                  [(outside.joined, 'teardown-outside-parent',
                    ['outside-parent'])], 'teardown')
    ok(f'Reap {outside.joined} ' in told['text']
       and f'its parent is python3 {outside.pid}, outside' in told['text'],
       'it says who must act', told['text'])
    equal(told['waiting_for'][0]['parent']['pid'], outside.pid,
          'the parent is told')
    outside.end()
    os.waitpid(pid, 0)
    told = judged(f'pidns:{pidns}', 'gone', 'then it is gone', [], 'gone')
    ok('was killed by SIGKILL' in told['text'], 'how it ended', told['text'])
    equal(told['init']['pid'], pid, 'who was its init')
    refused(pid, f'no process {pid} any more.*pidns:{pidns}',
            'a pid that is gone: its namespace is told')


def live_thread():
    """A leader that has ended, and a thread of it that has not."""
    channel = Channel()

    def init():
        def leader():
            threading.Thread(target=time.sleep, args=(1000,)).start()
            channel.tell('up')
            syscall('exit', 0)
        spawn(leader)
        sleeper()

    pid = namespace(init)
    channel.hear()
    child, = descendants(pid)
    state_is(child, 'Z')
    told = explain(child)
    equal((told['verdict'], told['state']), ('healthy', 'alive'),
          'a leader that has ended with a living thread is alive')
    kill(pid)
    os.waitpid(pid, 0)


def in_initial():
    channel = Channel()

    def body():
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        spawn(sleeper)
        ready(channel)

    pid = spawn(body)
    channel.hear()
    os.kill(pid, signal.SIGTERM)
    told = judged(pid, 'init-blocks-signal',
                  'a process of the initial namespace is judged itself')
    equal(told['init']['pid'], pid, 'as if it were an init')
    kill(*descendants(pid), pid)
    os.waitpid(pid, 0)


def hostile():
    name = b'a\n\x1b[31m)\xff'

    def body(channel):
        set_name(name)
        ready(channel)

    with init_of(body) as pid:
        told = explain(pid)
        equal(told['init']['comm'], name.decode('utf-8', 'replace'),
              'a hostile name is told whole')
        text = run(TOOL, 'explain', str(pid), env={'LC_ALL': 'C'}).stdout
        ok(text.isascii() and '\x1b' not in text, 'and does no harm', text)


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
    told = explain('aa1')
    equal((told['init']['pid'], told['container']), (inits[0], names[0]),
          'a container by the beginning of its id')
    equal(explain(names[1])['init']['pid'], inits[1], 'by all of it')
    equal(explain('993333')['init']['pid'], inits[2],
          'an id of digits is no pid, unless a process has it')
    refused('aa', f'2 containers.*{names[0]}, {names[1]}',
            'a beginning of two: both are listed')
    refused('bb', "no process is in a container that begins with 'bb'",
            'of none')
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
    told = run(*UNPRIVILEGED, TOOL, 'explain', '1')
    ok(told.returncode == 1 and 'CAP_SYS_ADMIN' in told.stderr
       and told.stderr.count('\n') == 1, 'without the right: one line',
       told.stderr)


def dying():
    """Processes and namespaces come and go while it looks."""
    end = time.monotonic() + 15
    outcomes = set()

    def churn():
        while True:
            def init():
                for _ in range(5):
                    spawn(lambda: time.sleep(random.uniform(0, 0.5)))
                time.sleep(random.uniform(0, 0.5))
            channel.tell([pid := namespace(init)])
            os.waitpid(pid, 0)

    channel = Channel()
    churner = spawn(churn)
    bad = []
    both = {('explain', 0), ('explain', 1)}
    while time.monotonic() < end or (not both <= outcomes and
                                     time.monotonic() < end + 60):
        pid, = channel.hear()
        for command in (('explain', '-j', str(pid)), ('explain', str(pid)),
                        ('tree', '-j')):
            told = run(TOOL, *command)
            outcomes.add((command[0], told.returncode))
            if told.returncode not in (0, 1) or told.stderr.count('\n') > 1:
                bad.append((command, told.returncode, told.stderr))
            if '-j' in command:
                for line in told.stdout.splitlines():
                    json.loads(line)
        # Those that are waiting to be heard of are long gone.
        while select.select([channel.read_end], [], [], 0)[0]:
            channel.hear()
    equal(bad, [], 'nothing that dies under its eyes makes it fail')
    ok(both <= outcomes, 'some were there, some were not', sorted(outcomes))
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
gone = run(TOOL, 'explain', '1')
ok(gone.returncode == 1 and 'modprobe' in gone.stderr
   and gone.stderr.count('\n') == 1, 'without the module: one line', gone.stderr)
done()

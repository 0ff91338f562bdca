# SPDX-License-Identifier: GPL-2.0
# kernels: 5.10 6.1 6.1-rt 7
"""Signals: who sent which one to whom, and what the kernel did with it."""
import collections
import contextlib
import os
import random
import resource
import signal
import subprocess
import threading
import time

from lib import *
from witness.signals import generated

SIGSTORM = '/nsorphan/guest/sigstorm'
TERM, USR1, USR2 = signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2
RT = signal.SIGRTMIN


def caught(_signal, _frame):
    pass


class Actor:
    """
    A process that does as it is told, and answers. It handles SIGUSR1, ignores
    SIGUSR2, and leaves the others as they are.
    """

    def __init__(self, *enter, init=False):
        """Of the namespaces that these enter, one after the other."""
        self.commands, self.answers = Channel(), Channel()

        def chain(enter):
            if not enter:
                self.act()
            enter[0]()
            os.waitpid(spawn(lambda: chain(enter[1:])), 0)

        if init:
            self.pid = namespace(self.act)
            self.ask('ready')
        else:
            top = spawn(lambda: chain(enter))
            self.ask('ready')
            self.pid = ([top] + descendants(top))[-1]

    def act(self):
        signal.signal(USR1, caught)
        signal.signal(USR2, signal.SIG_IGN)
        while True:
            try:
                self.answers.tell(self.obey(*self.commands.hear(1000)))
            except OSError as error:
                self.answers.tell(error.errno)

    @staticmethod
    def obey(what, *arguments):
        if what == 'kill':
            os.kill(*arguments)
        elif what == 'queue':
            if libc.sigqueue(*arguments, None):
                return ctypes.get_errno()
        elif what == 'block':
            signal.pthread_sigmask(signal.SIG_BLOCK, arguments)
        elif what == 'alarm':
            signal.signal(signal.SIGALRM, caught)
            signal.setitimer(signal.ITIMER_REAL, 0.01)
            time.sleep(0.1)
        elif what == 'timer':
            # As above, but with a siginfo: SI_TIMER. None for a sigevent is
            # SIGALRM. It interrupts this process, which does not send it.
            timer, once = ctypes.c_void_p(), (ctypes.c_long * 4)(0, 0, 0, 10**7)
            if libc.timer_create(0, None, ctypes.byref(timer)) or \
                    libc.timer_settime(timer, 0, once, None):
                return ctypes.get_errno()
            end = time.monotonic() + 0.1
            while time.monotonic() < end:
                pass
        elif what == 'raise':
            os.kill(os.getpid(), *arguments)
        elif what == 'fork':
            pid = os.fork()
            if pid == 0:
                os._exit(0)
            os.waitpid(pid, 0)
        elif what == 'spawn':
            return spawn(sleeper)
        return 0

    def tell(self, *command):
        self.commands.tell(command)

    def ask(self, *command):
        self.tell(*command)
        return self.answers.hear()

    def number_for(self, other):
        """What this one has to call the other."""
        level = len(numbers(self.pid)) - 1
        return numbers(other.pid)[level]

    def sends(self, other, number):
        return self.ask('kill', self.number_for(other), int(number))


def numbers(pid):
    """Its pids, from the initial namespace down."""
    with open(f'/proc/{pid}/status') as file:
        for line in file:
            if line.startswith('NSpid:'):
                return list(map(int, line.split()[1:]))


def cgroup_of(pid):
    with open(f'/proc/{pid}/cgroup') as file:
        path, = (line.rstrip('\n')[3:] for line in file
                 if line.startswith('0::'))
    return os.stat(f'/sys/fs/cgroup{path}').st_ino


@contextlib.contextmanager
def cgroup(*pids):
    """They are in one of their own."""
    path = '/sys/fs/cgroup/signals'
    os.makedirs(path, exist_ok=True)
    for pid in pids:
        with open(f'{path}/cgroup.procs', 'w') as file:
            file.write(str(pid))
    yield
    for pid in pids:
        with open('/sys/fs/cgroup/cgroup.procs', 'w') as file:
            file.write(str(pid))
    os.rmdir(path)


def signals(since):
    return events(since, 'signal')


def told(since):
    """Short: who, to whom, which, and what became of it."""
    return [(event['sender']['pid'] if 'sender' in event else None,
             event['target']['pid'], event['signal'], event['result'])
            for event in signals(since)]


def one(sender, target, number, result, name):
    """That just this signal is recorded, of the two, whole."""
    def check(send):
        start = next_seq()
        send()
        equal(told(start), [(sender.pid if sender else None, target.pid,
                             int(number), result)], name)
        event = signals(start)[0]
        whole = [('target', target)] + ([('sender', sender)] if sender else [])
        equal([as_identity(event[role]) for role, _ in whole],
              [identity(actor.pid) for _, actor in whole],
              f'{name}: both are who they are')
        equal((event['pidns'], event['cgroup']),
              (pidns_of(target.pid), cgroup_of(target.pid)),
              f'{name}: it is of the target\'s namespace and cgroup')
    return check


def none(send, name):
    start = next_seq()
    send()
    equal(told(start), [], name)


class Here:
    pid = os.getpid()


def results(init, inside, beside):
    one(Here, inside, USR1, 'delivered', 'from outside')(
        lambda: os.kill(inside.pid, USR1))
    one(beside, inside, USR1, 'delivered', 'from inside')(
        lambda: beside.sends(inside, USR1))
    one(beside, inside, USR2, 'ignored', 'one that is ignored')(
        lambda: beside.sends(inside, USR2))
    one(beside, init, TERM, 'ignored', 'to an init that has no handler')(
        lambda: beside.sends(init, TERM))
    one(Here, init, TERM, 'ignored', 'to such an init, from outside')(
        lambda: os.kill(init.pid, TERM))
    one(beside, init, USR1, 'delivered', 'to an init that has one')(
        lambda: beside.sends(init, USR1))
    inside.ask('block', TERM)
    one(beside, inside, TERM, 'delivered', 'one that is blocked')(
        lambda: beside.sends(inside, TERM))
    one(beside, inside, TERM, 'pending', 'and the same once more')(
        lambda: beside.sends(inside, TERM))
    inside.ask('block', RT, RT + 1)
    resource.prlimit(inside.pid, resource.RLIMIT_SIGPENDING, (0, 0))
    one(beside, inside, RT, 'lost', 'one more than may be pending')(
        lambda: beside.ask('queue', beside.number_for(inside), RT))
    one(beside, inside, RT + 1, 'delivered',
        'one that is delivered without what is to be said of it')(
        lambda: beside.sends(inside, RT + 1))
    one(None, init, signal.SIGALRM, 'delivered', 'from a timer')(
        lambda: init.ask('alarm'))
    one(None, init, signal.SIGALRM, 'delivered', 'from a POSIX timer')(
        lambda: init.ask('timer'))


def own(init, inside):
    none(lambda: init.ask('raise', USR1), 'no signal to oneself, handled')
    none(lambda: init.ask('raise', TERM), 'or ignored')
    victim = Actor(lambda: setns_pid(init.pid))

    def abort():
        victim.tell('raise', int(signal.SIGABRT))
        wait_for(lambda: not os.path.exists(f'/proc/{victim.pid}'))

    start = next_seq()
    abort()
    equal(told(start), [(victim.pid, victim.pid, int(signal.SIGABRT),
                         'delivered')], 'but one that is fatal')
    none(lambda: init.ask('fork'), 'no SIGCHLD')


def which(init, inside):
    out = Actor()
    none(lambda: os.kill(out.pid, USR1), 'none between two outside')
    record_signals('all\n')
    equal(status()['signals'], 'all', 'the parameter may change')
    one(Here, out, USR1, 'delivered', 'all: between two outside')(
        lambda: os.kill(out.pid, USR1))
    start = next_seq()
    init.ask('fork')
    ok((None, init.pid, int(signal.SIGCHLD), 'ignored') in told(start) or
       (None, init.pid, int(signal.SIGCHLD), 'delivered') in told(start),
       'all: SIGCHLD, too', told(start))
    none(lambda: init.ask('raise', USR1), 'all: but none to oneself')
    record_signals('off')
    none(lambda: os.kill(inside.pid, USR1), 'off: none at all')
    try:
        record_signals('some')
        ok(False, 'what the parameter does not know is refused')
    except OSError as error:
        equal(error.errno, 22, 'what the parameter does not know is refused')
    equal(status()['signals'], 'off', 'and changes nothing')
    record_signals('namespaced')
    kill(out.pid)


def teardown_is_none():
    init = Actor(init=True)
    child = init.ask('spawn')
    start = next_seq()
    ns = pidns_of(init.pid)
    kill(init.pid)
    wait_for(lambda: any(event['event'] == 'teardown-end'
                         for event in of_namespace(ns, start)))
    equal([(event['event'], event.get('signal')) for event in events(start)
           if event['pidns'] == ns and event['event'] != 'reparent'],
          [('signal', 9), ('teardown-begin', None), ('teardown-kill', None),
           ('teardown-end', None)],
          'the SIGKILL of a teardown is a teardown-kill and no signal')
    equal(child, 2, 'which had one to kill')


def differential(init, inside, beside, seed):
    """All that ftrace sees, and nothing else; it shares no code with ours."""
    chance = random.Random(seed)
    out = Actor()
    deep = Actor(lambda: setns_pid(init.pid), unshare_pid)
    everybody = [init, inside, beside, out, deep]
    print(f'# seed {seed}')
    record_signals('all')
    with generated() as witness:
        start = next_seq()
        for _ in range(400):
            sender, target = chance.choices(everybody, k=2)
            number = chance.choice([USR1, USR2, signal.SIGURG, signal.SIGCONT,
                                    signal.SIGWINCH])
            if chance.random() < 0.2:
                os.kill(target.pid, number)
            elif len(numbers(target.pid)) >= len(numbers(sender.pid)):
                sender.sends(target, number)
        until = next_seq()
        seen = witness.take()
    record_signals('namespaced')
    threads = {tid: pid for pid in map(int, filter(str.isdigit,
                                                   os.listdir('/proc')))
               for tid in tids(pid)}
    expected = collections.Counter(
        (None if sent.kernel else threads[sent.tid],
         threads.get(sent.target, sent.target), sent.number, sent.result)
        for sent in seen if sent.kernel or
        threads[sent.tid] != threads.get(sent.target, sent.target))
    got = collections.Counter(
        entry for entry, event in zip(told(start), signals(start))
        if event['seq'] < until)
    ok(sum(expected.values()) > 200 and got == expected,
       f'{sum(expected.values())} signals are those that ftrace saw',
       got - expected, expected - got)
    kill(out.pid, deep.pid)


def tids(pid):
    try:
        return map(int, os.listdir(f'/proc/{pid}/task'))
    except OSError:
        return ()


def same_by_netlink(since):
    logged = run(TOOL, 'log', '-j', '--event', 'signal', '--since', str(since))
    theirs = [json.loads(line) for line in logged.stdout.splitlines()]
    ours = signals(since)
    for event in theirs:
        del event['time']
        event.pop('container', None)
    for event in ours:
        for role in event.keys() & {'sender', 'target'}:
            event[role]['comm'] = event[role]['comm'].decode()
    ok(len(ours) > 50 and theirs == ours, 'netlink tells the same',
       len(ours), len(theirs), theirs[:1], ours[:1])


def accounted(name):
    """Each number up to the last is an event, or told lost; once, in order."""
    recorded = events()
    at = recorded[0]['seq']
    for event in recorded:
        if event['seq'] != at:
            return ok(False, name, at, event)
        at += event.get('count', 1)
    return equal(at, next_seq(), name)


def storm(count, meanwhile=lambda: None):
    running = subprocess.Popen([SIGSTORM, str(count)], stdout=subprocess.PIPE,
                               text=True)
    meanwhile()
    rate, _ = running.communicate(timeout=200)
    assert running.returncode == 0
    print(f'# {count} signals, {rate.strip()} a second')


def nothing_pushed_out(records, count):
    burst(1, records // 4)
    before = deaths()
    storm(count, lambda: burst(1, records // 4))
    after = deaths()
    equal(after[:len(before)], before,
          f'{records} records: a storm of signals pushes nothing out')
    ok(len(after) >= len(before) + records // 4,
       'what happened meanwhile is there', len(before), len(after))
    equal(len(signals(0)), records, 'so many signals are kept')
    accounted('the others are told lost')
    kept = signals(0)
    burst(1, records)
    equal(len(deaths()), records, 'many adoptions push out the older of them')
    equal(signals(0), kept, 'but no signal')
    accounted('and those are told lost')


def read_meanwhile(count):
    """A reader that follows: every death, whatever it loses of the signals."""
    start = next_seq()
    lines = []
    with open(f'{DEBUGFS}/events_pipe') as pipe:
        def follow():
            for line in pipe:
                lines.append(parse(line))
                if lines[-1]['event'] == 'reparent' and \
                        lines[-1]['child']['comm'] == b'the last':
                    return

        def leave_the_last():
            set_name(b'the last')
            spawn(lambda: time.sleep(0.3))

        reader = threading.Thread(target=follow, daemon=True)
        reader.start()
        storm(count, lambda: [orphans(5, 0.05) for _ in range(10)])
        os.waitpid(spawn(leave_the_last), 0)
        reader.join(timeout=60)
        equal(reader.is_alive(), False, 'it comes to the end')
    at = lines[0]['seq']
    good = at >= start
    for event in lines:
        good = good and event['seq'] == at
        at += event.get('count', 1)
    ok(good, 'a reader in a storm: each number once, or told lost')
    equal([event for event in lines if event['event'] == 'reparent'],
          [event for event in deaths(lines[0]['seq'])
           if event['event'] == 'reparent' and event['seq'] < at],
          'and it read every adoption')


with module('stall_ms=0'):
    equal(status()['signals'], 'namespaced', 'by default those of namespaces')
    init = Actor(init=True)
    inside = Actor(lambda: setns_pid(init.pid))
    beside = Actor(lambda: setns_pid(init.pid))
    begin = next_seq()
    with cgroup(inside.pid):
        results(init, inside, beside)
    own(init, inside)
    which(init, inside)
    differential(init, inside, beside, random.SystemRandom().randrange(10**5))
    teardown_is_none()
    same_by_netlink(begin)
    kill(init.pid)
    equal((status()['missed'], status()['dropped']), (0, 0), 'nothing is missed')
with module('signals=off'):
    equal(status()['signals'], 'off', 'signals=off is taken')
    init = Actor(init=True)
    none(lambda: os.kill(init.pid, USR1), 'and none is recorded')
    kill(init.pid)
for records, count in (64, 100000 if KERNEL == '6.1' else 20000), (1024, 20000):
    with module(f'records={records}', 'stall_ms=0'):
        nothing_pushed_out(records, count)
with module('records=1024', 'stall_ms=0'):
    read_meanwhile(20000)
refused = insmod('signals=some')
ok(refused.returncode != 0 and 'Invalid' in refused.stderr,
   'signals=some is refused', refused.stderr)
done()

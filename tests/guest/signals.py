# SPDX-License-Identifier: GPL-2.0
# kernels: 5.10 6.1 6.1-rt 7
"""Signal events name sender, target and result as the kernel decided them."""
import collections
import contextlib
import os
import random
import resource
import signal
import subprocess
import threading

from lib import *
from witness.signals import generated

SIGSTORM = '/nsorphan/guest/sigstorm'
TERM, USR1, USR2 = signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2
RT = signal.SIGRTMIN
# The fixed seed has to send enough signals; a fresh one adds others.
FIXED_SEED = 1
# Attempts to send a signal with a seed: some pairs of actors cannot.
SENT = 250


def handle(_signal, _frame):
    pass


class Actor:
    """
    A process that carries out commands and answers them. It handles SIGUSR1,
    ignores SIGUSR2 and leaves the other signals at their defaults.
    """

    def __init__(self, *enter, init=False):
        """Starts it in the pid namespaces that these functions enter in turn."""
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
        signal.signal(USR1, handle)
        signal.signal(USR2, signal.SIG_IGN)
        while True:
            try:
                self.answers.send(self.obey(*self.commands.receive(None)))
            except OSError as error:
                self.answers.send(error.errno)

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
            got = []
            signal.signal(signal.SIGALRM, lambda *_: got.append(1))
            signal.setitimer(signal.ITIMER_REAL, 0.01)
            wait_for(lambda: got)
        elif what == 'timer':
            # With a siginfo, SI_TIMER. Without a sigevent the signal is SIGALRM.
            # It interrupts this process, which is not the sender.
            got = []
            signal.signal(signal.SIGALRM, lambda *_: got.append(1))
            timer, once = ctypes.c_void_p(), (ctypes.c_long * 4)(0, 0, 0, 10**7)
            if libc.timer_create(0, None, ctypes.byref(timer)) or \
                    libc.timer_settime(timer, 0, once, None):
                return ctypes.get_errno()
            while not got:
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

    def order(self, *command):
        self.commands.send(command)

    def ask(self, *command):
        self.order(*command)
        return self.answers.receive()

    def number_for(self, other):
        """Returns the other actor's pid in this actor's namespace."""
        level = len(numbers(self.pid)) - 1
        return numbers(other.pid)[level]

    def sends(self, other, number):
        return self.ask('kill', self.number_for(other), int(number))


def numbers(pid):
    """Returns a process's pids, from the initial namespace down."""
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
def cgroup(*pids, name='signals'):
    """Puts processes into a cgroup of their own."""
    path = f'/sys/fs/cgroup/{name}'
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


def recorded(since):
    """Returns (sender, target, signal, result) of each signal event."""
    return [(event['sender']['pid'] if 'sender' in event else None,
             event['target']['pid'], event['signal'], event['result'])
            for event in signals(since)]


def one(sender, target, number, result, name):
    """Returns check(send): send() makes exactly this event, complete."""
    def check(send):
        start = next_seq()
        send()
        equal(recorded(start), [(sender.pid if sender else None, target.pid,
                             int(number), result)], name)
        event = signals(start)[0]
        whole = [('target', target)] + ([('sender', sender)] if sender else [])
        equal([as_identity(event[role]) for role, _ in whole],
              [identity(actor.pid) for _, actor in whole],
              f'{name}: sender and target are identified')
        equal((event['pidns'], event['cgroup']),
              (pidns_of(target.pid), cgroup_of(target.pid)),
              f'{name}: the event has the target\'s namespace and cgroup')
    return check


def none(send, name):
    start = next_seq()
    send()
    equal(recorded(start), [], name)


class Here:
    pid = os.getpid()


def results(init, inside, beside):
    one(Here, inside, USR1, 'delivered', 'from outside')(
        lambda: os.kill(inside.pid, USR1))
    one(beside, inside, USR1, 'delivered', 'from inside')(
        lambda: beside.sends(inside, USR1))
    one(beside, inside, USR2, 'ignored', 'an ignored signal')(
        lambda: beside.sends(inside, USR2))
    one(beside, init, TERM, 'ignored', 'to an init without a handler')(
        lambda: beside.sends(init, TERM))
    one(Here, init, TERM, 'ignored', 'to an init without a handler, from outside')(
        lambda: os.kill(init.pid, TERM))
    one(beside, init, USR1, 'delivered', 'to an init with a handler')(
        lambda: beside.sends(init, USR1))
    inside.ask('block', TERM)
    one(beside, inside, TERM, 'delivered', 'a blocked signal')(
        lambda: beside.sends(inside, TERM))
    one(beside, inside, TERM, 'pending', 'a blocked signal that is pending already')(
        lambda: beside.sends(inside, TERM))
    inside.ask('block', RT, RT + 1)
    resource.prlimit(inside.pid, resource.RLIMIT_SIGPENDING, (0, 0))
    one(beside, inside, RT, 'lost', 'a signal beyond RLIMIT_SIGPENDING')(
        lambda: beside.ask('queue', beside.number_for(inside), RT))
    one(beside, inside, RT + 1, 'delivered',
        'a signal that is delivered without its siginfo')(
        lambda: beside.sends(inside, RT + 1))
    one(None, init, signal.SIGALRM, 'delivered', 'from a timer')(
        lambda: init.ask('alarm'))
    one(None, init, signal.SIGALRM, 'delivered', 'from a POSIX timer')(
        lambda: init.ask('timer'))


def own(init, inside):
    none(lambda: init.ask('raise', USR1), 'no handled signal to oneself')
    none(lambda: init.ask('raise', TERM), 'no ignored signal to oneself')
    victim = Actor(lambda: setns_pid(init.pid))

    def abort():
        victim.order('raise', int(signal.SIGABRT))
        wait_for(lambda: not os.path.exists(f'/proc/{victim.pid}'))

    start = next_seq()
    abort()
    equal(recorded(start), [(victim.pid, victim.pid, int(signal.SIGABRT),
                         'delivered')], 'but a fatal signal to oneself')
    none(lambda: init.ask('fork'), 'no SIGCHLD')


def in_container(out):
    """Signals from and to a container that has no pid namespace of its own."""
    contained = Actor()

    def to_it(which):
        set_signals(which)
        return lambda: os.kill(contained.pid, USR1)

    with cgroup(contained.pid, name='docker-' + 64 * '5'):
        none(to_it('namespaced'), 'namespaced: no signal to a container without '
                                  'a namespace')
        one(Here, contained, USR1, 'delivered', 'contained: such a signal')(
            to_it('contained'))
        one(contained, out, USR1, 'delivered', 'contained: from such a container')(
            lambda: contained.sends(out, USR1))
        one(None, contained, signal.SIGALRM, 'delivered', 'contained: a timer\'s')(
            lambda: contained.ask('alarm'))
        none(lambda: contained.ask('raise', USR1),
             'contained: no handled signal to oneself')
        none(lambda: contained.ask('fork'), 'contained: no SIGCHLD')
        none(lambda: out.ask('alarm'), 'contained: no timer\'s signal outside')
    none(lambda: os.kill(contained.pid, USR1), 'contained: none after it has left')
    kill(contained.pid)
    # Its SIGCHLD is sent by then.
    os.waitpid(contained.pid, 0)


def which(init, inside):
    out = Actor()
    none(lambda: os.kill(out.pid, USR1), 'no signal between two outside')
    in_container(out)
    set_signals('all\n')
    equal(status()['signals'], 'all', 'the parameter can be changed')
    one(Here, out, USR1, 'delivered', 'all: between two outside')(
        lambda: os.kill(out.pid, USR1))
    start = next_seq()
    init.ask('fork')
    ok((None, init.pid, int(signal.SIGCHLD), 'ignored') in recorded(start) or
       (None, init.pid, int(signal.SIGCHLD), 'delivered') in recorded(start),
       'all: SIGCHLD, too', recorded(start))
    none(lambda: init.ask('raise', USR1), 'all: but none to oneself')
    set_signals('off')
    none(lambda: os.kill(inside.pid, USR1), 'off: no signal at all')
    try:
        set_signals('some')
        ok(False, 'an unknown value is refused')
    except OSError as error:
        equal(error.errno, 22, 'an unknown value is refused')
    equal(status()['signals'], 'off', 'and changes nothing')
    set_signals('contained')
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
    equal(child, 2, 'the teardown had one process to kill')


def differential(init, inside, beside, seed):
    """Random signals are recorded exactly as ftrace records them."""
    chance = random.Random(seed)
    out = Actor()
    deep = Actor(lambda: setns_pid(init.pid), unshare_pid)
    everybody = [init, inside, beside, out, deep]
    set_signals('all')
    with generated() as witness:
        start = next_seq()
        for _ in range(SENT):
            sender, target = chance.choices(everybody, k=2)
            number = chance.choice([USR1, USR2, signal.SIGURG, signal.SIGCONT,
                                    signal.SIGWINCH])
            if chance.random() < 0.2:
                os.kill(target.pid, number)
            elif len(numbers(target.pid)) >= len(numbers(sender.pid)):
                sender.sends(target, number)
        until = next_seq()
        seen = witness.take()
    set_signals('contained')
    threads = {tid: pid for pid in map(int, filter(str.isdigit,
                                                   os.listdir('/proc')))
               for tid in tids(pid)}
    expected = collections.Counter(
        (None if sent.kernel else threads[sent.tid],
         threads.get(sent.target, sent.target), sent.number, sent.result)
        for sent in seen if sent.kernel or
        threads[sent.tid] != threads.get(sent.target, sent.target))
    got = collections.Counter(
        entry for entry, event in zip(recorded(start), signals(start))
        if event['seq'] < until)
    print(f'# {expected.total()} signals')
    ok(got == expected, f'ftrace saw the same signals, seed {seed}',
       got - expected, expected - got)
    kill(out.pid, deep.pid)
    return expected.total()


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
        event.pop('container', None)
        for role in event.keys() & {'sender', 'target'}:
            event[role]['comm'] = event[role]['comm'].decode()
    ok(len(ours) > 50 and theirs == ours, 'netlink has the same events',
       len(ours), len(theirs), theirs[:1], ours[:1])


def accounted(name):
    """Checks that each number is an event or lost, once and in order."""
    found = events()
    at = found[0]['seq']
    for event in found:
        if event['seq'] != at:
            return ok(False, name, at, event)
        at += event.get('count', 1)
    return equal(at, next_seq(), name)


def storm(count, meanwhile=lambda: None):
    running = subprocess.Popen([SIGSTORM, str(count)], stdout=subprocess.PIPE,
                               text=True)
    meanwhile()
    rate, _ = running.communicate(timeout=HANG)
    assert running.returncode == 0
    print(f'# {count} signals, {rate.strip()} a second')


def nothing_pushed_out(records, count):
    burst(1, records // 4)
    before = lifecycle_events()
    storm(count, lambda: burst(1, records // 4))
    after = lifecycle_events()
    equal(after[:len(before)], before,
          f'{records} records: a storm of signals overwrites no other event')
    ok(len(after) >= len(before) + records // 4,
       'events from during the storm are there', len(before), len(after))
    equal(len(signals(0)), records, f'{records} signals are kept')
    accounted('the other signals are reported as lost')
    kept = signals(0)
    burst(1, records)
    equal(len(lifecycle_events()), records, 'many adoptions overwrite older ones')
    equal(signals(0), kept, 'but no signal')
    accounted('and those are reported as lost')


def read_meanwhile(count):
    """A reader in a storm of signals gets every adoption."""
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
            spawn(lambda: 0)

        reader = threading.Thread(target=follow, daemon=True)
        reader.start()
        storm(count, lambda: [orphans(5) for _ in range(10)])
        os.waitpid(spawn(leave_the_last), 0)
        reader.join(timeout=HANG)
        equal(reader.is_alive(), False, 'a reader in a storm comes to the last event')
    at = lines[0]['seq']
    good = at >= start
    for event in lines:
        good = good and event['seq'] == at
        at += event.get('count', 1)
    ok(good, 'and reads each event once, or that it is lost')
    equal([event for event in lines if event['event'] == 'reparent'],
          [event for event in lifecycle_events(lines[0]['seq'])
           if event['event'] == 'reparent' and event['seq'] < at],
          'and reads every adoption')


with module('stall_ms=0'):
    equal(status()['signals'], 'contained', 'signals=contained is the default')
    init = Actor(init=True)
    inside = Actor(lambda: setns_pid(init.pid))
    beside = Actor(lambda: setns_pid(init.pid))
    begin = next_seq()
    with cgroup(inside.pid):
        results(init, inside, beside)
    own(init, inside)
    which(init, inside)
    fresh = random.SystemRandom().randrange(10**5)
    print(f'# seeds {FIXED_SEED} and {fresh}')
    sent = differential(init, inside, beside, FIXED_SEED)
    ok(sent > SENT // 2, f'seed {FIXED_SEED} sends enough signals', sent)
    differential(init, inside, beside, fresh)
    teardown_is_none()
    same_by_netlink(begin)
    kill(init.pid)
    equal((status()['missed'], status()['dropped']), (0, 0), 'no probe hit was missed, no event dropped')
with module('signals=off'):
    equal(status()['signals'], 'off', 'signals=off is taken')
    init = Actor(init=True)
    none(lambda: os.kill(init.pid, USR1), 'and no signal is recorded')
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

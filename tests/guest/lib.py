# SPDX-License-Identifier: GPL-2.0
"""What the guest tests share: TAP, the module, its events, odd processes."""
import contextlib
import ctypes
import functools
import json
import os
import re
import select
import signal
import subprocess
import sys
import time
import traceback

MODULE = '/nsorphan/nsorphan.ko'
DEBUGFS = '/sys/kernel/debug/nsorphan'
TOOL = '/usr/local/sbin/nsorphan'
ORPHANS = '/nsorphan/guest/orphans'
BURST = '/nsorphan/guest/burst'
HANG = '/nsorphan/guest/hang'
STORM = '/nsorphan/guest/storm'
YNL = '/nsorphan/ynl'
SPEC = '/nsorphan/specs/nsorphan.yaml'
YNL_CLI = ('/usr/bin/python3', f'{YNL}/cli.py', '--spec', SPEC)

CLONE_NEWPID = 0x20000000
PR_SET_PDEATHSIG = 1
PR_SET_NAME = 15
PR_SET_CHILD_SUBREAPER = 36

# The kernel, as tests/vm/kernel has it: its name; how slow it is.
with open('/nsorphan/kernel') as file:
    KERNEL = file.read().strip()
with open('/nsorphan/slow') as file:
    SLOW = int(file.read())

libc = ctypes.CDLL(None, use_errno=True)

# Of system calls for which the C library has no function, or one that does more.
NUMBERS = {
    'x86_64': {'poll': 7, 'clone': 56, 'exit': 60, 'delete_module': 176,
               'finit_module': 313},
    # There poll(3) is ppoll(2).
    'aarch64': {'poll': 73, 'exit': 93, 'delete_module': 106, 'clone': 220,
                'finit_module': 273},
}[os.uname().machine]


def syscall(name, *arguments):
    """What it returns, -1 for an error; ctypes.get_errno() has which."""
    return libc.syscall(NUMBERS[name], *arguments)


# TAP

count = 0
failed = 0


def ok(good, name, *why):
    global count, failed
    count += 1
    print(f"{'ok' if good else 'not ok'} {count} - {name}")
    if not good:
        failed += 1
        for line in why:
            print('#', ascii(line)[:1000])
    sys.stdout.flush()
    return good


def equal(got, wanted, name):
    return ok(got == wanted, name, f'got {got!r}', f'wanted {wanted!r}')


def done():
    print(f'1..{count}')
    sys.stdout.flush()
    sys.exit(1 if failed else 0)


def wait_for(condition, seconds=20):
    """Polls until condition() is true; its last value."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value or time.monotonic() > end:
            return value
        time.sleep(0.02)


def written(file):
    """What is in an open file by now; who writes to it goes on where it is."""
    fd = file.fileno()
    return os.pread(fd, os.fstat(fd).st_size, 0)


# Runs what follows as root without the right that the module asks for.
UNPRIVILEGED = ('capsh', '--drop=cap_sys_admin', '--shell=/usr/bin/env', '--')


# The module

def run(*command, **options):
    options.setdefault('timeout', 60)
    return subprocess.run(command, capture_output=True, text=True, **options)


def insmod(*parameters):
    return run('insmod', MODULE, *parameters)


def rmmod():
    return run('rmmod', 'nsorphan')


@contextlib.contextmanager
def module(*parameters):
    loaded = insmod(*parameters)
    assert loaded.returncode == 0, loaded.stderr
    try:
        yield
    finally:
        removed = rmmod()
        assert removed.returncode == 0, removed.stderr


TRUTHS = {'true': True, 'false': False}


def scalar(text):
    """What a value in a file of debugfs means."""
    return int(text) if text.isdigit() else TRUTHS.get(text, text)


def status():
    with open(f'{DEBUGFS}/status') as file:
        pairs = (line.rstrip('\n').split(': ', 1) for line in file)
        return {key: scalar(value) for key, value in pairs}


def load_ynl():
    """
    Of the kernel's YNL library: what makes a client of ours, and its parser of
    messages. It need not look whether the spec is one, nor read it with a parser
    in Python: those take it a second each.
    """
    import yaml
    yaml.safe_load = functools.partial(yaml.load, Loader=yaml.CSafeLoader)
    # The package has the name of this module.
    ours = sys.modules.pop('lib')
    sys.path.insert(0, YNL)
    from lib import YnlFamily
    from lib.ynl import NlMsgs
    sys.path.remove(YNL)
    sys.modules['lib'] = ours
    return functools.partial(YnlFamily, SPEC, schema=''), NlMsgs


# The parameters that can be changed while the module is loaded; OSError.

PARAMETERS = '/sys/module/nsorphan/parameters'


def set_parameter(name, value):
    with open(f'{PARAMETERS}/{name}', 'w') as file:
        file.write(str(value))


def verify(on):
    set_parameter('verify', int(on))


def stall_ms(value):
    set_parameter('stall_ms', value)


def record_signals(which):
    set_parameter('signals', which)


def kernel_has(*patterns):
    """For each, whether there is a function whose whole name fits."""
    with open('/proc/kallsyms') as file:
        symbols = file.read()
    return [bool(re.search(f' (?:{pattern})$', symbols, re.M))
            for pattern in patterns]


# Events

def unescape(value):
    return re.sub(rb'\\x(..)', lambda m: bytes([int(m[1], 16)]),
                  value.encode())


def words(value):
    return value.split(',') if value else []


@functools.cache
def place(key):
    """Of a member: the one that it is in, or ''; its name; how it is read."""
    around, _, name = key.rpartition('.')
    return around, name, {'comm': unescape, 'flags': words}.get(name, scalar)


# There are hundreds of thousands in a test, most of them like one before. What
# they hold is nobody's to change.
@functools.lru_cache(4096)
def member(pair):
    key, value = pair.split('=', 1)
    around, name, reader = place(key)
    return around, name, reader(value)


def members_of(pairs):
    event = {}
    for around, name, value in map(member, pairs):
        if around:
            event.setdefault(around, {})[name] = value
        else:
            event[name] = value
    return event


def parse(line):
    """A debugfs line as the dictionary that its JSON would be."""
    seq, boottime, word, *pairs = line.rstrip('\n').split(' ')
    seconds, fraction = boottime.split('.')
    return {'seq': int(seq), 'event': word,
            'boot_ns': int(seconds) * 10**9 + int(fraction),
            **members_of(pairs)}


def event_lines(since=0):
    with open(f'{DEBUGFS}/events') as file:
        return [line for line in file if int(line.split(' ', 1)[0]) >= since]


def events(since=0, *having):
    """Those that have all these words in their lines."""
    return [parse(line) for line in event_lines(since)
            if all(f' {word} ' in line for word in having)]


def teardowns():
    """Those that run, as the objects that their JSON would be, by pidns."""
    found = {}
    with open(f'{DEBUGFS}/teardowns') as file:
        for line in file:
            what, *pairs = line.rstrip('\n').split(' ')
            members = members_of(pairs)
            if what == 'teardown':
                found[members['pidns']] = {**members, 'processes': []}
            else:
                found[members.pop('pidns')]['processes'].append(members)
    return found


def next_seq():
    return status()['next_seq']


def reparents(pid, since=0):
    return events(since, 'reparent', f'child.pid={pid}')


def of_namespace(pidns, since=0):
    """The teardown events of one namespace."""
    return [event for event in events(since, f'pidns={pidns}')
            if event['event'].startswith('teardown')]


def stalls(pidns, since=0):
    return events(since, 'teardown-stall', f'pidns={pidns}')


def deaths(since=0):
    """All that no signal can push out."""
    return [parse(line) for line in event_lines(since)
            if line.split(' ', 3)[2] not in ('signal', 'lost')]


# What /proc says

def read(path):
    """Nothing if who it is about is gone."""
    try:
        with open(path, encoding='utf-8', errors='replace') as file:
            return file.read()
    except (FileNotFoundError, ProcessLookupError):
        return ''


def stat(pid):
    with open(f'/proc/{pid}/stat', 'rb') as file:
        text = file.read()
    comm = text[text.index(b'(') + 1:text.rindex(b')')]
    rest = text[text.rindex(b')') + 2:].split()
    return {'comm': comm, 'state': rest[0].decode(), 'ppid': int(rest[1]),
            'start_ticks': int(rest[19])}


def pidns_of(pid, which='pid'):
    return int(os.readlink(f'/proc/{pid}/ns/{which}')[5:-1])


def pidns_of_last_thread(pid):
    """A leader that has gone has no namespaces to show any more."""
    return pidns_of(max(map(int, os.listdir(f'/proc/{pid}/task'))))


def identity(pid):
    """The process as an event has to name it; start_ns in clock ticks."""
    with open(f'/proc/{pid}/status', 'rb') as file:
        fields = dict(line.split(b':\t', 1) for line in
                      file.read().rstrip(b'\n').split(b'\n'))
    now = stat(pid)
    return {'pid': int(fields[b'Tgid']),
            'ns_pid': int(fields[b'NSpid'].split()[-1]),
            'pidns': pidns_of(pid), 'comm': now['comm'],
            'start_ns': now['start_ticks'],
            'uid': int(fields[b'Uid'].split()[0])}


def as_identity(process):
    keys = ('pid', 'ns_pid', 'pidns', 'comm', 'start_ns', 'uid')
    found = {key: process.get(key) for key in keys}
    found['start_ns'] //= 10**9 // os.sysconf('SC_CLK_TCK')
    return found


def state_is(pid, letter):
    return wait_for(lambda: stat(pid)['state'] == letter)


def tells(file, text):
    """Waits until who writes to that file has written this."""
    assert wait_for(lambda: text in written(file))


def tells_all(file):
    """Waits until it is the last event that there is, in JSON."""
    tells(file, f'"seq":{next_seq() - 1},'.encode())


def polls(pid):
    """
    Waits until it sleeps in poll(2), as the tool does when it has told all that
    came; before that it has joined the group and asked for the status.
    """
    number = f"{NUMBERS['poll']} "
    assert wait_for(lambda: read(f'/proc/{pid}/syscall').startswith(number))


# Processes

def prctl(option, value):
    assert libc.prctl(option, value, 0, 0, 0) == 0


def set_name(name):
    assert libc.prctl(PR_SET_NAME, ctypes.c_char_p(name), 0, 0, 0) == 0


def unshare_pid():
    assert libc.unshare(CLONE_NEWPID) == 0, os.strerror(ctypes.get_errno())


def setns_pid(pid):
    fd = os.open(f'/proc/{pid}/ns/pid', os.O_RDONLY)
    assert libc.setns(fd, CLONE_NEWPID) == 0, os.strerror(ctypes.get_errno())
    os.close(fd)


def spawn(body):
    """Forks a child that runs body() and exits with what it returns, or 0."""
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        code = 99
        try:
            code = body() or 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    return pid


def sleeper():
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    while True:
        time.sleep(1000)


class Channel:
    """A pipe by which a descendant tells its pid, as its teller sees it."""

    def __init__(self):
        self.read_end, self.write_end = os.pipe()
        self.rest = b''

    def tell(self, value):
        os.write(self.write_end, json.dumps(value).encode() + b'\n')

    def hear(self, seconds=30):
        while b'\n' not in self.rest:
            heard, _, _ = select.select([self.read_end], [], [], seconds)
            assert heard, 'nobody tells anything'
            got = os.read(self.read_end, 65536)
            assert got, 'nobody is left to tell'
            self.rest += got
        line, _, self.rest = self.rest.partition(b'\n')
        return json.loads(line)

    def close(self):
        os.close(self.read_end)
        os.close(self.write_end)


class Joiner:
    """
    A process outside a namespace, with a child that it sent in there; it
    waits for that child, and ends, when it is told to go on.
    """

    def __init__(self, init, reaps=True):
        channel = Channel()
        go_read, self.go = os.pipe()

        def outside():
            setns_pid(init)
            joined = spawn(sleeper)
            channel.tell(joined)
            os.read(go_read, 1)
            if reaps:
                os.waitpid(joined, 0)

        self.pid = spawn(outside)
        self.joined = channel.hear()
        channel.close()
        os.close(go_read)

    def end(self):
        os.write(self.go, b'x')
        os.close(self.go)
        os.waitpid(self.pid, 0)


def children(pid):
    found = []
    for task in os.listdir(f'/proc/{pid}/task'):
        # It may be gone by now, and its children another's.
        found += map(int, read(f'/proc/{pid}/task/{task}/children').split())
    return found


def descendants(pid):
    found = []
    for child in children(pid):
        found.append(child)
        with contextlib.suppress(FileNotFoundError):
            found += descendants(child)
    return found


def kill(*pids):
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def orphan(name=None, linger=0.2):
    """Makes one of that name, which ends soon after its parent; its pid."""
    channel, go = Channel(), Channel()

    def child():
        if name is not None:
            set_name(name)
        channel.tell(os.getpid())
        time.sleep(linger)

    def parent():
        spawn(child)
        go.hear()

    mine = spawn(parent)
    pid = channel.hear()
    go.tell('go')
    os.waitpid(mine, 0)
    channel.close()
    go.close()
    return pid


def orphans(count, linger=0.3):
    """Makes so many at once, alive, each a reparent event."""
    subprocess.run([ORPHANS, str(count), str(int(linger * 1000))], check=True)


def burst(parents, children):
    """So many die at once, and each leaves so many zombies."""
    subprocess.run([BURST, str(parents), str(children)], check=True)


@contextlib.contextmanager
def bursts(parents, children, pause_ms):
    """Such bursts one after another meanwhile."""
    process = subprocess.Popen([BURST, *map(str, (parents, children, pause_ms))])
    try:
        yield
    finally:
        process.terminate()
        ended = process.wait(timeout=30 * SLOW)
    assert ended == 0


@contextlib.contextmanager
def storming(pause_us):
    """
    Processes of every kind fork and die meanwhile, one that leaves children
    every so many microseconds on average. Whoever else has something to do goes
    first, they have what that leaves.
    """
    process = subprocess.Popen(['nice', '-n', '19', STORM, '1', str(pause_us)])
    try:
        yield
    finally:
        process.kill()
        process.wait()


class Hanging:
    """
    Teardowns, each of which waits for so many zombies outside of it; `pids` has
    those of each, and then its init's. Cheap: there may be thousands.
    """

    def __init__(self, teardowns, zombies):
        self.process = subprocess.Popen([HANG, str(teardowns), str(zombies)],
                                        stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.pids = [list(map(int, self.process.stdout.readline().split()))
                     for _ in range(teardowns)]
        assert all(len(some) == zombies + 1 for some in self.pids), self.pids

    def reap(self):
        """They end."""
        self.process.communicate()
        assert self.process.returncode == 0


def namespace(init, before=lambda: None):
    """
    Starts init() as the init of a new pid namespace, below this process;
    its pid. What before() does to its process, the namespace inherits.
    """
    channel = Channel()

    def intermediate():
        before()
        unshare_pid()
        channel.tell(spawn(init))

    prctl(PR_SET_CHILD_SUBREAPER, 1)
    between = spawn(intermediate)
    pid = channel.hear()
    channel.close()
    os.waitpid(between, 0)
    prctl(PR_SET_CHILD_SUBREAPER, 0)
    return pid

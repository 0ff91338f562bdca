# SPDX-License-Identifier: GPL-2.0
"""What the guest tests share: TAP output, the module, its events, test processes."""
import contextlib
import ctypes
import functools
import hashlib
import itertools
import json
import os
import re
import select
import signal
import subprocess
import sys
import threading
import time
import traceback

MODULE = '/nsorphan/nsorphan.ko'
DEBUGFS = '/sys/kernel/debug/nsorphan'
TOOL = '/usr/local/sbin/nsorphan'
ORPHANS = '/nsorphan/guest/orphans'
BURST = '/nsorphan/guest/burst'
HANGING = '/nsorphan/guest/hang'
STORM = '/nsorphan/guest/storm'
HELD = '/nsorphan/guest/held'
YNL = '/nsorphan/ynl'
SPEC = '/nsorphan/specs/nsorphan.yaml'
YNL_CLI = ('/usr/bin/python3', f'{YNL}/cli.py', '--spec', SPEC)

CLONE_NEWPID = 0x20000000
PR_SET_PDEATHSIG = 1
PR_SET_NAME = 15
PR_SET_CHILD_SUBREAPER = 36

# The kernel's name and how many times slower it is: see tests/vm/kernel.
with open('/nsorphan/kernel') as file:
    KERNEL = file.read().strip()
with open('/nsorphan/slow') as file:
    SLOW = int(file.read())

# Seconds after which whatever a test waits for is taken to hang. No test depends
# on it: everything is waited for until it has happened. tests/vm/test ends a
# test that hangs elsewhere.
HANG = 300 * SLOW

libc = ctypes.CDLL(None, use_errno=True)

# Processes that nothing ends, as a test has proven: guest-tests leaves those that
# are in this file.
UNENDING = '/run/unending'

# System calls for which the C library has no function, or one that does more.
NUMBERS = {
    'x86_64': {'read': 0, 'poll': 7, 'clone': 56, 'exit': 60, 'wait4': 61,
               'rt_sigtimedwait': 128, 'rt_sigsuspend': 130,
               'delete_module': 176, 'futex': 202, 'clock_nanosleep': 230,
               'finit_module': 313},
    # poll(3) calls ppoll(2) on arm64.
    'aarch64': {'read': 63, 'poll': 73, 'exit': 93, 'futex': 98,
                'delete_module': 106, 'clock_nanosleep': 115,
                'rt_sigsuspend': 133, 'rt_sigtimedwait': 137, 'clone': 220,
                'wait4': 260, 'finit_module': 273},
}[os.uname().machine]


def syscall(name, *arguments):
    """Makes a system call; returns -1 on error, with ctypes.get_errno() set."""
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


def eventually(condition):
    """Polls until condition() is true, or hangs; returns its last value."""
    end = time.monotonic() + HANG
    while True:
        value = condition()
        if value or time.monotonic() > end:
            return value
        time.sleep(0.02)


def wait_for(condition):
    """Polls until condition() is true; returns its value, or ends the test."""
    value = eventually(condition)
    assert value, f'this never became true within {HANG} seconds'
    return value


def content(file):
    """Returns what an open file holds, without moving the writer's offset."""
    fd = file.fileno()
    return os.pread(fd, os.fstat(fd).st_size, 0)


# Runs the command that follows as root without CAP_SYS_ADMIN.
UNPRIVILEGED = ('capsh', '--drop=cap_sys_admin', '--shell=/usr/bin/env', '--')


# The module

def run(*command, **options):
    options.setdefault('timeout', HANG)
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
    """Converts a value of a debugfs file: a number, a truth value or text."""
    return int(text) if text.isdigit() else TRUTHS.get(text, text)


def status():
    with open(f'{DEBUGFS}/status') as file:
        pairs = (line.rstrip('\n').split(': ', 1) for line in file)
        return {key: scalar(value) for key, value in pairs}


def load_ynl():
    """
    Returns what makes a YNL client of our spec, and YNL's parser of messages.
    The client neither validates the spec nor parses it in Python: each takes a
    second.
    """
    import yaml
    yaml.safe_load = functools.partial(yaml.load, Loader=yaml.CSafeLoader)
    # YNL's package has the same name as this module.
    ours = sys.modules.pop('lib')
    sys.path.insert(0, YNL)
    from lib import YnlFamily
    from lib.ynl import NlMsgs
    sys.path.remove(YNL)
    sys.modules['lib'] = ours
    return functools.partial(YnlFamily, SPEC, schema=''), NlMsgs


# Parameters that can be changed while the module is loaded. A value that the
# module rejects raises OSError.

PARAMETERS = '/sys/module/nsorphan/parameters'


def set_parameter(name, value):
    with open(f'{PARAMETERS}/{name}', 'w') as file:
        file.write(str(value))


def set_verify(on):
    set_parameter('verify', int(on))


def has_two_hooks():
    """Tells whether this kernel has two hooks, so that verify works."""
    try:
        set_verify(True)
    except OSError:
        return False
    set_verify(False)
    return True


def set_stall_ms(value):
    set_parameter('stall_ms', value)


def set_signals(which):
    set_parameter('signals', which)


def kernel_has(*patterns):
    """Returns for each pattern whether a kernel symbol's whole name matches."""
    with open('/proc/kallsyms') as file:
        symbols = file.read()
    return [bool(re.search(f' (?:{pattern})$', symbols, re.M))
            for pattern in patterns]


# Events

def unescape(value):
    return re.sub(rb'\\x(..)', lambda m: bytes([int(m[1], 16)]),
                  value.encode())


def comma_list(value):
    return value.split(',') if value else []


@functools.cache
def describe_key(key):
    """Returns the enclosing member's name or '', the own name, the converter."""
    outer, _, name = key.rpartition('.')
    return outer, name, {'comm': unescape, 'flags': comma_list}.get(name, scalar)


# A test parses hundreds of thousands of pairs, most of them repeated. The values
# are shared: callers must not change them.
@functools.lru_cache(4096)
def parse_pair(pair):
    key, value = pair.split('=', 1)
    outer, name, convert = describe_key(key)
    return outer, name, convert(value)


def parse_pairs(pairs):
    event = {}
    for outer, name, value in map(parse_pair, pairs):
        if outer:
            event.setdefault(outer, {})[name] = value
        else:
            event[name] = value
    return event


def parse(line):
    """Converts a debugfs line to the dictionary that its JSON would be."""
    seq, boottime, word, *pairs = line.rstrip('\n').split(' ')
    seconds, fraction = boottime.split('.')
    return {'seq': int(seq), 'event': word,
            'boot_ns': int(seconds) * 10**9 + int(fraction),
            **parse_pairs(pairs)}


def event_lines(since=0):
    with open(f'{DEBUGFS}/events') as file:
        return [line for line in file if int(line.split(' ', 1)[0]) >= since]


def events(since=0, *having):
    """Returns the events from `since` on whose lines have all of these words."""
    return [parse(line) for line in event_lines(since)
            if all(f' {word} ' in line for word in having)]


def teardowns():
    """Returns the running teardowns by pidns, as their JSON objects would be."""
    found = {}
    with open(f'{DEBUGFS}/teardowns') as file:
        for line in file:
            what, *pairs = line.rstrip('\n').split(' ')
            members = parse_pairs(pairs)
            if what == 'teardown':
                found[members['pidns']] = {**members, 'processes': []}
            else:
                found[members.pop('pidns')]['processes'].append(members)
    return found


def ledger():
    """Returns the lives of debugfs, in order of their begin."""
    lives = []
    with open(f'{DEBUGFS}/containers') as file:
        for line in file:
            word, *pairs = line.rstrip('\n').split(' ')
            one = parse_pairs(pairs)
            if word == 'container':
                lives.append({**one, 'signals': []})
            else:
                assert word == 'signal', line
                lives[-1]['signals'].append(one)
    return sorted(lives, key=lambda life: life['begin_ns'])


def next_seq():
    return status()['next_seq']


def reparents(pid, since=0):
    return events(since, 'reparent', f'child.pid={pid}')


def of_namespace(pidns, since=0):
    """Returns the teardown events of one pid namespace."""
    return [event for event in events(since, f'pidns={pidns}')
            if event['event'].startswith('teardown')]


def stalls(pidns, since=0):
    return events(since, 'teardown-stall', f'pidns={pidns}')


def lifecycle_events(since=0):
    """Returns all events but signals."""
    return [parse(line) for line in event_lines(since)
            if line.split(' ', 3)[2] not in ('signal', 'lost')]


# What /proc shows

def read(path):
    """Returns a file's text, or '' if its process is gone."""
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
    """Returns the pid namespace of a process whose leader has exited."""
    return pidns_of(max(map(int, os.listdir(f'/proc/{pid}/task'))))


def identity(pid):
    """Returns the process as an event must name it; start_ns in clock ticks."""
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


def wait_for_state(pid, letter):
    wait_for(lambda: stat(pid)['state'] == letter)


def wait_for_output(file, text):
    """Waits until the file's writer has written this text."""
    wait_for(lambda: text in content(file))


def wait_for_last_event(file):
    """Waits until the newest recorded event is in the file, as JSON."""
    wait_for_output(file, f'"seq":{next_seq() - 1},'.encode())


def wait_until_in(pid, name):
    """Waits until the process sleeps in that system call."""
    number = f'{NUMBERS[name]} '
    wait_for(lambda: read(f'/proc/{pid}/syscall').startswith(number))


def wait_until_asleep(pid):
    """Waits until the process sleeps in time.sleep()."""
    wait_until_in(pid, 'clock_nanosleep')


def wait_until_polling(pid):
    """
    Waits until the process sleeps in poll(2), as the tool does once it has
    printed every event that came. By then it has joined the multicast group and
    asked for the status.
    """
    wait_until_in(pid, 'poll')


def socket_drops(pid):
    """Returns how many messages the tool's netlink socket had no room for."""
    with open('/proc/net/netlink') as file:
        rows = [line.split() for line in file][1:]
    # libnl's port numbers have the pid in their lower bits.
    return sum(int(row[8]) for row in rows if int(row[2]) & 0x3fffff == pid)


def stop(pid):
    """Stops a process and waits until it is stopped."""
    os.kill(pid, signal.SIGSTOP)
    wait_for_state(pid, 'T')


def wait_until_ended(pid):
    """Waits until a process is a zombie or reaped."""
    wait_for(lambda: read(f'/proc/{pid}/stat').rpartition(') ')[2][:1] in 'ZX')


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
    """Forks a child that runs body() and exits with its return value, or 0."""
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


def sleep_handling_signals():
    """
    Sleeps forever, in read(2), and runs Python's signal handlers. In time.sleep()
    the handler of a signal that came just before the system call would wait for its
    end: Python runs handlers only between its own instructions.
    """
    waking, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    while True:
        os.read(waking, 1)


class Channel:
    """A pipe by which a descendant sends its pid, or anything that JSON can hold."""

    def __init__(self):
        self.read_end, self.write_end = os.pipe()
        self.rest = b''

    def send(self, value):
        os.write(self.write_end, json.dumps(value).encode() + b'\n')

    def has(self):
        """Says whether receive() has no need to wait for a sender."""
        return b'\n' in self.rest or select.select([self.read_end], [], [], 0)[0]

    def receive(self, seconds=HANG):
        while b'\n' not in self.rest:
            ready, _, _ = select.select([self.read_end], [], [], seconds)
            assert ready, f'nothing was sent within {seconds} seconds'
            got = os.read(self.read_end, 65536)
            assert got, 'every sender has ended'
            self.rest += got
        line, _, self.rest = self.rest.partition(b'\n')
        return json.loads(line)

    def close(self):
        os.close(self.read_end)
        os.close(self.write_end)


def spawn_ready(body):
    """Runs body(ready) in a child; returns its pid once it has called ready()."""
    channel = Channel()
    pid = spawn(lambda: body(lambda: channel.send('ready')))
    channel.receive()
    channel.close()
    return pid


def start_threads(count, target, *arguments):
    """Starts that many threads of this process, with small stacks; returns them."""
    threading.stack_size(1 << 18)
    started = [threading.Thread(target=target, args=arguments)
               for _ in range(count)]
    for thread in started:
        thread.start()
    return started


class Joiner:
    """
    A process outside a pid namespace, with a child inside. When end() is called
    the process reaps the child and exits.
    """

    def __init__(self, init, reaps=True):
        channel = Channel()
        go_read, self.go = os.pipe()

        def outside():
            setns_pid(init)
            joined = spawn(sleeper)
            channel.send(joined)
            os.read(go_read, 1)
            if reaps:
                os.waitpid(joined, 0)

        self.pid = spawn(outside)
        self.joined = channel.receive()
        channel.close()
        os.close(go_read)

    def end(self):
        os.write(self.go, b'x')
        os.close(self.go)
        os.waitpid(self.pid, 0)


def children(pid):
    found = []
    for task in os.listdir(f'/proc/{pid}/task'):
        # The task may have exited, and its children have been reparented.
        found += map(int, read(f'/proc/{pid}/task/{task}/children').split())
    return found


def descendants(pid):
    found = []
    for child in children(pid):
        found.append(child)
        # It is gone, or is just going.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            found += descendants(child)
    return found


def kill(*pids):
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def orphan(name=None):
    """Makes an orphan of that name, which ends once it is reparented; its pid."""
    channel, go, end = Channel(), Channel(), Channel()

    def child():
        if name is not None:
            set_name(name)
        channel.send(os.getpid())
        end.receive()

    def parent():
        spawn(child)
        go.receive()

    mine = spawn(parent)
    pid = channel.receive()
    go.send('go')
    os.waitpid(mine, 0)
    end.send('end')
    for one in channel, go, end:
        one.close()
    return pid


def orphans(count):
    """Makes that many orphans of one parent, alive: a reparent event each."""
    subprocess.run([ORPHANS, str(count)], check=True)


def burst(parents, children):
    """Makes that many parents exit at once, each with that many zombies."""
    subprocess.run([BURST, str(parents), str(children)], check=True)


@contextlib.contextmanager
def bursts(parents, children, pause_ms):
    """Runs such bursts one after another in the background."""
    process = subprocess.Popen([BURST, *map(str, (parents, children, pause_ms))])
    try:
        yield
    finally:
        process.terminate()
        ended = process.wait(timeout=HANG)
    assert ended == 0


@contextlib.contextmanager
def storming(pause_us):
    """
    Lets processes of every kind fork and exit in the background, with a parent
    every pause_us microseconds on average, at the lowest priority.
    """
    process = subprocess.Popen(['nice', '-n', '19', STORM, '1', str(pause_us)])
    try:
        yield
    finally:
        process.kill()
        process.wait()


class Hanging:
    """
    Teardowns that each wait for some zombies whose parent is outside; `pids` has
    the zombies of each, and last its init. Cheap: there may be thousands.
    """

    def __init__(self, teardowns, zombies):
        self.process = subprocess.Popen([HANGING, str(teardowns), str(zombies)],
                                        stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.pids = [list(map(int, self.process.stdout.readline().split()))
                     for _ in range(teardowns)]
        assert all(len(some) == zombies + 1 for some in self.pids), self.pids

    def reap(self):
        """Reaps the zombies, which ends the teardowns."""
        self.process.communicate()
        assert self.process.returncode == 0


def namespace(init, before=lambda: None):
    """
    Starts init() as the init of a new pid namespace, as a child of this process;
    returns its pid. The init inherits what before() does to its process.
    """
    channel = Channel()

    def intermediate():
        before()
        unshare_pid()
        channel.send(spawn(init))

    prctl(PR_SET_CHILD_SUBREAPER, 1)
    between = spawn(intermediate)
    pid = channel.receive()
    channel.close()
    os.waitpid(between, 0)
    prctl(PR_SET_CHILD_SUBREAPER, 0)
    return pid


# Cgroups

V2 = '/sys/fs/cgroup'
# Has the mount points of the hierarchies of v1.
V1 = '/run/cgroup-v1'


def write(path, text):
    with open(path, 'w') as file:
        file.write(str(text))


class Cgroup:
    """A cgroup, made with those above it."""

    def __init__(self, path, mount=V2):
        self.path, self.dir = path, f'{mount}{path}'
        os.makedirs(self.dir)
        self.id = os.stat(self.dir).st_ino

    def enter(self, pid=0):
        """Puts a process into the cgroup; 0: this one."""
        write(f'{self.dir}/cgroup.procs', pid)

    def run(self, body):
        """Runs body() in a process that is in the cgroup, and waits for its end."""
        def inside():
            self.enter()
            body()
        equal(os.waitpid(spawn(inside), 0)[1], 0, f'{self.path[:60]}: ran')

    def remove(self):
        """Removes the cgroup, whose processes have ended."""
        if os.path.exists(f'{self.dir}/cgroup.events'):
            wait_for(lambda: 'populated 0' in read(f'{self.dir}/cgroup.events'))
        else:
            wait_for(lambda: not read(f'{self.dir}/tasks'))
        os.rmdir(self.dir)


@contextlib.contextmanager
def v1(controller):
    """
    Mounts the hierarchy of a controller of cgroup v1; yields its path, or None if
    this kernel cannot mount it. Then removes its cgroups, whose processes have ended,
    and gives the controller back to v2.
    """
    mount = f'{V1}/{controller}'

    def number_of(column):
        found = re.search(rf'^{controller}\t(?P<hierarchy>\d+)\t(?P<cgroups>\d+)\t',
                          read('/proc/cgroups'), re.M)
        return int(found[column])

    def remove_below():
        for path, _, _ in os.walk(mount, topdown=False):
            with contextlib.suppress(OSError):
                if controller == 'memory':
                    write(f'{path}/memory.force_empty', 0)
                if path != mount:
                    os.rmdir(path)
        # The root is left. A cgroup that was removed counts until it is freed; had
        # the hierarchy any, it would outlast its mount.
        return number_of('cgroups') == 1

    os.makedirs(mount, exist_ok=True)
    if run('mount', '-t', 'cgroup', '-o', controller, 'none', mount).returncode:
        yield None
        return
    try:
        yield mount
    finally:
        wait_for(remove_below)
        run('umount', mount)
        wait_for(lambda: number_of('hierarchy') == 0)


made_ids = itertools.count()


def new_container_id():
    """
    Returns 64 hex digits, others each time, and in each test: what one of them has
    left is still there in a guest that several share.
    """
    test = sys.modules['__main__'].__file__
    return hashlib.sha256(f'{test} {next(made_ids)}'.encode()).hexdigest()


class ContainerCgroup(Cgroup):
    """A cgroup that is a container by its name; `container` is the id in it."""

    def __init__(self, form='/system.slice/docker-{}.scope', mount=V2):
        self.container = new_container_id()
        super().__init__(form.format(self.container), mount)

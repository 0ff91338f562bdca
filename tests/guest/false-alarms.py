# SPDX-License-Identifier: GPL-2.0
# slow:
# in turn:
# clock: virtual
"""
Healthy containers of many kinds at work, which are started, reloaded, paused and stopped in
good order: check finds nothing late, and explain names only who is being stopped or paused.
"""
import random

from lib import *
from stuck.program import Container

CONTAINERS = 12
ROUNDS = 40

# Each ends by SIGTERM, some at once and some by and by, and takes SIGHUP and SIGUSR1.
PYTHON = """
import fcntl, os, select, signal, socket, subprocess, sys, threading, time

def quietly(*_):
    pass

def ends(*_):
    sys.exit(0)

for number in signal.SIGHUP, signal.SIGUSR1:
    signal.signal(number, quietly)
signal.signal(signal.SIGTERM, ends)
"""
KINDS = {
    # As nginx: workers, which are replaced on SIGHUP and ended on SIGTERM.
    'workers': """
def worker():
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    while True:
        time.sleep(0.2)

def start():
    pid = os.fork()
    if not pid:
        worker()
    return pid

def stop(pids):
    for pid in pids:
        os.kill(pid, signal.SIGTERM)
    for pid in pids:
        os.waitpid(pid, 0)

def reload(*_):
    global pids
    old, pids = pids, [start() for _ in range(3)]
    stop(old)

def terminate(*_):
    time.sleep(0.5)
    stop(pids)
    sys.exit(0)

pids = [start() for _ in range(3)]
signal.signal(signal.SIGHUP, reload)
signal.signal(signal.SIGTERM, terminate)
while True:
    signal.pause()
""",
    # As a shell that runs one command after another, and reaps each.
    'commands': """
while True:
    subprocess.run(['true'])
    time.sleep(0.1)
""",
    # As a supervisor that leaves its zombies for a moment.
    'reaper': """
while True:
    for _ in range(3):
        os.fork() or os._exit(0)
    time.sleep(0.1)
    for _ in range(3):
        os.wait()
""",
    # A lock that two processes take in turn.
    'lock': """
path = f'/run/shared-{time.time()}'
def contend():
    while True:
        with open(path, 'w') as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            time.sleep(0.05)

if not os.fork():
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
contend()
""",
    # A child that writes to a pipe what main reads.
    'pipe': """
ours, its = os.pipe()
if not os.fork():
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    while True:
        os.write(its, b'x')
        time.sleep(0.1)
while True:
    os.read(ours, 1)
""",
    # A server that waits for a client that has nothing to say.
    'server': """
ours, its = socket.socketpair()
while True:
    select.select([ours], [], [], 1)
""",
    'threads': """
for _ in range(4):
    threading.Thread(target=lambda: [time.sleep(0.1) for _ in iter(int, 1)],
                     daemon=True).start()
while True:
    time.sleep(1)
""",
    # Writes to its disk, and waits for it.
    'disk': """
path = f'/run/file-{time.time()}'
while True:
    with open(path, 'w') as file:
        file.write('x' * 65536)
        file.flush()
        os.fsync(file.fileno())
    time.sleep(0.1)
""",
    'busy': """
while True:
    for _ in range(10000):
        pass
    time.sleep(0.05)
""",
    # As a program that waits for its signals by sigtimedwait().
    'sigwait': """
wanted = {signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1}
signal.pthread_sigmask(signal.SIG_BLOCK, wanted)
while signal.sigwait(wanted) != signal.SIGTERM:
    pass
""",
    # Drains for a while after SIGTERM, as an HTTP server does.
    'drains': """
def drain(*_):
    time.sleep(8)
    sys.exit(0)

signal.signal(signal.SIGTERM, drain)
while True:
    time.sleep(0.3)
""",
    # Processes that lose their parent, and that main reaps.
    'orphans': """
signal.signal(signal.SIGCHLD, quietly)
while True:
    pid = os.fork()
    if not pid:
        if not os.fork():
            time.sleep(0.05)
        os._exit(0)
    time.sleep(0.2)
    while True:
        try:
            if not os.waitpid(-1, os.WNOHANG)[0]:
                break
        except ChildProcessError:
            break
""",
}


class Running:
    """A container that runs a program of one kind."""

    def __init__(self, number, kind):
        self.kind, self.number = kind, number
        self.container = Container(f'{kind}-{number}')
        code = PYTHON + KINDS[kind]
        self.pid = namespace(lambda: os.execv(sys.executable,
                                              ('python3', '-ISc', code)),
                             self.container.enter)
        # By then it takes its signals.
        self.stopping = self.paused = False
        wait_for(lambda: takes_term(self.pid))

    @property
    def name(self):
        return self.container.name

    def signal(self, number):
        os.kill(self.pid, number)

    def stop(self):
        self.stopping = True
        os.kill(self.pid, signal.SIGTERM)

    def pause(self, on):
        self.paused = on
        write(f'{self.container.dir}/cgroup.freeze', int(on))

    def is_over(self):
        return self.stopping and os.waitpid(self.pid, os.WNOHANG)[0] == self.pid

    def remove(self):
        wait_for(lambda: 'populated 0' in read(f'{self.container.dir}/cgroup.events'))
        self.container.remove()


def takes_term(pid):
    status = read(f'/proc/{pid}/status')
    masks = re.findall(r'Sig(?:Cgt|Blk):\t(\w+)', status)
    return any(int(mask, 16) >> signal.SIGTERM - 1 & 1 for mask in masks)


def look(running, what):
    """check is content, and explain names only who is on the way."""
    done = run(TOOL, 'check')
    allowed = {one.name for one in running if one.stopping or one.paused}
    found = [json.loads(line) for line in
             run(TOOL, 'explain', '-j').stdout.splitlines()]
    wrong = [(one.get('container_name'), one['verdict'], one['text']) for one in found
             if one.get('container_name') not in allowed]
    return equal((done.returncode, wrong), (0, []), f'{what}: nobody is late or stuck')


seed = int.from_bytes(os.urandom(4), 'little')
dice = random.Random(seed)
print(f'# seed {seed}')
with module():
    kinds = list(KINDS)
    running = [Running(number, kinds[number % len(kinds)]) for number in range(CONTAINERS)]
    started = CONTAINERS
    for number in range(ROUNDS):
        one = dice.choice(running)
        action = dice.choice(('reload', 'reopen', 'pause', 'go on', 'stop', 'nothing'))
        what = f'{number}: {action} {one.name}'
        if action == 'reload' and not one.stopping:
            one.signal(signal.SIGHUP)
        elif action == 'reopen' and not one.stopping:
            one.signal(signal.SIGUSR1)
        elif action == 'pause' and not one.stopping:
            one.pause(True)
        elif action == 'go on':
            one.pause(False)
        elif action == 'stop' and not one.stopping and not one.paused:
            one.stop()
        if not look(running, what):
            break
        time.sleep(dice.random() * 3)
        for ended in [one for one in running if one.is_over()]:
            ended.remove()
            running[running.index(ended)] = Running(started, ended.kind)
            started += 1
    for one in running:
        one.pause(False)
        kill(one.pid)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(one.pid, 0)
    equal(status()['missed'], 0, 'no probe hit was missed')
done()

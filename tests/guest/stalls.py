# SPDX-License-Identifier: GPL-2.0
# slow:
# kernels: 6.1
# seconds: 400
"""What a teardown waits for: told as events, and to whoever asks."""
import os
import struct
import subprocess
import tempfile
import threading
import time

from lib import *

PTRACE_CONT, PTRACE_SEIZE = 7, 0x4206
PTRACE_O_TRACEEXIT = 0x40

TRACING = '/sys/kernel/tracing'
FREEZER = '/tmp/freezer'
CROWD = '/nsorphan/guest/crowd'

TEARDOWNS, LEFT, DYING = (count // SLOW for count in (300, 3000, 1500))


client, _ = load_ynl()


def stalled(pidns, since):
    """The last stall, once the process has come to where it is held; or []."""
    def held():
        found = stalls(pidns, since)[-1:]
        return found if found and found[0]['process']['state'] != 'running' \
            else []
    return wait_for(held)


def tool(*arguments):
    asked = subprocess.run([TOOL, 'teardowns', *arguments],
                           capture_output=True, timeout=60)
    assert asked.returncode == 0, asked.stderr
    return asked.stdout.decode()


def told():
    return [json.loads(line) for line in tool('-j').splitlines()]


def causes(pidns):
    """pid -> cause, as the tool has it."""
    return {left['process']['pid']: left['cause'] for one in told()
            if one['pidns'] == pidns for left in one['processes']}


def text(value):
    """comm is bytes in debugfs and netlink, as it is in the kernel."""
    if isinstance(value, dict):
        return {key.replace('-', '_'): text(member)
                for key, member in value.items()}
    if isinstance(value, (list, set)):
        return [text(member) for member in value]
    if isinstance(value, bytes):
        return value.decode('utf-8', 'replace')
    return value.replace('_', '-') if isinstance(value, str) else value


def bare(teardown, *without):
    """What two askers must agree about; flags in no order."""
    found = {key: value for key, value in text(teardown).items()
             if key not in ('waited_ns', *without)}
    for left in found['processes']:
        left['flags'] = sorted(left['flags'])
        left.pop('cause', None)
    return found


def by_ynl():
    """The parts of each teardown put together; and how many parts there were."""
    parts = ynl.dump('teardown-get', {}) or []
    found = {}
    for part in parts:
        part.setdefault('processes', [])
        if part['pidns'] in found:
            found[part['pidns']]['processes'] += part['processes']
        else:
            found[part['pidns']] = part
    return found, len(parts)


def agree(name):
    """debugfs, netlink and the tool tell the same."""
    shown = teardowns()
    dumped, parts = by_ynl()
    equal({pidns: bare(one) for pidns, one in dumped.items()},
          {pidns: bare(one) for pidns, one in shown.items()},
          f'{name}: teardown-get is what debugfs has')
    listed = {one['pidns']: one for one in told()}
    equal({pidns: bare(one) for pidns, one in listed.items()},
          {pidns: bare(one, 'cgroup') for pidns, one in shown.items()},
          f'{name}: and teardowns -j is')
    return shown, parts


class Tracer:
    """A process outside that traces one inside, and lets go when told to."""

    def __init__(self, pid, options=0):
        channel = Channel()
        go_read, self.go = os.pipe()

        def trace():
            channel.tell(libc.ptrace(PTRACE_SEIZE, pid, None,
                                     ctypes.c_void_p(options)))
            os.read(go_read, 1)

        self.pid = spawn(trace)
        assert channel.hear() == 0
        channel.close()
        os.close(go_read)

    def end(self):
        os.write(self.go, b'x')
        os.close(self.go)
        os.waitpid(self.pid, 0)


def with_child(body=sleeper):
    """A namespace whose init has one child: init, child, pidns."""
    channel = Channel()

    def init():
        spawn(lambda: (channel.tell('up'), body()))
        sleeper()

    pid = namespace(init)
    channel.hear()
    child, = descendants(pid)
    return pid, child, pidns_of(pid)


def outside_parent():
    stall_ms(200)
    pid = namespace(sleeper)
    outside = Joiner(pid)
    since, pidns = next_seq(), pidns_of(pid)
    who = identity(outside.joined), identity(outside.pid), identity(pid)
    kill(pid)
    ok(wait_for(lambda: len(stalls(pidns, since)) >= 3, 10),
       'a stall is told again each time that the wait has doubled')
    found = stalls(pidns, since)[:3]
    for event, least in zip(found, (200, 400, 800)):
        # A busy machine may come late, but never too early.
        ok(least <= event['waited_ns'] / 1e6,
           f'not before {least} ms', event['waited_ns'])
    begin, = [event for event in of_namespace(pidns, since)
              if event['event'] == 'teardown-begin']
    event = found[-1]
    equal(event['waited_ns'], event['boot_ns'] - begin['boot_ns'],
          'waited_ns is from the begin of the teardown')
    equal((as_identity(event['process']), as_identity(event['parent'])),
          who[:2], 'a stall names the process and its parent')
    equal((event['process']['state'], event['flags'], 'tracer' in event),
          ('zombie', ['outside-parent'], False),
          'a zombie, with its parent outside')
    shown, _ = agree('outside parent')
    one = shown[pidns]
    equal((as_identity(one['init']), one['level'], len(one['processes'])),
          (who[2], 1, 1), 'teardowns tells the init and who is left')
    ok(found[-1]['waited_ns'] <= one['waited_ns'], 'and for how long')
    object, = told()
    equal((list(object), [list(left) for left in object['processes']]),
          (['pidns', 'level', 'init', 'waited_ns', 'processes'],
           [['process', 'parent', 'flags', 'cause']]),
          'teardowns -j has its keys, in order')
    equal(causes(pidns), {outside.joined: 'teardown-outside-parent'},
          'and the cause')
    said = tool()
    ok(f'pidns {pidns}, level 1: init python3 {pid}/1 has waited ' in said and
       'its parent, outside of the namespace, does not reap it' in said,
       'text tells it in words', said)
    equal((len(tool('-j', '--pidns', str(pidns)).splitlines()),
           tool('-j', '--pidns', '1'), tool('--container', 'none')),
          (1, '', ''), '--pidns and --container choose')
    logged = subprocess.run([TOOL, 'log', '-j', '--event', 'teardown-stall'],
                            capture_output=True, timeout=60).stdout.decode()
    line = json.loads(logged.splitlines()[-1])
    equal(list(line), ['seq', 'time', 'boot_ns', 'event', 'pidns', 'cgroup',
                       'waited_ns', 'process', 'parent', 'flags'],
          'log -j has the keys of a stall, in order')
    logged = subprocess.run([TOOL, 'log', '--event', 'teardown-stall'],
                            capture_output=True, timeout=60).stdout.decode()
    ok('[zombie], child of python3 ' in logged and
       'does not reap it' in logged, 'log tells a stall in words', logged)
    outside.end()
    os.waitpid(pid, 0)
    count = len(stalls(pidns, since))
    time.sleep(2)
    equal((len(stalls(pidns, since)), teardowns(), tool(), tool('-j')),
          (count, {}, '', ''), 'the end of a teardown ends its stalls')
    orphan_of = [event['event'] for event in of_namespace(pidns, since)]
    equal(orphan_of[-1], 'teardown-end', 'which is told last')


def traced():
    """By a process outside: as a zombie, and stopped on its way."""
    for options, state, name in (
            (0, 'zombie', 'a traced zombie'),
            (PTRACE_O_TRACEEXIT, 'traced', 'one that is stopped at its exit')):
        pid, child, pidns = with_child()
        since = next_seq()
        tracer = Tracer(child, options)
        kill(pid)
        found = stalled(pidns, since)
        ok(found, f'{name} stalls')
        event, = found
        equal((event['process']['pid'], event['process']['state'],
               event['parent']['pid'], event['tracer']['pid'],
               set(event['flags']) - {'exiting'}),
              (child, state, pid, tracer.pid, {'outside-tracer'}),
              f'{name} has a tracer outside')
        agree(name)
        equal(causes(pidns), {child: 'teardown-traced'}, f'{name}: its cause')
        tracer.end()
        os.waitpid(pid, 0)


def frozen():
    """The freezer of v1 holds what SIGKILL was sent to; that of v2 does not."""
    os.makedirs(FREEZER, exist_ok=True)
    mounted = run('mount', '-t', 'cgroup', '-o', 'freezer', 'none', FREEZER)
    if not ok(mounted.returncode == 0, 'the freezer of v1 is there',
              mounted.stderr):
        return
    group = f'{FREEZER}/stalls'
    os.makedirs(group, exist_ok=True)

    def write(file, what):
        with open(f'{group}/{file}', 'w') as to:
            to.write(str(what))

    pid, child, pidns = with_child()
    write('cgroup.procs', child)
    write('freezer.state', 'FROZEN')
    since = next_seq()
    kill(pid)
    found = stalled(pidns, since)
    ok(found, 'frozen by v1: it stalls')
    event, = found
    equal((event['process']['pid'], event['process']['state'], event['flags']),
          (child, 'disk-sleep', ['frozen']), 'and is told to be frozen')
    agree('frozen by v1')
    equal(causes(pidns), {child: 'teardown-frozen'}, 'frozen: its cause')
    write('freezer.state', 'THAWED')
    os.waitpid(pid, 0)

    # A thread alone, so that the leader becomes a zombie without it.
    def threads():
        threading.Thread(target=time.sleep, args=(1000,)).start()
        sleeper()

    pid, child, pidns = with_child(threads)
    wait_for(lambda: len(os.listdir(f'/proc/{child}/task')) == 2)
    thread = max(map(int, os.listdir(f'/proc/{child}/task')))
    write('tasks', thread)
    write('freezer.state', 'FROZEN')
    since = next_seq()
    kill(pid)
    found = stalled(pidns, since)
    ok(found, 'a frozen thread: it stalls')
    event, = found
    equal((event['process']['pid'], event['process']['state'],
           event['process'].get('tid'), event['process'].get('thread_state'),
           sorted(event['flags'])),
          (child, 'zombie', thread, 'disk-sleep', ['frozen', 'live-thread']),
          'a zombie leader is told with the thread that lives')
    agree('a live thread')
    write('freezer.state', 'THAWED')
    os.waitpid(pid, 0)
    os.rmdir(group)
    run('umount', FREEZER)

    group = '/sys/fs/cgroup/stalls'
    os.makedirs(group)
    pid, child, pidns = with_child()
    write('cgroup.procs', child)
    write('cgroup.freeze', 1)
    wait_for(lambda: 'frozen 1' in open(f'{group}/cgroup.events').read())
    kill(pid)
    ok(wait_for(lambda: os.waitpid(pid, os.WNOHANG)[0], 10),
       'frozen by v2: it dies')
    wait_for(lambda: 'populated 0' in open(f'{group}/cgroup.events').read())
    os.rmdir(group)


class Silent:
    """A file system in userland that answers nothing but the first request."""

    def __init__(self):
        self.path = tempfile.mkdtemp()
        self.fd = os.open('/dev/fuse', os.O_RDWR)
        options = f'fd={self.fd},rootmode=40000,user_id=0,group_id=0'
        assert libc.mount(b'silent', self.path.encode(), b'fuse', 0,
                          options.encode()) == 0, ctypes.get_errno()
        unique, = struct.unpack_from('=Q', os.read(self.fd, 65536), 8)
        init = struct.pack('=IIIIHHI', 7, 31, 0, 0, 0, 0, 4096).ljust(64, b'\0')
        os.write(self.fd, struct.pack('=IiQ', 16 + len(init), 0, unique) + init)

    def ask(self):
        os.stat(f'{self.path}/file')

    def hear(self):
        """Who waits for an answer to what was heard, waits for it alone."""
        os.read(self.fd, 65536)

    def end(self):
        libc.umount2(self.path.encode(), 1)
        os.close(self.fd)


def silent_server():
    with open('/proc/filesystems') as file:
        if '\tfuse\n' not in file.read():
            return

    def asks_in_thread(server):
        threading.Thread(target=server.ask).start()
        sleeper()

    for body, flags, cause in ((Silent.ask, [], 'teardown-disk-sleep'),
                               (asks_in_thread, ['live-thread'],
                                'teardown-live-thread')):
        server = Silent()
        pid, child, pidns = with_child(lambda: body(server))
        server.hear()
        since = next_seq()
        kill(pid)
        found = stalled(pidns, since)
        ok(found, f'{cause}: it stalls')
        left, = found
        equal((left['process']['pid'], left['process']['state'],
               left['process'].get('thread_state'), left['flags']),
              (child, 'zombie' if flags else 'disk-sleep',
               'disk-sleep' if flags else None, flags),
              f'{cause}: state and flags are so')
        agree(cause)
        equal(causes(pidns), {child: cause}, f'{cause}: told')
        server.end()
        os.waitpid(pid, 0)


def nested():
    channel = Channel()

    def outer():
        unshare_pid()
        inner = spawn(sleeper)
        channel.tell('up')
        sleeper()

    pid = namespace(outer)
    channel.hear()
    inner, = descendants(pid)
    outside = Joiner(inner)
    outer_ns, inner_ns = pidns_of(pid), pidns_of(inner)
    since = next_seq()
    kill(pid)
    ok(wait_for(lambda: stalls(outer_ns, since) and stalls(inner_ns, since)),
       'both of two nested namespaces stall')
    shown, _ = agree('nested')
    equal({pidns: (one['level'], {left['process']['pid']
                                  for left in one['processes']})
           for pidns, one in shown.items()},
          {outer_ns: (1, {inner, outside.joined}),
           inner_ns: (2, {outside.joined})},
          'each shows, the outer one with what is below it')
    equal((causes(outer_ns), causes(inner_ns)),
          ({inner: 'teardown-running',
            outside.joined: 'teardown-outside-parent'},
           {outside.joined: 'teardown-outside-parent'}), 'and the causes')
    equal([one['pidns'] for one in told()], [outer_ns, inner_ns],
          'who has waited longest comes first')
    outside.end()
    os.waitpid(pid, 0)


def trace(file, what):
    with open(f'{TRACING}/{file}', 'w') as to:
        to.write(what)


def worker_runs():
    with open(f'{TRACING}/trace') as file:
        return sum('function work_on_stalls' in line for line in file)


def parameter():
    """Off, and changed while a teardown hangs; when the worker runs."""
    run('mount', '-t', 'tracefs', 'none', TRACING)
    trace('trace', '')
    trace('events/workqueue/workqueue_execute_start/enable', '1')
    stall_ms(0)
    pid = namespace(sleeper)
    outside = Joiner(pid)
    since, pidns = next_seq(), pidns_of(pid)
    kill(pid)
    time.sleep(1)
    equal((stalls(pidns, since), worker_runs(), status()['stall_ms'],
           [left['process']['pid'] for left in teardowns()[pidns]['processes']]),
          ([], 0, 0, [outside.joined]),
          'stall_ms=0: no event and no worker, but the teardown shows')
    stall_ms(100000)
    time.sleep(0.5)
    equal((stalls(pidns, since), status()['stall_ms']), ([], 100000),
          'a deadline that is far makes no event yet')
    waited = teardowns()[pidns]['waited_ns']
    stall_ms(300)
    ok(wait_for(lambda: stalls(pidns, since), 1),
       'one that has passed already makes it at once')
    ok(stalls(pidns, since)[0]['waited_ns'] >= waited, 'with its whole wait')
    trace('trace', '')
    time.sleep(5)
    runs, found = worker_runs(), stalls(pidns, since)
    ok(len(found) - 1 <= runs <= len(found) + 1 and runs <= 3,
       'the worker runs when there is something to tell', runs, len(found))
    told_now, = [json.loads(line) for line in
                 run(TOOL, 'status', '-j').stdout.splitlines()]
    equal(told_now['stall_ms'], 300, 'status tells the parameter as it is')
    stall_ms(0)
    count = len(stalls(pidns, since))
    trace('trace', '')
    for wrong in ('x', '-1', '4294967296'):
        try:
            stall_ms(wrong)
            ok(False, f'stall_ms={wrong} is refused')
        except OSError:
            ok(True, f'stall_ms={wrong} is refused')
    time.sleep(6)
    equal((len(stalls(pidns, since)), worker_runs()), (count, 0),
          '0 ends it, the worker too')
    stall_ms(200)
    outside.end()
    os.waitpid(pid, 0)
    time.sleep(0.5)
    trace('trace', '')
    time.sleep(2)
    equal(worker_runs(), 0, 'no worker runs while no teardown does')
    trace('events/workqueue/workqueue_execute_start/enable', '0')


def many():
    stall_ms(0)
    since = next_seq()
    hanging = Hanging(TEARDOWNS, 2)
    ok(wait_for(lambda: status()['teardowns'] == TEARDOWNS),
       f'{TEARDOWNS} teardowns hang')
    stall_ms(200)
    ok(wait_for(lambda: len({event['process']['pid'] for event in
                             events(since, 'teardown-stall')})
                >= 2 * TEARDOWNS, 20), 'each makes its events')
    stall_ms(0)
    shown, _ = agree(f'{TEARDOWNS} teardowns')
    equal({one['init']['pid']: [left['process']['pid']
                                for left in one['processes']]
           for one in shown.values()},
          {some[-1]: some[:-1] for some in hanging.pids},
          'each with its own processes')
    found = {}
    for event in events(since, 'teardown-stall'):
        found.setdefault(event['process']['pid'], []).append(event['pidns'])
    equal(sorted(found), sorted(pid for some in hanging.pids
                                for pid in some[:-1]),
          'each process stalled, and no other did')
    hanging.reap()

    hanging = Hanging(1, LEFT)
    pids, = hanging.pids
    since = next_seq()
    stall_ms(1000)
    ok(wait_for(lambda: next_seq() - since >= LEFT, 60),
       f'{LEFT} processes in one make their events')
    stall_ms(0)
    shown, parts = agree(f'{LEFT} processes')
    one, = shown.values()
    equal([left['process']['pid'] for left in one['processes']], pids[:-1],
          'each is there once, in order')
    ok(LEFT / 300 < parts < LEFT / 10, 'in parts', parts)
    found = [event['process']['pid']
             for event in events(since, 'teardown-stall')]
    equal(found[:LEFT], pids[:-1], 'and was told of once before any twice')
    lines = tool().splitlines()
    equal(len(lines), LEFT + 2, 'text has a line for each')
    hanging.reap()
    equal(teardowns(), {}, 'and then none is left')


def normal():
    """Thousands that die as they should."""
    stall_ms(60000)
    pid = namespace(lambda: os.execv(CROWD, [CROWD, str(DYING)]))

    assert wait_for(lambda: len(children(pid)) == DYING, 120)
    since, pidns = next_seq(), pidns_of(pid)
    kill(pid)
    os.waitpid(pid, 0)
    found = [event['event'] for event in of_namespace(pidns, since)]
    equal((found.count('teardown-kill'), found.count('teardown-stall'),
           found[-1]), (DYING, 0, 'teardown-end'),
          f'{DYING} processes that die in time make no stall')


def unload():
    """At any moment: while a teardown hangs, and its worker is busy."""
    hanging = [Hanging(1, 500 // SLOW)]
    for ms in (1, 1, 1, 50, 200, 100000):
        assert insmod(f'stall_ms={ms}').returncode == 0
        hanging.append(Hanging(1, 1))
        if ms < 1000:
            wait_for(lambda: events(0, 'teardown-stall'))
        wait_for(lambda: len(teardowns()) == 1)
        with open(f'{DEBUGFS}/teardowns') as file:
            file.read(1)
            removed = rmmod()
        equal(removed.returncode, 0, f'rmmod while stalled, stall_ms={ms}')
    assert insmod('stall_ms=100').returncode == 0
    time.sleep(0.5)
    equal((teardowns(), status()['next_seq']), ({}, 1),
          'loaded again it knows nothing of what began before')
    for one in hanging:
        one.reap()
    equal((status()['teardowns'], rmmod().returncode), (0, 0),
          'and unloads when those have ended')


def rights():
    refused = run(*UNPRIVILEGED, TOOL, 'teardowns')
    ok(refused.returncode == 1 and 'CAP_SYS_ADMIN' in refused.stderr,
       'teardowns needs the right', refused.stderr)
    said = run(*UNPRIVILEGED, *YNL_CLI, '--dump', 'teardown-get')
    ok('not permitted' in said.stdout + said.stderr,
       'and so does teardown-get', said.stdout, said.stderr)


with module():
    ynl = client()
    equal(status()['stall_ms'], 10000, 'stall_ms is 10,000 unless it is given')
    equal((tool(), tool('-j'), teardowns()), ('', '', {}),
          'where none runs, nothing is said')
    outside_parent()
    traced()
    frozen()
    silent_server()
    nested()
    parameter()
    many()
    normal()
    rights()
    equal((status()['missed'], status()['dropped']), (0, 0),
          'no probe hit was missed, no event dropped')
unload()
done()

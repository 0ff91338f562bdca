# SPDX-License-Identifier: GPL-2.0
# slow:
# clock: virtual
# kernels: 6.1
"""Stall events and dumps say what a teardown waits for."""
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
CROWD = '/nsorphan/guest/crowd'

TEARDOWNS, REMAINING, DYING = (count // SLOW for count in (300, 3000, 1500))


client, _ = load_ynl()


def stalled(pidns, since):
    """Waits for a stall of a process that does not run any more; returns [it]."""
    def held():
        found = stalls(pidns, since)[-1:]
        return found if found and found[0]['process']['state'] != 'running' \
            else []
    return wait_for(held)


def tool(*arguments):
    done = subprocess.run([TOOL, 'teardowns', *arguments],
                          capture_output=True, timeout=HANG)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


def listed():
    return [json.loads(line) for line in tool('-j').splitlines()]


def causes(pidns):
    """Returns the cause of each remaining process by pid, from the tool."""
    return {remaining['process']['pid']: remaining['cause'] for one in listed()
            if one['pidns'] == pidns for remaining in one['processes']}


def text(value):
    """Converts keys and values to JSON's: comm is bytes in debugfs and netlink."""
    if isinstance(value, dict):
        return {key.replace('-', '_'): text(member)
                for key, member in value.items()}
    if isinstance(value, (list, set)):
        return [text(member) for member in value]
    if isinstance(value, bytes):
        return value.decode('utf-8', 'replace')
    return value.replace('_', '-') if isinstance(value, str) else value


def bare(teardown, *without):
    """Returns what two dumps must agree about, with the flags sorted."""
    found = {key: value for key, value in text(teardown).items()
             if key not in ('waited_ns', *without)}
    for remaining in found['processes']:
        remaining['flags'] = sorted(remaining['flags'])
        remaining.pop('cause', None)
    return found


def by_ynl():
    """Joins the messages of each teardown; returns their number, too."""
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
    """Checks that debugfs, netlink and the tool agree."""
    shown = teardowns()
    dumped, parts = by_ynl()
    equal({pidns: bare(one) for pidns, one in dumped.items()},
          {pidns: bare(one) for pidns, one in shown.items()},
          f'{name}: teardown-get agrees with debugfs')
    printed = {one['pidns']: one for one in listed()}
    equal({pidns: bare(one) for pidns, one in printed.items()},
          {pidns: bare(one, 'cgroup', 'hierarchy')
           for pidns, one in shown.items()},
          f'{name}: and so does teardowns -j')
    return shown, parts


class Tracer:
    """A process outside that traces one inside, until end() is called."""

    def __init__(self, pid, options=0):
        channel = Channel()
        go_read, self.go = os.pipe()

        def trace():
            channel.send(libc.ptrace(PTRACE_SEIZE, pid, None,
                                     ctypes.c_void_p(options)))
            os.read(go_read, 1)

        self.pid = spawn(trace)
        assert channel.receive() == 0
        channel.close()
        os.close(go_read)

    def end(self):
        os.write(self.go, b'x')
        os.close(self.go)
        os.waitpid(self.pid, 0)


def with_child(body=sleeper):
    """Makes a namespace whose init has one child; returns init, child, pidns."""
    channel = Channel()

    def init():
        spawn(lambda: (channel.send('up'), body()))
        sleeper()

    pid = namespace(init)
    channel.receive()
    child, = descendants(pid)
    return pid, child, pidns_of(pid)


def outside_parent():
    set_stall_ms(200)
    pid = namespace(sleeper)
    outside = Joiner(pid)
    since, pidns = next_seq(), pidns_of(pid)
    identities = identity(outside.joined), identity(outside.pid), identity(pid)
    kill(pid)
    ok(eventually(lambda: len(stalls(pidns, since)) >= 3),
       'a stall is reported again each time that the wait has doubled')
    found = stalls(pidns, since)[:3]
    for event, least in zip(found, (200, 400, 800)):
        ok(least <= event['waited_ns'] / 1e6,
           f'not before {least} ms', event['waited_ns'])
    begin, = [event for event in of_namespace(pidns, since)
              if event['event'] == 'teardown-begin']
    event = found[-1]
    equal(event['waited_ns'], event['boot_ns'] - begin['boot_ns'],
          'waited_ns counts from the begin of the teardown')
    equal((as_identity(event['process']), as_identity(event['parent'])),
          identities[:2], 'a stall names the process and its parent')
    equal((event['process']['state'], event['flags'], 'tracer' in event),
          ('zombie', ['outside-parent'], False),
          'a zombie, with its parent outside')
    shown, _ = agree('outside parent')
    one = shown[pidns]
    equal((as_identity(one['init']), one['level'], len(one['processes'])),
          (identities[2], 1, 1), 'teardowns has the init and the remaining process')
    ok(found[-1]['waited_ns'] <= one['waited_ns'], 'and how long it has waited')
    printed, = listed()
    equal((list(printed), [list(each) for each in printed['processes']]),
          (['pidns', 'level', 'init', 'waited_ns', 'processes'],
           [['process', 'parent', 'flags', 'cause']]),
          'teardowns -j has its keys, in order')
    equal(causes(pidns), {outside.joined: 'teardown-outside-parent'},
          'and the cause')
    said = tool()
    ok(f'pidns {pidns}, level 1: init python3 {pid}/1 has waited ' in said and
       'its parent, outside of the namespace, does not reap it' in said,
       'text has it in words', said)
    equal((len(tool('-j', '--pidns', str(pidns)).splitlines()),
           tool('-j', '--pidns', '1'), tool('--container', 'none')),
          (1, '', ''), '--pidns and --container select')
    logged = subprocess.run([TOOL, 'log', '-j', '--event', 'teardown-stall'],
                            capture_output=True, timeout=HANG).stdout.decode()
    line = json.loads(logged.splitlines()[-1])
    equal(list(line), ['seq', 'time', 'boot_ns', 'event', 'pidns', 'cgroup',
                       'hierarchy', 'waited_ns', 'process', 'parent', 'flags'],
          'log -j has the keys of a stall, in order')
    logged = subprocess.run([TOOL, 'log', '--event', 'teardown-stall'],
                            capture_output=True, timeout=HANG).stdout.decode()
    ok('[zombie], child of python3 ' in logged and
       'does not reap it' in logged, 'log has a stall in words', logged)
    outside.end()
    os.waitpid(pid, 0)
    count = len(stalls(pidns, since))
    # By the virtual clock: the next one would come within this time.
    time.sleep(2)
    equal((len(stalls(pidns, since)), teardowns(), tool(), tool('-j')),
          (count, {}, '', ''), 'the end of a teardown ends its stalls')
    last = of_namespace(pidns, since)[-1]
    equal(last['event'], 'teardown-end', 'which is its last event')


def traced():
    """A tracer outside: its tracee is a zombie, or stopped in its exit."""
    for options, state, name in (
            (0, 'zombie', 'a traced zombie'),
            (PTRACE_O_TRACEEXIT, 'traced', 'a tracee stopped in its exit')):
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
    """A task frozen by v1 survives SIGKILL, a task frozen by v2 does not."""
    with v1('freezer') as mount:
        if ok(mount, 'the v1 freezer can be mounted'):
            frozen_v1(f'{mount}/stalls')
    frozen_v2(Cgroup('/stalls'))


def frozen_v1(group):
    os.makedirs(group)

    def write(file, what):
        with open(f'{group}/{file}', 'w') as to:
            to.write(str(what))

    def freeze():
        write('freezer.state', 'FROZEN')
        wait_for(lambda: read(f'{group}/freezer.state') == 'FROZEN\n')

    pid, child, pidns = with_child()
    write('cgroup.procs', child)
    freeze()
    since = next_seq()
    kill(pid)
    found = stalled(pidns, since)
    ok(found, 'frozen by v1: it stalls')
    event, = found
    equal((event['process']['pid'], event['process']['state'], event['flags']),
          (child, 'disk-sleep', ['frozen']), 'and has the flag frozen')
    agree('frozen by v1')
    equal(causes(pidns), {child: 'teardown-frozen'}, 'frozen: its cause')
    write('freezer.state', 'THAWED')
    os.waitpid(pid, 0)

    # Only a thread is frozen, so the leader becomes a zombie.
    def threads():
        threading.Thread(target=time.sleep, args=(1000,)).start()
        sleeper()

    pid, child, pidns = with_child(threads)
    wait_for(lambda: len(os.listdir(f'/proc/{child}/task')) == 2)
    thread = max(map(int, os.listdir(f'/proc/{child}/task')))
    write('tasks', thread)
    freeze()
    since = next_seq()
    kill(pid)
    found = stalled(pidns, since)
    ok(found, 'a frozen thread: it stalls')
    event, = found
    equal((event['process']['pid'], event['process']['state'],
           event['process'].get('tid'), event['process'].get('thread_state'),
           sorted(event['flags'])),
          (child, 'zombie', thread, 'disk-sleep', ['frozen', 'live-thread']),
          'a zombie leader is reported with its living thread')
    agree('a live thread')
    write('freezer.state', 'THAWED')
    os.waitpid(pid, 0)


def frozen_v2(cgroup):
    pid, child, pidns = with_child()
    cgroup.enter(child)
    write(f'{cgroup.dir}/cgroup.freeze', 1)
    wait_for(lambda: 'frozen 1' in read(f'{cgroup.dir}/cgroup.events'))
    kill(pid)
    ok(eventually(lambda: os.waitpid(pid, os.WNOHANG)[0]),
       'frozen by v2: it dies')
    cgroup.remove()


class Silent:
    """A FUSE file system that answers only the first request."""

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

    def receive(self):
        """Waits for a request. From then on its sender cannot be interrupted."""
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
        server.receive()
        since = next_seq()
        kill(pid)
        found = stalled(pidns, since)
        ok(found, f'{cause}: it stalls')
        event, = found
        equal((event['process']['pid'], event['process']['state'],
               event['process'].get('thread_state'), event['flags']),
              (child, 'zombie' if flags else 'disk-sleep',
               'disk-sleep' if flags else None, flags),
              f'{cause}: with its state and flags')
        agree(cause)
        equal(causes(pidns), {child: cause}, f'{cause}: the cause')
        server.end()
        os.waitpid(pid, 0)


def nested():
    channel = Channel()

    def outer():
        unshare_pid()
        inner = spawn(sleeper)
        channel.send('up')
        sleeper()

    pid = namespace(outer)
    channel.receive()
    inner, = descendants(pid)
    outside = Joiner(inner)
    outer_ns, inner_ns = pidns_of(pid), pidns_of(inner)
    since = next_seq()
    kill(pid)
    ok(eventually(lambda: stalls(outer_ns, since) and stalls(inner_ns, since)),
       'both of two nested namespaces stall')
    shown, _ = agree('nested')
    equal({pidns: (one['level'], {each['process']['pid']
                                  for each in one['processes']})
           for pidns, one in shown.items()},
          {outer_ns: (1, {inner, outside.joined}),
           inner_ns: (2, {outside.joined})},
          'both are listed, the outer one with the processes of the inner one')
    equal((causes(outer_ns), causes(inner_ns)),
          ({inner: 'teardown-running',
            outside.joined: 'teardown-outside-parent'},
           {outside.joined: 'teardown-outside-parent'}), 'and the causes')
    equal([one['pidns'] for one in listed()], [outer_ns, inner_ns],
          'the longest wait comes first')
    outside.end()
    os.waitpid(pid, 0)


def trace(file, what):
    with open(f'{TRACING}/{file}', 'w') as to:
        to.write(what)


def worker_runs():
    with open(f'{TRACING}/trace') as file:
        return sum(bool(re.search('function (nso_)?work_on_stalls', line))
                   for line in file)


def parameter():
    """
    stall_ms may be 0, and changed meanwhile; the worker runs only if needed. The
    guest's clock is virtual: each sleep is exactly the time in which something, or
    nothing, has to happen, however busy the host is.
    """
    run('mount', '-t', 'tracefs', 'none', TRACING)
    trace('trace', '')
    trace('events/workqueue/workqueue_execute_start/enable', '1')
    set_stall_ms(0)
    pid = namespace(sleeper)
    outside = Joiner(pid)
    since, pidns = next_seq(), pidns_of(pid)
    kill(pid)
    time.sleep(1)
    equal((stalls(pidns, since), worker_runs(), status()['stall_ms'],
           [each['process']['pid'] for each in teardowns()[pidns]['processes']]),
          ([], 0, 0, [outside.joined]),
          'stall_ms=0: no event and no worker, but the teardown is listed')
    set_stall_ms(100000)
    time.sleep(0.5)
    equal((stalls(pidns, since), status()['stall_ms']), ([], 100000),
          'a deadline far away makes no event yet')
    waited = teardowns()[pidns]['waited_ns']
    changed_ns = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    set_stall_ms(300)
    event = wait_for(lambda: stalls(pidns, since))[0]
    ok(event['boot_ns'] - changed_ns < 300 * 10**6,
       'a deadline that has passed already makes an event at once', event)
    ok(event['waited_ns'] >= waited, 'with the whole wait')
    trace('trace', '')
    time.sleep(5)
    runs, found = worker_runs(), stalls(pidns, since)
    ok(len(found) - 1 <= runs <= len(found) + 1 and runs <= 3,
       'the worker runs when a stall is due', runs, len(found))
    now, = [json.loads(line) for line in
            run(TOOL, 'status', '-j').stdout.splitlines()]
    equal(now['stall_ms'], 300, 'status has the current value')
    set_stall_ms(0)
    count = len(stalls(pidns, since))
    trace('trace', '')
    for wrong in ('x', '-1', '4294967296'):
        try:
            set_stall_ms(wrong)
            ok(False, f'stall_ms={wrong} is refused')
        except OSError:
            ok(True, f'stall_ms={wrong} is refused')
    time.sleep(6)
    equal((len(stalls(pidns, since)), worker_runs()), (count, 0),
          'stall_ms=0 ends the events and the worker')
    set_stall_ms(200)
    outside.end()
    os.waitpid(pid, 0)
    time.sleep(0.5)
    trace('trace', '')
    time.sleep(2)
    equal(worker_runs(), 0, 'no worker runs while no teardown does')
    trace('events/workqueue/workqueue_execute_start/enable', '0')


def many():
    set_stall_ms(0)
    since = next_seq()
    hanging = Hanging(TEARDOWNS, 2)
    ok(eventually(lambda: status()['teardowns'] == TEARDOWNS),
       f'{TEARDOWNS} teardowns hang')
    set_stall_ms(200)
    ok(eventually(lambda: len({event['process']['pid'] for event in
                               events(since, 'teardown-stall')})
                          >= 2 * TEARDOWNS), 'each makes its events')
    set_stall_ms(0)
    shown, _ = agree(f'{TEARDOWNS} teardowns')
    equal({one['init']['pid']: [each['process']['pid']
                                for each in one['processes']]
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

    hanging = Hanging(1, REMAINING)
    pids, = hanging.pids
    since = next_seq()
    set_stall_ms(1000)
    ok(eventually(lambda: next_seq() - since >= REMAINING),
       f'{REMAINING} processes in one make their events')
    set_stall_ms(0)
    shown, parts = agree(f'{REMAINING} processes')
    one, = shown.values()
    equal([each['process']['pid'] for each in one['processes']], pids[:-1],
          'each is listed once, in order')
    ok(REMAINING / 300 < parts < REMAINING / 10, 'in several messages', parts)
    found = [event['process']['pid']
             for event in events(since, 'teardown-stall')]
    equal(found[:REMAINING], pids[:-1], 'and each is reported once before any is twice')
    lines = tool().splitlines()
    equal(len(lines), REMAINING + 2, 'text has a line for each')
    hanging.reap()
    equal(teardowns(), {}, 'and then none remains')


def normal():
    """Thousands of processes that die in time make no stall."""
    set_stall_ms(60000)
    pid = namespace(lambda: os.execv(CROWD, [CROWD, str(DYING)]))

    wait_for(lambda: len(children(pid)) == DYING)
    since, pidns = next_seq(), pidns_of(pid)
    kill(pid)
    os.waitpid(pid, 0)
    found = [event['event'] for event in of_namespace(pidns, since)]
    equal((found.count('teardown-kill'), found.count('teardown-stall'),
           found[-1]), (DYING, 0, 'teardown-end'),
          f'{DYING} processes that die in time make no stall')


def unload():
    """rmmod works while a teardown hangs and its worker is busy."""
    hanging = [Hanging(1, 500 // SLOW)]
    for ms in (1, 1, 1, 50, 200, 100000):
        assert insmod(f'stall_ms={ms}').returncode == 0
        hanging.append(Hanging(1, 1))
        if ms < 1000:
            wait_for(lambda: events(0, 'teardown-stall'))
        # Those that ran at the load are among them.
        wait_for(lambda: len(teardowns()) == len(hanging))
        with open(f'{DEBUGFS}/teardowns') as file:
            file.read(1)
            removed = rmmod()
        equal(removed.returncode, 0, f'rmmod while stalled, stall_ms={ms}')
    assert insmod('stall_ms=0').returncode == 0
    equal((len(teardowns()), status()['next_seq']), (len(hanging), 1),
          'loaded again, the module finds them, and makes no event of that')
    for one in hanging:
        one.reap()
    wait_for(lambda: status()['teardowns'] == 0)
    equal(rmmod().returncode, 0, 'and it unloads after their end')


def rights():
    refused = run(*UNPRIVILEGED, TOOL, 'teardowns')
    ok(refused.returncode == 1 and 'CAP_SYS_ADMIN' in refused.stderr,
       'teardowns needs CAP_SYS_ADMIN', refused.stderr)
    said = run(*UNPRIVILEGED, *YNL_CLI, '--dump', 'teardown-get')
    ok('not permitted' in said.stdout + said.stderr,
       'and so does teardown-get', said.stdout, said.stderr)


with module():
    ynl = client()
    equal(status()['stall_ms'], 10000, 'stall_ms is 10,000 unless it is given')
    equal((tool(), tool('-j'), teardowns()), ('', '', {}),
          'nothing is printed while no teardown runs')
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

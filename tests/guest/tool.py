# SPDX-License-Identifier: GPL-2.0
# clock: virtual
# kernels: 6.1 6.1-arm64
"""The tool's commands with the module loaded."""
import os
import select
import signal
import subprocess
import tempfile
import time

from lib import *

NAMES = (b'quo"te', b'back\\slash', b'new\nline', b'\x1b[31mred\x07',
         b'\xff\xfe\xc3', b'caf\xc3\xa9', b'\xc2\x9b31m', b'\x7f tab\t', b'')


def tool(*arguments, **options):
    options.setdefault('env', {'PATH': os.environ['PATH'], 'LC_ALL': 'C.UTF-8'})
    return subprocess.run([TOOL, *arguments], capture_output=True,
                          timeout=HANG, **options)


def objects(output):
    return [json.loads(line) for line in output.decode('utf-8').splitlines()]


class Watch:
    """A running watch whose output is kept, or goes to stdout."""

    def __init__(self, *arguments, stdout=None):
        self.file = tempfile.TemporaryFile()
        self.process = subprocess.Popen([TOOL, 'watch', '-j', *arguments],
                                        stdout=stdout or self.file,
                                        stderr=subprocess.PIPE)
        wait_until_polling(self.process.pid)

    def end(self, how=signal.SIGINT):
        self.process.send_signal(how)
        _, err = self.process.communicate(timeout=HANG)
        return self.process.returncode, content(self.file), err


def as_json(event):
    """Converts a debugfs event to its JSON, without time and container."""
    return json.loads(json.dumps(event, default=lambda name: name.decode(
        'utf-8', 'replace')))


def status_json():
    now, = objects(tool('status', '-j').stdout)
    equal(list(now), ['version', 'kernel', 'reparent_probe', 'teardown_probe',
                       'signals', 'stall_ms', 'records', 'oldest_seq',
                       'next_seq', 'overwritten', 'dropped', 'missed',
                       'mismatched', 'readers', 'teardowns'],
          'status -j has its keys, in order')
    shown = status()
    equal({key: now[key] for key in now if key in shown},
          {key: shown[key] for key in shown if key in now},
          'and has the values of debugfs')


def log_json():
    os.waitpid(namespace(lambda: spawn(sleeper) * 0), 0)
    orphan()
    recorded = [as_json(event) for event in events()]
    logged = objects(tool('log', '-j').stdout)
    equal([{key: value for key, value in event.items() if key != 'time'}
           for event in logged], recorded, 'log -j has the events of debugfs')
    equal([list(event)[:7] for event in logged],
          [['seq', 'time', 'boot_ns', 'event', 'pidns', 'cgroup',
            'hierarchy']] * len(logged),
          'the members of every event come first, in order')
    by_type = {event['event']: event for event in logged}
    process = ['pid', 'ns_pid', 'pidns', 'comm', 'start_ns', 'uid']
    equal({name: {key: list(value) if isinstance(value, dict) else None
                  for key, value in list(event.items())[7:]}
           for name, event in by_type.items()},
          {'reparent': {'child': process + ['state'],
                        'old_parent': process + ['tid', 'exit_code'],
                        'new_parent': process, 'reaper': None,
                        'crossed': None},
           'teardown-begin': {'init': process + ['exit_code'],
                              'init_parent': process, 'level': None,
                              'processes': None},
           'teardown-kill': {'process': process + ['state'],
                             'parent': process},
           'teardown-end': {'init': process, 'duration_ns': None,
                            'killed': None}},
          'then those of its type, as they are specified')
    last = logged[-1]
    wall = subprocess.run(['date', '-u', '-d', last['time'], '+%s'],
                          capture_output=True, text=True).stdout
    # When it was, by the two clocks: between these two times.
    earliest = time.time()
    age = (time.clock_gettime_ns(time.CLOCK_BOOTTIME) - last['boot_ns']) / 1e9
    latest = time.time()
    ok(earliest - age - 2 < int(wall) < latest - age + 2
       and re.fullmatch(r'[-0-9]+T[:0-9]+\.[0-9]{9}Z', last['time']),
       'time is RFC 3339, UTC, with nanoseconds', last['time'])


def hostile_names():
    since = next_seq()
    for name in NAMES:
        orphan(name)
    logged = tool('log', '-j', '--since', str(since)).stdout
    try:
        found = objects(logged)
    except ValueError as error:
        return ok(False, 'hostile names give valid JSON', error, logged)
    equal([event['child']['comm'] for event in found],
          [name.decode('utf-8', 'replace') for name in NAMES],
          'hostile names give valid JSON, the right names')
    for locale in ('C', 'C.UTF-8'):
        out = tool('log', '--since', str(since),
                   env={'LC_ALL': locale}).stdout
        lines = out.split(b'\n')
        text = out.decode('utf-8')
        ok(len(lines) == len(NAMES) + 1
           and all(c == '\n' or c.isprintable() for c in text)
           and (locale != 'C' or text.isascii()),
           f'{locale}: and as many harmless lines as text', out)


def watching():
    first, second = Watch(), Watch()
    since = next_seq()
    orphans(300)
    killed = Watch()
    orphans(300)
    equal(killed.end(signal.SIGKILL)[0], -9, 'a watcher is killed in between')
    orphans(100)
    for watch in first, second:
        wait_for_last_event(watch.file)
    recorded = [event['seq'] for event in events(since)]
    code, out, err = first.end()
    equal((code, err), (0, b''), 'Ctrl-C ends watch with status 0')
    equal([event['seq'] for event in objects(out)], recorded,
          'watch prints every event, once, in order')
    code, out, err = second.end(signal.SIGTERM)
    equal((code, err), (0, b''), 'and so does SIGTERM')
    equal([event['seq'] for event in objects(out)], recorded,
          'two at once print the same')


def options():
    orphan(b'first')
    before = next_seq()
    out = tool('watch', '-j', '--all', '-n', '3').stdout
    equal([event['seq'] for event in objects(out)], [1, 2, 3],
          'watch --all starts with what is recorded, -n ends it')
    pid = orphan(b'wanted')
    orphan(b'other')
    os.waitpid(namespace(lambda: spawn(sleeper) * 0), 0)

    def logged(*arguments):
        run = tool('log', '-j', '--since', str(before), *arguments)
        assert run.returncode == 0, run.stderr
        return objects(run.stdout)

    equal([event['child']['pid'] for event in logged('--pid', str(pid))],
          [pid], '--pid')
    equal([event['child']['comm'] for event in logged('--comm', 'w*ed')],
          ['wanted'], '--comm is a glob')
    equal({event['event'] for event in
           logged('--event', 'teardown-kill,teardown-end')},
          {'teardown-kill', 'teardown-end'}, '--event, several')
    pidns = logged('--event', 'teardown-end')[0]['pidns']
    # Its init is adopted too, before or after it dies.
    found = logged('--pidns', str(pidns))
    equal(([event['event'] for event in found if event['event'] != 'reparent'],
           {event['pidns'] for event in found}),
          (['teardown-begin', 'teardown-kill', 'teardown-end'], {pidns}),
          '--pidns')
    equal([event['seq'] for event in logged('-n', '2')],
          [before, before + 1], '-n')
    gone = tool('log', '--pid', '4194303')
    equal((gone.returncode, gone.stdout, gone.stderr.count(b'\n')),
          (1, b'', 1), 'a pid that neither lives nor is recorded: one line, 1')
    gone = tool('watch', '--pid', '4194303')
    equal((gone.returncode, gone.stdout, gone.stderr.count(b'\n')),
          (1, b'', 1), 'a pid that does not exist is not watched for')


def containers():
    """An event's cgroup names its container, also after the container's end."""
    name = '0123456789abcdef' * 4
    path = f'/sys/fs/cgroup/system.slice/docker-{name}.scope'
    os.makedirs(path)

    def inside():
        with open(f'{path}/cgroup.procs', 'w') as file:
            file.write('0')
        orphan(b'contained')

    watch = Watch('--container', name[:12])
    since = next_seq()
    orphan(b'outside')
    os.waitpid(spawn(inside), 0)
    wait_for_output(watch.file, b'contained')
    inode = os.stat(path).st_ino
    wait_for(lambda: 'populated 0' in read(f'{path}/cgroup.events'))
    os.rmdir(path)
    found = objects(watch.end()[1])
    equal([(event['child']['comm'], event['container'], event['cgroup'])
           for event in found], [('contained', name, inode)],
          'watch --container names the container by its cgroup')


def overwritten():
    """A watch that is stopped while the ring is overwritten."""
    watch = Watch()
    since = next_seq()
    orphan()
    wait_for_last_event(watch.file)
    stop(watch.process.pid)
    # Each time 200 events at once, more than the ring holds.
    for _ in range(12):
        orphans(200)
    os.kill(watch.process.pid, signal.SIGCONT)
    orphan()
    wait_for_last_event(watch.file)
    seqs = []
    code, out, err = watch.end()
    for event in objects(out):
        if event['event'] == 'lost':
            seqs += range(event['first_seq'],
                          event['first_seq'] + event['count'])
        else:
            seqs.append(event['seq'])
    equal(seqs, list(range(since, next_seq())),
          'each event is printed, or reported as lost')
    ok(any(event['event'] == 'lost' for event in objects(out)),
       'and some were lost')
    out = objects(tool('log', '-j', '--since', '1').stdout)
    equal((out[0]['event'], out[0]['first_seq'], out[0]['count']),
          ('lost', 1, out[1]['seq'] - 1), 'log --since reports which events are gone')


def ends():
    shell = f'{TOOL} log -j | head -n 1; echo ${{PIPESTATUS[0]}}'
    out = run('bash', '-c', shell)
    equal((out.stdout.splitlines()[-1], out.stderr), ('0', ''),
          'a reader that closes the pipe ends the tool quietly')
    with open('/dev/full', 'w') as full:
        run_full = subprocess.run([TOOL, 'log'], stdout=full,
                                  stderr=subprocess.PIPE, timeout=HANG)
    equal((run_full.returncode, run_full.stderr.count(b'\n')), (1, 1),
          'a full disk: one line, status 1')
    # A full pipe that nobody reads: Ctrl-C ends watch, which printed whole lines.
    read_end, write_end = os.pipe()
    watch = Watch('--all', stdout=write_end)
    poll = select.poll()
    poll.register(write_end, select.POLLOUT)
    while poll.poll(0):
        orphans(100)
    wait_until_polling(watch.process.pid)
    code, _, err = watch.end()
    os.close(write_end)
    equal((code, err), (0, b''), 'Ctrl-C ends a tool whose pipe is full')
    data = b''
    while chunk := os.read(read_end, 65536):
        data += chunk
    ok(data.endswith(b'\n') and objects(data), 'and it printed whole lines')
    # The reader closes the pipe before anything is printed.
    watch = Watch(stdout=subprocess.PIPE)
    watch.process.stdout.close()
    orphan()
    equal(watch.process.wait(timeout=HANG), 0,
          'a watch whose reader closed the pipe ends quietly')


def rights():
    for command in (['watch'], ['log'], ['status'], ['teardowns'],
                    ['selftest']):
        refused = run(*UNPRIVILEGED, TOOL, *command)
        ok(refused.returncode == 1 and refused.stdout == ''
           and 'CAP_SYS_ADMIN' in refused.stderr
           and refused.stderr.count('\n') == 1,
           f'{command[0]} without the right: one line that names it',
           refused.returncode, refused.stdout, refused.stderr)


CHECKS = ['reparent', 'reparent-subreaper', 'reparent-ns-init',
          'teardown-begin', 'teardown-kill', 'teardown-end', 'verify']


def details(selftest):
    """Returns what a selftest that passed says of each check."""
    assert selftest.returncode == 0, (selftest.stdout, selftest.stderr)
    lines = selftest.stdout.decode().splitlines()
    found = dict(line[3:].split(': ', 1) for line in lines)
    assert list(found) == CHECKS and all(line.startswith('ok ')
                                         for line in lines), lines
    return found


def selftest():
    both = has_two_hooks()
    since = next_seq()
    result, = objects(tool('selftest', '-j').stdout)
    equal((result['selftest'], [check['name'] for check in result['checks']],
           {check['ok'] for check in result['checks']}),
          ('passed', CHECKS, {True}), 'selftest passes, in JSON')
    equal({name: len(events(since, name))
           for name in ('reparent', 'teardown-begin', 'teardown-kill',
                        'teardown-end')},
          {'reparent': 3, 'teardown-begin': 1, 'teardown-kill': 1,
           'teardown-end': 1}, 'and makes exactly these events')
    found = details(tool('selftest'))
    ok(found['reparent'].endswith('adopted by 1 (init)'),
       'selftest passes: an orphan of init', found)
    ok(found['reparent-subreaper'].endswith('(subreaper)'),
       'an orphan of a subreaper', found)
    equal(found['reparent-ns-init'], '3 orphaned by 2, adopted by 1 (ns-init)',
          "an orphan of a namespace's init")
    equal(found['verify'], 'the two hooks agreed' if both else
          'not verified: this kernel has a single hook',
          'the hooks are compared if there are two')
    equal(status()['verify'], False, 'verify is off again')
    if both:
        set_verify(True)
        found = details(tool('selftest'))
        equal((found['verify'], status()['verify']),
              ('the two hooks agreed', True), 'verify stays on if it was on')
        set_verify(False)
    read_only = run('unshare', '-m', 'sh', '-c',
                    f'mount -o remount,bind,ro /sys && exec {TOOL} selftest')
    ok(read_only.returncode == 0 and 'ok verify: not verified: cannot set '
       'verify: Read-only' in read_only.stdout,
       'selftest goes on if it may not switch verify on, and says so',
       read_only.stdout, read_only.stderr)


def selftest_elsewhere():
    """selftest below a subreaper, in a pid namespace, beside another selftest."""
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    channel = Channel()
    os.waitpid(spawn(lambda: channel.send(
        details(tool('selftest'))['reparent'])), 0)
    prctl(PR_SET_CHILD_SUBREAPER, 0)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    said = channel.receive()
    ok(f'adopted by {os.getpid()} (subreaper python3, ' in said,
       'below a subreaper it passes, and names it', said)
    for options in ('-pf', '--mount-proc'), ('-pf',):
        found = details(subprocess.run(
            ['unshare', *options, TOOL, 'selftest'], capture_output=True))
        ok(found['reparent'].endswith('adopted by 1 (ns-init)'),
           f'in a pid namespace it passes: unshare {" ".join(options)}', found)
    for _ in range(3):
        both = [subprocess.Popen([TOOL, 'selftest'], stdout=subprocess.PIPE)
                for _ in range(2)]
        equal([process.wait(timeout=HANG) for process in both], [0, 0],
              'two at once pass')
        equal(status()['verify'], False, 'and verify is off again')


def selftest_ended():
    """selftest ended by signals in the middle."""
    if not has_two_hooks():
        return

    def end(how):
        """Returns its status and output; None if selftest was done before."""
        process = subprocess.Popen([TOOL, 'selftest'], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        while not status()['verify'] and process.poll() is None:
            pass
        process.send_signal(signal.SIGSTOP)
        wait_for(lambda: stat(process.pid)['state'] in 'TZ')
        # At its end selftest switches verify off.
        midway = status()['verify']
        process.send_signal(how)
        process.send_signal(signal.SIGCONT)
        out, err = process.communicate(timeout=HANG)
        if not midway or process.returncode == 0:
            return None
        return process.returncode, out, err

    interrupted = rb'nsorphan selftest: [a-z-]+ could not be checked: interrupted\n'
    for how, status_wanted, said in ((signal.SIGINT, 1, interrupted),
                                     (signal.SIGTERM, 1, interrupted),
                                     (signal.SIGHUP, -1, b''),
                                     (signal.SIGKILL, -9, b'')):
        while not (ended := end(how)):
            pass
        ok(ended[0] == status_wanted and ended[1] == b''
           and re.fullmatch(said, ended[2]),
           f'{how.name} ends selftest, which has not passed then', ended)
        equal(eventually(lambda: not status()['verify']), True,
              'and verify is off again')
        equal(eventually(lambda: run('pgrep', '-x', 'nsorphan').stdout == ''),
              True, 'and no process of it remains')


def selftest_blind():
    def kprobes(enabled):
        with open('/sys/kernel/debug/kprobes/enabled', 'w') as file:
            file.write(str(enabled))

    kprobes(0)
    begin = time.monotonic()
    blind = tool('selftest')
    took = time.monotonic() - begin
    result, = objects(tool('selftest', '-j').stdout)
    kprobes(1)
    seen = [f'not ok {name}: no such event' for name in CHECKS[:-1]]
    equal((blind.returncode, blind.stdout.decode().splitlines()[:-1],
           blind.stderr.count(b'\n'), blind.stderr.count(b'calls no probe')),
          (1, seen, 2, 1), 'selftest fails if the kernel calls no probe, and says so')
    ok(b'\nok verify: not verified: ' in blind.stdout,
       'it does not claim that the hooks agree', blind.stdout)
    # By the guest's virtual clock: the host's load does not count.
    ok(took < 10, 'and it takes less than 10 seconds', took)
    equal((result['selftest'], [check['ok'] for check in result['checks']]),
          ('failed', [False] * 6 + [True]), 'in JSON, too')
    equal(tool('selftest').returncode, 0, 'with the probes back it passes')


def unloaded():
    insmod()
    watch = Watch()
    equal(rmmod().returncode, 0, 'rmmod under a watch')
    out, err = watch.process.communicate(timeout=HANG)
    ok(watch.process.returncode == 1 and err.count(b'\n') == 1
       and b'unloaded' in err, 'watch says so and ends', err)
    for command in (['watch'], ['log'], ['status'], ['selftest']):
        gone = tool(*command)
        ok(gone.returncode == 1 and gone.stdout == b''
           and gone.stderr.count(b'\n') == 1 and b'modprobe' in gone.stderr,
           f'{command[0]} without the module: one line on how to load it',
           gone.stderr)


with module():
    status_json()
    log_json()
    hostile_names()
    watching()
    options()
    containers()
    ends()
    rights()
    selftest()
    selftest_elsewhere()
    selftest_ended()
    selftest_blind()
    equal((status()['missed'], status()['mismatched']), (0, 0),
          'nothing was missed or mismatched in all of this')
with module('records=64'):
    overwritten()
unloaded()
done()

# SPDX-License-Identifier: GPL-2.0
# in turn:
# clock: virtual
# boot: --forgive invoked.oom-killer
# kernels: 6.1 7 6.1-arm64 6.1-rt 5.10 6.12-arm64 6.12 6.12-deb12 6.1-plain
"""explain tells containers by name or id, alive or gone, in any pid namespace."""
# Not on debug: there, half a second is too short to look up a name. What the module
# does for it is in containers.py.
import os
import signal

from lib import *
from witness.causes import causes

HOST_PIDNS = pidns_of(1)
MB = 1 << 20
DOCKER = '/var/lib/docker/containers'
numbers = iter(range(1, 10**6))


class Container(Cgroup):
    """A cgroup that is a container of Docker, which may have a name."""

    def __init__(self, name=None, stop_signal=None):
        self.name = name
        self.docker_id = f'{next(numbers):012x}'.ljust(64, 'c')
        super().__init__(f'/docker-{self.docker_id}.scope')
        if name:
            path = f'{DOCKER}/{self.docker_id}'
            os.makedirs(path)
            config = {'ID': self.docker_id, 'Name': f'/{name}', 'Config': {}}
            if stop_signal:
                config['Config']['StopSignal'] = stop_signal
            write(f'{path}/config.v2.json', json.dumps(config))

    def start(self, body, setns=None):
        """Runs body(up) as main; in the pid namespace of process setns, if any."""
        channel = Channel()

        def main():
            self.enter()
            body(lambda: channel.send('up'))

        def middle():
            setns_pid(setns)
            channel.send(spawn(main))

        if setns:
            prctl(PR_SET_CHILD_SUBREAPER, 1)
            between = spawn(middle)
            self.main = channel.receive()
            os.waitpid(between, 0)
            prctl(PR_SET_CHILD_SUBREAPER, 0)
        else:
            self.main = spawn(main)
        assert channel.receive() == 'up'
        channel.close()
        return self.main

    def start_init(self, body):
        """Runs body(up) as main, the init of a pid namespace."""
        channel = Channel()

        def main():
            # Before it executes a program, who was in it first is main.
            self.enter()
            body(lambda: channel.send('up'))

        self.main = namespace(main)
        assert channel.receive() == 'up'
        channel.close()
        self.pidns = pidns_of(self.main)
        return self.main

    def end(self):
        """Kills what is left of it, and removes the cgroup."""
        kill(*map(int, read(f'{self.dir}/cgroup.procs').split()))
        self.reap()
        self.remove()

    def reap(self):
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.main, 0)


def sleeps(up):
    up()
    os.execvp('sleep', ['sleep', '1000'])


def started(container, body=sleeps, **how):
    """Starts main, and waits until it runs its program."""
    pid = container.start(body, **how)
    if body is sleeps:
        wait_until_asleep(pid)
    return container


def started_init(container, body=sleeps):
    pid = container.start_init(body)
    if body is sleeps:
        wait_until_asleep(pid)
    return container


def explain(target):
    """Returns explain's object."""
    done = run(TOOL, 'explain', '-j', str(target))
    assert done.returncode == 0 and done.stderr == '', (done.stdout, done.stderr)
    return json.loads(done.stdout)


def text(target):
    done = run(TOOL, 'explain', str(target))
    assert done.returncode == 0 and done.stderr == '', (done.stdout, done.stderr)
    return done.stdout


def judged(container, verdict, name, target=None, state='alive', pidns=None,
           init=None, waiting=None):
    """Checks what explain says of the container, or of target; returns the object."""
    found = explain(target or container.docker_id)
    got = (found['state'], found['verdict'], found['container'],
           found['main']['pid'], found.get('init', {}).get('pid'),
           found['pidns'])
    wanted = (state, verdict, container.docker_id, container.main, init,
              pidns or HOST_PIDNS)
    if waiting is not None:
        got += (sorted(one['process']['pid'] for one in found['waiting_for']),)
        wanted += (sorted(waiting),)
    equal(got, wanted, name) or print('#', ascii(found))
    return found


def says(found, pattern, name):
    ok(re.search(pattern, found['text']), f'{name}: says so', found['text'],
       pattern)


def ignores_term(up):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    up()
    sleep_handling_signals()


def without_namespace():
    """A container in the initial namespace is its main process."""
    one = started(Container('bare'))
    found = judged(one, 'healthy', 'a main process without a namespace',
                   'bare', waiting=[])
    equal(found['container_name'], 'bare', 'with its name')
    ok(text('bare').startswith(
        f'healthy  pidns:{HOST_PIDNS}  container bare ('), 'in text, too')

    # Whoever enters it later is not main, and stands for it.
    entered = spawn(lambda: (one.enter(), os.execvp('sleep', ['sleep', '999'])))
    wait_until_asleep(entered)
    judged(one, 'healthy', 'by the pid of another process of it', entered)
    kill(entered)
    os.waitpid(entered, 0)
    one.end()

    drops = started(Container(), ignores_term)
    os.kill(drops.main, signal.SIGTERM)
    found = judged(drops, 'init-ignores-signal', 'it ignores SIGTERM',
                   waiting=[drops.main])
    says(found, f'^python3 {drops.main} was sent SIGTERM from python3 .*'
                f'the process ignores SIGTERM. SIGKILL ends it '
                fr'\(kill -KILL {drops.main}\)', 'it ignores SIGTERM')
    drops.end()


def taking(*numbers):
    """Returns a main process that handles these signals, tells so, and goes on."""
    def body(up):
        for number in numbers:
            signal.signal(number, lambda *_: taken.send('taken'))
        up()
        sleep_handling_signals()

    taken = Channel()
    body.taken = taken
    return body


def asked():
    """What a main process handles, and goes on."""
    body = taking(signal.SIGHUP, signal.SIGTERM, signal.SIGUSR1)

    def send(container, number):
        os.kill(container.main, number)
        body.taken.receive()

    one = started(Container(), body)
    send(one, signal.SIGHUP)
    found = judged(one, 'healthy', 'a handled SIGHUP is daily life', waiting=[])
    says(found, 'sent SIGHUP from .* which it handled, and goes on',
         'a handled SIGHUP')
    send(one, signal.SIGTERM)
    found = judged(one, 'init-handles-signal', 'a handled SIGTERM is none',
                   waiting=[one.main])
    says(found, f'^python3 {one.main} took SIGTERM from python3 .* '
                'and goes on: its handler is over, it sleeps in read ',
         'a handled SIGTERM')
    one.end()

    one = started(Container('usr1', 'SIGUSR1'), body)
    send(one, signal.SIGUSR1)
    judged(one, 'init-handles-signal', "the engine's stop signal asks to end",
           'usr1', waiting=[one.main])
    one.end()

    def with_child(up):
        def child():
            go.receive()
            os.kill(os.getppid(), signal.SIGTERM)
            sleeper()

        spawn(child)
        body(up)

    go = Channel()
    one = started_init(Container(), with_child)
    go.send('go')
    body.taken.receive()
    judged(one, 'healthy', 'a SIGTERM of its own child does not ask it to end',
           pidns=one.pidns, init=one.main, waiting=[])
    one.end()


def shared():
    """Two containers in one pid namespace are each explained on their own."""
    def with_child(up):
        spawn(sleeper)
        sleeps(up)

    first = started_init(Container('first'))
    other = started(Container('other'), with_child, setns=first.main)
    wait_for(lambda: children(other.main))
    child, = children(other.main)
    wait_until_asleep(child)
    found = judged(other, 'healthy', 'one in the namespace of another one',
                   'other', pidns=first.pidns, init=first.main, waiting=[])
    judged(other, 'healthy', 'by the pid of a child in it', child,
           pidns=first.pidns, init=first.main)
    judged(first, 'healthy', 'the one that has the namespace', 'first',
           pidns=first.pidns, init=first.main, waiting=[])
    equal(explain(f'pidns:{first.pidns}')['init']['pid'], first.main,
          'pidns:INUM is the namespace')
    os.kill(first.main, signal.SIGTERM)
    judged(first, 'init-ignores-signal', 'what one drops', 'first',
           pidns=first.pidns, init=first.main)
    judged(other, 'healthy', 'the other one was not sent', 'other',
           pidns=first.pidns, init=first.main)
    tree = {json.loads(line)['process']['pid'] for line in
            run(TOOL, 'tree', '-j', 'other').stdout.splitlines()}
    equal(tree, {other.main, child}, 'tree has its own processes')

    kill(other.main)
    other.reap()
    wait_for(lambda: stat(child)['ppid'] == first.main)
    found = judged(other, 'left-behind', 'its main is dead, a child is left',
                   'other', state='left-behind', pidns=first.pidns,
                   waiting=[child])
    says(found, f'1 process is left: python3 {child}/\\d+, which sleep '
                f'{first.main}/1 adopted from sleep {other.main}/', 'by whom')
    found = explain('first')
    equal((found['state'], found['verdict']), ('alive', 'init-ignores-signal'),
          'the one with the namespace lives on')
    ends_by_remedy(other, found=explain('other'), left=[child])
    first.end()
    other.remove()


def ends_by_remedy(container, found, left):
    """Types the command that the text names."""
    command = re.search(r'End them \((.+?)\)\.', found['text'])
    ok(command, 'the text names a command', found['text'])
    has_kill = os.path.exists(f'{container.dir}/cgroup.kill')
    equal(command[1].startswith(f'echo 1 >{container.dir}/cgroup.kill'),
          has_kill, 'which is the one of this kernel')
    typed = run('sh', '-c', command[1])
    equal((typed.returncode, typed.stderr), (0, ''), 'it can be typed')
    for pid in left:
        wait_until_ended(pid)
    found = explain(container.docker_id)
    equal((found['state'], found['verdict'], found['waiting_for']),
          ('gone', 'gone', []), 'and then nothing is left')


def left_behind():
    """Main is dead, others live, and nothing ends them."""
    count = 7

    def with_children(up):
        for _ in range(count):
            spawn(sleeper)
        sleeps(up)

    one = started(Container('torn'), with_children)
    wait_for(lambda: len(children(one.main)) == count)
    left = children(one.main)
    judged(one, 'healthy', 'while its main lives', 'torn', waiting=[])
    kill(one.main)
    wait_until_ended(one.main)
    judged(one, 'left-behind', 'a dead main that was not reaped', 'torn',
           state='left-behind', waiting=left)
    one.reap()
    found = judged(one, 'left-behind', 'a dead main that was reaped', 'torn',
                   state='left-behind', waiting=left)
    adopter = stat(left[0])['ppid']
    says(found, r'^torn \([0-9a-f]{12}\) has ended, but not all of its '
                fr'processes: main sleep {one.main} was killed by SIGKILL from '
                r'python3 .*\. That was .* ago; it had 7 orphans\..* '
                fr'7 processes are left: python3 \d+, which \S+ {adopter} '
                fr'adopted from sleep {one.main}; .*; and 2 more\.',
         'who is left, and who has adopted them')
    equal({entry['cause'] for entry in found['waiting_for']}, {'left-behind'},
          'each is left behind')
    shown = text('torn')
    ok('\nSignals from outside\n' in shown and
       f'{left[6]}' in shown, 'text lists all, and the signals', shown)
    judged(one, 'left-behind', 'by the pid of one that is left', left[3],
           state='left-behind', waiting=left)
    ends_by_remedy(one, found, left)
    one.remove()


def left_outside():
    """Main and its namespace have ended, and who is in the cgroup alone lives."""
    one = started_init(Container('visited'))

    def enters(ready):
        one.enter()
        ready()
        time.sleep(1000)

    other = spawn_ready(enters)
    kill(one.main)
    one.reap()
    found = judged(one, 'left-behind', 'one that entered the cgroup alone', 'visited',
                   state='left-behind', pidns=one.pidns, init=one.main,
                   waiting=[other])
    says(found, fr' 1 process is left outside of its pid namespace: python3 {other}, ',
         'where it is')
    ends_by_remedy(one, found, [other])
    one.remove()


def flood():
    """Pushes everything out of a record of 16 events."""
    noisy = started_init(Container(), taking(signal.SIGUSR1))
    for _ in range(40):
        os.kill(noisy.main, signal.SIGUSR1)
    orphans(40)
    noisy.end()


def flooded():
    """The ledger knows who asked main to end, when the record does not."""
    one = started_init(Container('asked'))
    os.kill(one.main, signal.SIGTERM)
    flood()
    found = judged(one, 'init-ignores-signal', 'a signal that is overwritten',
                   'asked', pidns=one.pidns, init=one.main,
                   waiting=[one.main])
    says(found, f'was sent SIGTERM from python3 {os.getpid()} .* ago',
         'who sent it')
    equal(found['signals'], [], 'and the record does not have it')
    one.end()


def killed(name):
    one = started_init(Container(name))
    # Keeps its number, which another namespace would have.
    os.open(f'/proc/{one.main}/ns/pid', os.O_RDONLY)
    os.kill(one.main, signal.SIGTERM)
    kill(one.main)
    one.reap()
    one.remove()
    return one


FROM = r'from python3 \d+ \(.*\)'


def gone_containers():
    """Containers that have ended; yields (container, what explain says)."""
    yield killed('killed'), (
        rf'was killed by SIGKILL {FROM} \S+ [mun]?s after SIGTERM, for which '
        r'its init sleep had no handler\. That was .* ago; the teardown killed '
        r'0 processes\.$')

    def exits(up):
        up()
        go.receive()
        os._exit(3)

    def exits_when_asked(up):
        signal.signal(signal.SIGTERM, lambda *_: os._exit(5))
        up()
        sleep_handling_signals()

    go = Channel()
    one = started(Container('exited'), exits)
    go.send('go')
    one.reap()
    one.remove()
    yield one, r'ended by itself with exit code 3\. That was .* ago\.$'

    one = started_init(Container('stopped'), exits_when_asked)
    os.kill(one.main, signal.SIGTERM)
    one.reap()
    one.remove()
    yield one, rf'stopped \S+ [mun]?s after SIGTERM {FROM}, with exit code 5\.'

    one = started(Container('ended'))
    os.kill(one.main, signal.SIGTERM)
    one.reap()
    one.remove()
    yield one, rf'stopped \S+ [mun]?s after SIGTERM {FROM}, which ended it\.'

    def crashes(up):
        up()
        go.receive()
        os.kill(os.getpid(), signal.SIGSEGV)

    one = started(Container('crashed'), crashes)
    go.send('go')
    one.reap()
    one.remove()
    yield one, r'crashed by SIGSEGV\. That was .* ago\.$'

    if all(kernel_has('__oom_kill_process', 'mem_cgroup_get_oom_group')):
        write('/sys/fs/cgroup/cgroup.subtree_control', '+memory')
        one = Container('starved')
        write(f'{one.dir}/memory.max', 24 * MB)
        with contextlib.suppress(FileNotFoundError):
            write(f'{one.dir}/memory.swap.max', 0)
        one.start(lambda up: (up(), causes('hog', 64)()))
        one.reap()
        one.remove()
        yield one, (r'was killed by the kernel: out of memory in its cgroup '
                    r'\(memory.max 24 MiB\)\. That was')

    # Only the cgroup is left.
    one = started(Container('empty'))
    kill(one.main)
    one.reap()
    yield one, rf'was killed by SIGKILL {FROM}\. That was .* ago\.$'


def gone():
    """Of what is gone explain tells how it ended, from the ledger alone."""
    ended = list(gone_containers())
    flood()
    lives = {life['cgroup']: life for life in ledger()}
    for one, pattern in ended:
        short = one.docker_id[:12]
        for how, target in (('name', one.name), ('id', one.docker_id),
                            ('beginning of the id', short)):
            found = explain(target)
            equal((found['state'], found['verdict'], found['container'],
                   found.get('container_name'), found['main']['pid'],
                   found.get('init', {}).get('pid')),
                  ('gone', 'gone', one.docker_id, one.name, one.main,
                   one.main if lives[one.id].get('pidns') else None),
                  f'{one.name}, by its {how}')
            says(found, rf'^{one.name} \({short}\) {pattern}',
                 f'{one.name}, by its {how}')
    first = ended[0][0]
    found = explain(f'pidns:{first.pidns}')
    says(found, f'^killed .* was killed by SIGKILL {FROM}',
         'by its pid namespace')
    shown = text('killed')
    ok(re.search(rf'\nSignals from outside\n  \S+  SIGTERM ignored, {FROM}\n'
                 rf'  \S+  SIGKILL delivered, {FROM}\n', shown) and
       shown.startswith(f'gone  pidns:{first.pidns}  container killed ('),
       'text has the signals from outside', shown)
    refused = run(TOOL, 'tree', 'killed')
    equal((refused.returncode, refused.stderr),
          (1, 'nsorphan tree: killed is gone: see nsorphan explain killed\n'),
          'tree names explain')
    refused = run(TOOL, 'explain', 'e')
    ok((refused.returncode, refused.stdout, refused.stderr.count('\n')) ==
       (1, '', 1) and re.search("3 containers that are gone begin with 'e': ",
                                refused.stderr),
       'the beginning of several names: candidates', refused.stderr)
    ended[-1][0].remove()


def of_one_name():
    """The living before the dead, then the newest."""
    old = killed('twice')
    new = killed('twice')
    found = explain('twice')
    equal((found['container'], found['main']['pid']), (new.docker_id, new.main),
          'of two that are gone the newest')
    says(found, r' 1 earlier: see nsorphan stops\.$', 'how many are earlier')
    found = explain(old.docker_id)
    ok(found['main']['pid'] == old.main and 'earlier' not in found['text'],
       'the older one by its id', found['text'])
    one = started_init(Container('twice'))
    found = judged(one, 'healthy', 'of two that are gone and one that lives',
                   'twice', pidns=one.pidns, init=one.main, waiting=[])
    says(found, r' 2 earlier: see nsorphan stops\.$', 'how many are earlier')
    ok('earlier' not in explain(one.main)['text'], 'by its pid there are none')

    # Another life in the same cgroup.
    kill(one.main)
    one.reap()
    again = started(one)
    found = judged(again, 'healthy', 'after a restart', 'twice', waiting=[])
    says(found, r' 3 earlier: see nsorphan stops\.$', 'how many are earlier')
    one.end()


def names_are_read():
    """
    While programs are read from the disk the virtual clock skips the time after
    which a look-up of names is given up. Once it succeeds they are in memory.
    """
    one = started(Container('first-of-all'))
    wait_for(lambda: run(TOOL, 'explain', 'first-of-all').returncode == 0)
    one.end()


with module():
    names_are_read()
    without_namespace()
    asked()
    shared()
    left_behind()
    left_outside()
    of_one_name()
    equal(status()['missed'], 0, 'no probe missed anything')
with module('records=16'):
    flooded()
    gone()
done()

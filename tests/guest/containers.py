# SPDX-License-Identifier: GPL-2.0
# clock: virtual
"""The ledger: main of each container, what it was sent from outside, its end."""
from lib import *
from stuck.fuse import NO_FLUSH, silent


CLIENT, _ = load_ynl()
CLONE_PARENT = 0x8000


def lives_of(cgroup):
    return [life for life in ledger() if life['cgroup'] == cgroup.id]


def life_of(cgroup):
    life, = lives_of(cgroup)
    return life


def execute(program=('sleep', '1000')):
    os.execvp(program[0], program)


def enter_and_execute(cgroup, program=('sleep', '1000')):
    """
    A process that was made outside, as by an engine; returns its pid once it
    sleeps or has a child, so that the kernel has reported the program.
    """
    def body():
        cgroup.enter()
        execute(program)

    pid = spawn(body)
    if program[0] == 'sleep':
        wait_until_asleep(pid)
    else:
        wait_for(lambda: children(pid))
    return pid


def reap(*pids):
    for pid in pids:
        os.waitpid(pid, 0)


def sent(life):
    return [(one['signal'], one.get('sender', {}).get('pid'), one['count'],
             one['result']) for one in life['signals']]


def ends(cgroup):
    """How main of each life ended."""
    return [(life['main'].get('exit_code'), life['main'].get('exit_signal'))
            for life in lives_of(cgroup)]


def an_init():
    """A container with a namespace: main is the init; whole life."""
    cgroup = ContainerCgroup()
    pid = namespace(execute, before=cgroup.enter)
    wait_until_asleep(pid)
    life = life_of(cgroup)
    equal((life['path'], as_identity(life['main']), life['pidns'],
           life.get('end_ns'), life['signals']),
          (cgroup.path, identity(pid), pidns_of(pid), None, []),
          'main is the init, which lives')
    joined = Joiner(pid)
    os.kill(pid, signal.SIGTERM)
    os.kill(pid, signal.SIGTERM)
    kill(pid)
    wait_for(lambda: life_of(cgroup).get('teardown_begin_ns'))
    ok('teardown_end_ns' not in life_of(cgroup), 'its teardown goes on')
    joined.end()
    reap(pid)
    cgroup.remove()
    life = life_of(cgroup)
    me = os.getpid()
    equal(sent(life), [(15, me, 2, 'ignored'), (9, me, 1, 'delivered')],
          'what it was sent: repetitions are one')
    sender, parent = life['signals'][0]['sender'], life['signals'][0]['sender_parent']
    equal((as_identity(sender), as_identity(parent),
           life['signals'][0]['sender_cgroup']),
          (identity(me), identity(os.getppid()), '/'),
          'by whom, of which parent and cgroup')
    equal((life['main']['exit_signal'], life['killed']), (9, 1),
          'how it ended, and what its teardown killed')
    ok(life['begin_ns'] < life['signals'][0]['first_ns'] <
       life['signals'][0]['last_ns'] < life['signals'][1]['first_ns'] <
       life['end_ns'] < life['teardown_begin_ns'] < life['teardown_end_ns'],
       'in this order', life)


def without_namespace():
    """A container in the initial namespace: main is who came first."""
    cgroup = ContainerCgroup()
    main = enter_and_execute(cgroup)
    entered = enter_and_execute(cgroup)
    equal(as_identity(life_of(cgroup)['main']), identity(main),
          'no namespace: main came first')
    ok('pidns' not in life_of(cgroup), 'it is no init')
    os.kill(entered, signal.SIGTERM)
    reap(entered)
    life = life_of(cgroup)
    equal((life.get('end_ns'), life['signals']), (None, []),
          'who entered later is not main')
    os.kill(main, signal.SIGTERM)
    reap(main)
    equal((sent(life_of(cgroup)), life_of(cgroup)['main'].get('exit_signal')),
          ([(15, os.getpid(), 1, 'delivered')], 15), 'its end')

    def again():
        cgroup.enter()
        execute(('sleep', '0'))

    reap(spawn(again))
    cgroup.remove()
    equal([life['main'].get('exit_code') for life in lives_of(cgroup)], [None, 0],
          'a restart in the same cgroup is another life')


def left_behind(forked_later):
    """
    An orphan that executes a program once main is dead begins no life; neither does
    one that was forked after that.
    """
    cgroup = ContainerCgroup()
    channel, go = Channel(), Channel()

    def orphaned():
        channel.send(os.getpid())
        go.receive()
        execute()

    def child():
        if not forked_later:
            orphaned()
        channel.send(os.getpid())
        go.receive()
        spawn(orphaned)

    def main():
        cgroup.enter()
        spawn(child)
        execute(('sleep', '1000'))

    pid = spawn(main)
    left = channel.receive()
    wait_until_asleep(pid)
    kill(pid)
    reap(pid)
    go.send('go')
    if forked_later:
        left, parent = channel.receive(), left
        wait_until_ended(parent)
        go.send('go')
    wait_until_asleep(left)
    wait_for(lambda: stat(left)['comm'] == b'sleep')
    equal([life['main']['pid'] for life in lives_of(cgroup)], [pid],
          f'an orphan is never main{", forked later" * forked_later}')
    kill(left)
    cgroup.remove()


def from_inside():
    """Signals from inside are not kept; of others the last eight are."""
    cgroup = ContainerCgroup()
    channel, go = Channel(), Channel()

    def body():
        cgroup.enter()
        for number in range(1, 20):
            if number not in (9, 17, 19):
                signal.signal(number, lambda *_: None)

        def inside():
            go.receive()
            for _ in range(50):
                os.kill(os.getppid(), signal.SIGUSR1)
            orphan(b'orphan')

        spawn(inside)
        channel.send('ready')
        sleep_handling_signals()

    main = spawn(body)
    channel.receive()
    numbers = [1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12]
    for number in numbers[:6]:
        os.kill(main, number)
    inside, = children(main)
    go.send('go')
    wait_until_ended(inside)
    for number in numbers[6:]:
        os.kill(main, number)
    equal([one['signal'] for one in life_of(cgroup)['signals']], numbers[-8:],
          'the last eight from outside')
    equal((life_of(cgroup)['adoptions'], as_identity(life_of(cgroup)['main'])['pid']),
          (1, main), 'an orphan inside is counted')
    kill(main)
    reap(main)
    # The child is an orphan now; it lost a parent inside.
    cgroup.remove()


def steps(executes):
    """
    runc's way: what enters the container first makes main, and ends; it executes
    itself from a copy before, which may be inside already.
    """
    cgroup = ContainerCgroup()
    channel = Channel()

    def engine():
        def step():
            cgroup.enter()
            # A sibling, so that its parent is the engine.
            pid = syscall('clone', CLONE_PARENT | signal.SIGCHLD, 0, 0, 0, 0)
            if pid == 0:
                try:
                    go.receive()
                    execute()
                finally:
                    os._exit(1)
            channel.send(pid)
            if executes:
                execute(('true',))

        go = Channel()
        first = spawn(step)
        os.waitpid(first, 0)
        go.send('go')
        sleeper()

    runtime = spawn(engine)
    main = channel.receive()
    wait_until_asleep(main)
    equal(as_identity(life_of(cgroup)['main']), identity(main),
          'main is the one that executed the program')
    kill(main, runtime)
    reap(runtime)
    cgroup.remove()
    equal((len(lives_of(cgroup)), life_of(cgroup)['adoptions']), (1, 0),
          'and the step before is no life')


def unstarted(executes=False, again=False):
    """
    An init that ends before the engine starts its program, as where that is not
    found. What made it ended well, and may have executed itself inside.
    """
    name = f'an init without a program{", executes" * executes}{", again" * again}'
    cgroup = ContainerCgroup()
    made = Channel()

    def earlier_main():
        cgroup.enter()
        execute(('sh', '-c', 'exit 3'))

    if again:
        reap(spawn(earlier_main))

    def step():
        cgroup.enter()
        unshare_pid()
        made.send(spawn(sleeper))
        if executes:
            execute(('true',))

    reap(spawn(step))
    main = made.receive()
    before = [] if not executes else [(0, None)]
    earlier = [(3, None)] * again
    equal(ends(cgroup), earlier + before, f'{name}: the ledger before its end')
    pidns = pidns_of(main)
    kill(main)
    wait_until_ended(main)
    wait_for(lambda: 'teardown_end_ns' in lives_of(cgroup)[-1])
    equal(ends(cgroup), earlier + [(None, 9)], f'{name}: it is main')
    life = lives_of(cgroup)[-1]
    equal((life['main']['pid'], life['pidns'], sent(life)),
          (main, pidns, [(9, os.getpid(), 1, 'delivered')]), f'{name}: its end')
    cgroup.remove()


def nspawn():
    """systemd-nspawn is in the cgroup itself; main is the init that it makes."""
    cgroup = ContainerCgroup('/machine.slice/systemd-nspawn@{}.service')
    outer = enter_and_execute(cgroup, ('unshare', '-fp', 'sleep', '1000'))
    main, = children(outer)
    wait_until_asleep(main)
    os.kill(outer, signal.SIGCONT)
    os.kill(main, signal.SIGTERM)
    life = life_of(cgroup)
    equal((as_identity(life['main']), sent(life)),
          (identity(main), [(15, os.getpid(), 1, 'ignored')]), 'nspawn: the init')
    kill(main)
    reap(outer)
    cgroup.remove()


def made_while_exiting():
    """
    What made the init is in the container, too. It is in its exit, and still the
    parent, when the init executes its program: for main the engine's step is over.
    """
    cgroup = ContainerCgroup()
    made, go = Channel(), Channel()

    def step():
        cgroup.enter()
        unshare_pid()
        pid = spawn(lambda: (go.receive(), execute()))
        # In its exit it waits for an answer to the close of this file.
        os.open(NO_FLUSH, os.O_RDONLY)
        made.send(pid)

    with silent() as server:
        engine = spawn(step)
        main = made.receive()
        server.waiter()
        go.send('go')
        wait_until_asleep(main)
        life = life_of(cgroup)
        equal((as_identity(life['main']), life.get('pidns'), life.get('end_ns')),
              (identity(main), pidns_of(main), None),
              'an init whose maker is in its exit is main')
        server.end()
        reap(engine)
    kill(main)
    wait_until_ended(main)
    cgroup.remove()


def hierarchy_v1():
    """On v1 the container is known before its first process is in it."""
    with v1('pids') as mount:
        if not mount:
            ok(True, 'v1 # SKIP this kernel cannot mount it')
            return
        cgroup = ContainerCgroup('/docker/{}', mount)
        main = enter_and_execute(cgroup)
        entered = enter_and_execute(cgroup)
        kill(entered)
        reap(entered)
        os.kill(main, signal.SIGTERM)
        reap(main)
        cgroup.remove()
        life = life_of(cgroup)
        equal((life['hierarchy'], life['path'], life['main']['pid'], sent(life)),
              ('pids', cgroup.path, main, [(15, os.getpid(), 1, 'delivered')]),
              'v1: main, and what it was sent')


def by_netlink():
    """container-get says the same."""
    dumped = CLIENT().dump('container-get', {})

    def plain(value):
        if isinstance(value, dict):
            return {key.replace('-', '_'): plain(member)
                    for key, member in value.items()}
        if isinstance(value, list):
            return [plain(member) for member in value]
        return value

    got = []
    for life in map(plain, dumped):
        life['cgroup'] = life.pop('id')
        life['path'] = life['path'].decode()
        life['signals'] = life.pop('signal', [])
        for one in life['signals']:
            if 'sender_cgroup' in one:
                one['sender_cgroup'] = one['sender_cgroup'].decode()
        got.append(life)
    got.sort(key=lambda life: life['begin_ns'])
    equal(got, ledger(), 'container-get agrees with debugfs')
    refused = run(*UNPRIVILEGED, *YNL_CLI, '--no-schema', '--dump', 'container-get')
    ok('Operation not permitted' in refused.stderr + refused.stdout,
       'and needs CAP_SYS_ADMIN', refused.stderr[-300:])


def bounded():
    """What lives is not pushed out; the one that ended first is."""
    started = []
    for _ in range(16):
        cgroup = ContainerCgroup()
        started.append((cgroup, enter_and_execute(cgroup)))
    equal((len(ledger()), status()['missed']), (16, 0), '16 lives')
    cgroup = ContainerCgroup()
    pid = enter_and_execute(cgroup)
    equal((len(ledger()), lives_of(cgroup), status()['missed']), (16, [], 1),
          'while all live, another one counts in missed')
    kill(pid)
    reap(pid)
    cgroup.remove()
    for index in (5, 3):
        kill(started[index][1])
        reap(started[index][1])
    cgroup = ContainerCgroup()
    pid = enter_and_execute(cgroup)
    equal([len(lives_of(one)) for one in (cgroup, started[5][0], started[3][0])],
          [1, 0, 1], 'the one that ended first gives place')
    kill(pid, *(pid for _, pid in started))


def late():
    """Containers that live when the module is loaded have their main."""
    cgroup, host = ContainerCgroup(), ContainerCgroup()
    machine = ContainerCgroup('/machine.slice/systemd-nspawn@{}.service')
    outer = enter_and_execute(machine, ('unshare', '-fp', 'sleep', '1000'))
    inner, = children(outer)
    wait_until_asleep(inner)
    pid = namespace(execute, before=cgroup.enter)
    wait_until_asleep(pid)
    main = enter_and_execute(host)
    entered = enter_and_execute(host)
    with module():
        equal(as_identity(life_of(cgroup)['main']), identity(pid), 'late: an init')
        equal(as_identity(life_of(machine)['main']), identity(inner),
              'late: an init whose maker is inside')
        equal(as_identity(life_of(host)['main']), identity(main),
              'late: without a namespace')
        kill(entered)
        reap(entered)
        os.kill(main, signal.SIGTERM)
        reap(main)
        equal((sent(life_of(host)), life_of(host)['main']['exit_signal']),
              ([(15, os.getpid(), 1, 'delivered')], 15), 'late: its end')
    kill(pid, inner)
    reap(pid, outer)


def noise():
    """What happens in one container pushes out nothing of another one."""
    quiet = ContainerCgroup()
    main = enter_and_execute(quiet)
    os.kill(main, signal.SIGTERM)
    reap(main)
    quiet.remove()
    before = life_of(quiet)
    noisy = ContainerCgroup()

    def storm():
        prctl(PR_SET_CHILD_SUBREAPER, 1)
        for n in range(2000):
            path = f'{noisy.dir}/docker-{n:064x}.scope'
            os.mkdir(path)
            write(f'{path}/cgroup.procs', 0)
            child = spawn(sleeper)
            os.kill(child, signal.SIGTERM)
            os.waitpid(child, 0)
            write(f'{noisy.dir}/cgroup.procs', 0)
            os.rmdir(path)
        execute(('true',))

    noisy.run(storm)
    noisy.remove()
    equal((life_of(quiet), len(ledger())), (before, 2),
          'containers inside of another one are none of their own')


with module():
    an_init()
    without_namespace()
    left_behind(False)
    left_behind(True)
    from_inside()
    steps(False)
    steps(True)
    unstarted()
    unstarted(executes=True)
    unstarted(again=True)
    nspawn()
    made_while_exiting()
    by_netlink()
    hierarchy_v1()
with module():
    noise()
with module('containers=16'):
    bounded()
late()
for value in ('15', '32769', '-1', 'x'):
    refused = insmod(f'containers={value}')
    ok(refused.returncode != 0, f'containers={value} is refused', refused.stderr)
done()

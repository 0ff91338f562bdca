# SPDX-License-Identifier: GPL-2.0
# clock: virtual
"""list: a line for each container that lives, its main, trouble and risks."""
import shutil

from lib import *
from stuck.program import (BLOCKS, CHILD, DOCKER, HANDLES, HANDLES_QUIT, IGNORES, SLEEPS,
                           ZOMBIE, Container, end, run_until_ready)

def listed(*options):
    """Returns the objects of list -j."""
    done = run(TOOL, 'list', '-j', *options)
    assert done.returncode == 0 and done.stderr == '', (done.stdout, done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


def row_of(container, *options):
    found = [row for row in listed(*options)
             if row.get('container') == container.container]
    assert len(found) == 1, found
    return found[0]


def expect(container, what, main, state='alive', processes=1, zombies=0,
           verdict='healthy', risks=(), **more):
    """Compares the whole object, but for ids; main: pid, or None."""
    row = row_of(container)
    got = {key: value for key, value in row.items()
           if key != 'pidns' and not (main and key == 'main')}
    wanted = {'container': container.container, 'state': state,
              'processes': processes, 'zombies': zombies, 'verdict': verdict,
              'risks': list(risks), **more}
    if container.name and 'pod' not in more:
        wanted['container_name'] = container.name
    if main:
        got['main'], got['pidns'] = row['main']['pid'], row['pidns']
        wanted['main'], wanted['pidns'] = main, row['main']['pidns']
    equal(got, wanted, what)
    return row


DROPS, REAPS_NOT = 'drops-stop-signal', 'does-not-reap'
SHARES, HAS_NONE = 'shares-pid-namespace', 'no-pid-namespace'


def signals():
    """What becomes of the engine's stop signal."""
    cases = [
        ('default', SLEEPS, None, [DROPS]),
        ('ignores', IGNORES, None, [DROPS]),
        ('handles', HANDLES, None, []),
        ('blocks', BLOCKS, None, []),
        ('handles-another', HANDLES, 'SIGQUIT', [DROPS]),
        ('handles-its-own', HANDLES_QUIT, '3', []),
        ('killed', SLEEPS, 'SIGKILL', []),
    ]
    pids = []
    for name, body, stop_signal, risks in cases:
        container = Container(name, stop_signal=stop_signal)
        pids.append(container.start(body))
        row = expect(container, f'an init: {name}', pids[-1], risks=risks)
        equal(as_identity(row['main']),
              {**identity(pids[-1]), 'comm': stat(pids[-1])['comm'].decode()},
              f'{name}: main is a process as everywhere')
        if name == 'default':
            os.kill(pids[-1], signal.SIGTERM)
            expect(container, 'the signal is dropped', pids[-1], risks=risks,
                   verdict='init-ignores-signal')
            stop(pids[-1])
            expect(container, 'stopped', pids[-1], risks=risks,
                   verdict='init-stopped')
    for name, body, stop_signal, risks in [
            ('plain', SLEEPS, None, [HAS_NONE]),
            ('plain-ignores', IGNORES, None, [DROPS, HAS_NONE]),
            ('plain-winch', SLEEPS, 'SIGWINCH', [DROPS, HAS_NONE])]:
        container = Container(name, stop_signal=stop_signal)
        pids.append(container.start_without_namespace(body))
        expect(container, f'no init: {name}', pids[-1], risks=risks)
    end(*pids)


def counts():
    """Processes, not threads; zombies, of main and of others."""
    container = Container()
    main = container.start(HANDLES + ZOMBIE)
    expect(container, 'one zombie is no risk', main, zombies=1)
    end(main)
    container = Container('zombies')
    main = container.start(HANDLES + 2 * ZOMBIE)
    expect(container, 'two are', main, zombies=2, risks=[REAPS_NOT],
           verdict='init-does-not-reap')
    entered = spawn(lambda: (container.enter(), sleeper()))
    wait_until_asleep(entered)
    expect(container, 'who entered counts', main, processes=2, zombies=2,
           risks=[REAPS_NOT], verdict='init-does-not-reap')
    text = run(TOOL, 'list').stdout
    ok(re.search(rf'^zombies +{container.container[:12]} +python3 {main}/1 +alive'
                 r' +2 +2 +init-does-not-reap +does-not-reap$', text, re.M),
       'the same as text', text)
    end(main, entered)


def sharing():
    """--pid=container: and a pod's pause process."""
    one, other, alone = Container('one'), Container('other'), Container('alone')
    main = one.start(HANDLES)

    def join(body):
        def inside():
            setns_pid(main)
            made = other.spawn(body)
            channel.send(made)
            os.waitpid(made, 0)

        return spawn(inside)

    channel = Channel()
    helper = run_until_ready(HANDLES, join)
    second = channel.receive()
    third = alone.start(HANDLES)
    expect(one, 'it shares its namespace', main, risks=[SHARES])
    row = expect(other, 'so does who joined it', second, risks=[SHARES])
    equal(row['pidns'], pidns_of(main), 'which is that of the other one')
    expect(alone, 'others do not', third)
    equal([row['container_name'] for row in
           listed('--pidns', str(pidns_of(main)))], ['one', 'other'],
          '--pidns selects both')
    kill(second)
    end(main, third)
    os.waitpid(helper, 0)


def dying():
    """Left behind, in teardown, not reaped."""
    container = Container('left')
    main = container.start_without_namespace(CHILD)
    child, = children(main)
    expect(container, 'before', main, processes=2, risks=[HAS_NONE])
    kill(main)
    wait_until_ended(main)
    expect(container, 'main is a zombie, a child lives', None, zombies=1,
           state='left-behind', verdict='left-behind')
    os.waitpid(main, 0)
    expect(container, 'left behind', None, state='left-behind',
           verdict='left-behind')
    ok(re.search(r'^left +\w{12} +- +left-behind +1 +0 +left-behind +-$',
                 run(TOOL, 'list').stdout, re.M), 'left behind, as text')
    kill(child)
    wait_for(lambda: not read(f'{container.dir}/cgroup.procs'))

    container = Container('hanging')
    main = container.start(SLEEPS)
    joined = Joiner(main)
    kill(main)
    wait_for(lambda: read(f'/proc/{joined.joined}/stat').rpartition(') ')[2][:1]
             == 'Z')
    expect(container, 'a teardown', main, state='teardown',
           verdict='teardown-outside-parent')
    joined.end()
    wait_until_ended(main)
    expect(container, 'the init is not reaped', main, state='gone', processes=0,
           zombies=1, verdict='init-not-reaped')
    os.waitpid(main, 0)
    equal([row for row in listed()
           if row.get('container') == container.container], [],
          'what is gone is not listed')


def created():
    """runc create: the init lives, but has not executed its program yet."""
    container = Container('created')
    main = namespace(sleeper, container.enter)
    wait_until_asleep(main)
    equal(run(TOOL, 'stops', '--container', container.container).stdout, '',
          'created: nothing has ended')
    expect(container, 'created: the init is main', main, risks=[DROPS])
    end(main)


def pods_and_namespaces():
    """A pod and its sandbox, a namespace in no container; filters."""
    pod = {'io.kubernetes.pod.name': 'web-0', 'io.kubernetes.pod.namespace': 'shop'}
    sandbox = Container('k8s_POD', labels={
        **pod, 'io.kubernetes.docker.type': 'podsandbox'})
    server = Container('k8s_server', labels={
        **pod, 'io.kubernetes.docker.type': 'container',
        'io.kubernetes.container.name': 'server'})
    plain = Container('zz')
    unnamed = Container()
    ids = [one.container for one in (unnamed, server, plain)]
    mains = [one.start(HANDLES) for one in (sandbox, server, plain, unnamed)]
    bare = run_until_ready(HANDLES, namespace)

    def rows(*options):
        return [row.get('container') for row in listed(*options)]

    equal(rows(), ids, 'in order of their labels')
    equal(rows('--all'), [unnamed.container, sandbox.container, server.container,
                          plain.container, None], '--all')
    row = listed('-a')[-1]
    equal((row['pidns'], row['main']['pid'], row['processes'], row['risks']),
          (pidns_of(bare), bare, 1, []), 'a namespace in no container')
    expect(server, 'a container of a pod', mains[1], container_name='server',
           pod='web-0', pod_namespace='shop')
    equal([rows('--pod', 'shop/web-0'), rows('-a', '--pod', 'web-*'),
           rows('--container', 'z*'), rows('--container', ids[0][:20]),
           rows('--container', 'nobody'),
           rows('-a', '--pidns', str(pidns_of(bare)))],
          [[server.container], [sandbox.container, server.container],
           [plain.container], [unnamed.container], [], [None]],
          'filters')
    text = run(TOOL, 'list', '-a').stdout.splitlines()
    equal([line.split()[:2] for line in text],
          [['NAME', 'ID'], ['-', unnamed.container[:12]],
           ['shop/web-0', sandbox.container[:12]],
           ['shop/web-0/server', server.container[:12]],
           ['zz', plain.container[:12]], [f'pidns:{pidns_of(bare)}', '-']],
          'as text')
    equal(run(TOOL, 'list', '--container', 'nobody').stdout, '', 'nothing at all')
    end(*mains, bare)


def unrecorded():
    """Where the ledger has no room, main is found in /proc."""
    filling = []
    for _ in range(16):
        filling.append(Container().start_without_namespace(SLEEPS))
    container = Container('unrecorded')
    main = container.start(CHILD)
    host = Container('unrecorded-host')
    first = host.start_without_namespace(CHILD)
    second = host.start_without_namespace(SLEEPS)
    equal(sum(life['main']['pid'] in (main, first) for life in ledger()), 0,
          'they are not in the ledger')
    expect(container, 'its init', main, processes=2, risks=[DROPS])
    expect(host, 'the oldest whose parent is outside', first, processes=3,
           risks=[HAS_NONE])
    kill(*children(first))
    end(main, first, second, *filling)


def hierarchy_v1():
    """On v1, /proc shows what is exiting in the root of the hierarchy."""
    with v1('pids') as mount:
        if not mount:
            ok(True, 'v1 # SKIP this kernel cannot mount it')
            return
        container = Container('v1', '/docker/{}', mount)
        main = container.start(HANDLES + 2 * ZOMBIE)
        expect(container, 'v1: zombies', main, zombies=2, risks=[REAPS_NOT],
               verdict='init-does-not-reap')
        joined = Joiner(main)
        kill(main)
        wait_for(lambda: stat(joined.joined)['state'] == 'Z')
        expect(container, 'v1: a teardown', main, state='teardown',
               verdict='teardown-outside-parent')
        joined.end()
        os.waitpid(main, 0)


try:
    with module():
        signals()
        counts()
        sharing()
        dying()
        created()
        pods_and_namespaces()
        hierarchy_v1()
    with module('containers=16'):
        unrecorded()
finally:
    shutil.rmtree('/var/lib/docker', ignore_errors=True)
done()

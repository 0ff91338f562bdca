# SPDX-License-Identifier: GPL-2.0
# clock: virtual
"""Each event names its cgroup and container, which are known when both are gone."""
from lib import *


ID = '0123456789abcdef' * 4
OTHER = 'fedcba9876543210' * 4
CLIENT, _ = load_ynl()


def table():
    """Returns the cgroups of debugfs by hierarchy and id."""
    found = {}
    with open(f'{DEBUGFS}/cgroups') as file:
        for line in file:
            word, *pairs = line.rstrip('\n').split(' ')
            assert word == 'cgroup', line
            one = parse_pairs(pairs)
            one['path'] = unescape(str(one['path'])).decode()
            key = one['hierarchy'], one['cgroup']
            assert key not in found, f'{key} twice'
            found[key] = one
    return found


def of(event):
    return [event.get(key) for key in ('cgroup', 'hierarchy', 'container')]


def expect(cgroup, container, name, hierarchy='v2'):
    """
    An orphan in the cgroup tells both; container is a Cgroup or None. Nobody
    reads before the cgroup is gone.
    """
    since = next_seq()
    cgroup.run(lambda: orphan(b'inside'))
    cgroup.remove()
    wanted = [cgroup.id, hierarchy, container and container.id]
    # On v1 a worker reads the path.
    wait_for(lambda: table()[hierarchy, cgroup.id]['path'])
    found = [event for event in lifecycle_events(since)
             if event['child']['comm'] == b'inside']
    equal([of(event) for event in found], [wanted],
          f'{name}: cgroup, hierarchy and container of an event')
    one = table()[hierarchy, cgroup.id]
    equal((one['path'], one.get('container')),
          (cgroup.path[-255:], container and container.id),
          f'{name}: path and container of the cgroup')
    if container:
        equal(table()[hierarchy, container.id]['path'], container.path[-255:],
              f'{name}: path of the container')


def matching():
    """The outermost cgroup with an engine's name is the container."""
    for path in ('/system.slice/docker-{}.scope', '/docker/{}',
                 '/kubepods.slice/kubepods-pod1.slice/cri-containerd-{}.scope',
                 '/kubepods/besteffort/pod1/{}', '/machine.slice/libpod-{}.scope',
                 '/user.slice/u.service/libpod-payload-{}', '/crio-{}.scope',
                 '/lxc.payload.{}', '/machine.slice/machine-{}.scope',
                 '/machine.slice/systemd-nspawn@{}.service',
                 '/system.slice/k.slice:cri-containerd:{}'):
        cgroup = Cgroup(path.format(ID))
        expect(cgroup, cgroup, path)
    for path in ('/system.slice/docker-conmon-{}.scope', '/docker-{}0.scope',
                 '/machine.slice/libpod-conmon-{}.scope', '/lxc.monitor.{}',
                 '/lxc.payload.', '/libpod_parent/{}/conmon',
                 '/user.slice/machine-{}.scope',
                 '/machine.slice/machine-qemu\\x2d1\\x2d{}.scope',
                 '/machine.slice/systemd-nspawn@{}.service/supervisor'):
        expect(Cgroup(path.format(ID)), None, path)

    inner = Cgroup(f'/libpod_parent/{OTHER}/libpod-{ID}')
    expect(inner, inner, 'in a pod of podman')

    outer = Cgroup(f'/system.slice/docker-{ID}.scope')
    for path in ('/init.scope', f'/docker/{OTHER}', f'/lxc.payload.{OTHER}'):
        expect(Cgroup(outer.path + path), outer, f'in a container: {path[:20]}')
    os.rmdir(f'{outer.dir}/docker')
    outer.remove()


def paths():
    """A long path keeps its tail, and the depth does not matter."""
    long = f'/{"a" * 200}/{"b" * 200}'
    expect(Cgroup(long), None, 'a path of 402 bytes')
    os.rmdir(f'{V2}/{"a" * 200}')

    expect(Cgroup('/docker-\t \\x.scope'), None, 'a name with odd bytes')

    outer = Cgroup(f'/lxc.payload.{"n" * 200}')
    for depth in 31, 32, 33, 100:
        deep = outer.path + ''.join(f'/{n}' for n in range(1, depth))
        expect(Cgroup(deep), outer, f'a depth of {depth}')
        for level in range(depth - 1, 1, -1):
            os.rmdir(V2 + deep.rsplit('/', depth - level)[0])
    outer.remove()

    expect_root()


def expect_root():
    since = next_seq()
    orphan(b'root')
    event, = [event for event in lifecycle_events(since)
              if event['child']['comm'] == b'root']
    equal(of(event), [os.stat(V2).st_ino, 'v2', None], 'the root cgroup')
    equal(table()['v2', event['cgroup']]['path'], '/', 'its path')


def every_type():
    """All types of events, with a container that is gone."""
    cgroup = Cgroup(f'/docker/{ID}')
    since = next_seq()

    def init():
        spawn(sleeper)
        orphan(b'inside')

    pid = namespace(init, before=cgroup.enter)
    os.waitpid(pid, 0)
    cgroup.remove()
    equal({(event['event'], *of(event)) for event in lifecycle_events(since)
           if event['pidns'] != pidns_of(os.getpid())},
          {(word, cgroup.id, 'v2', cgroup.id) for word in
           ('reparent', 'teardown-begin', 'teardown-kill', 'teardown-end')},
          'each lifecycle event has its container')

    cgroup = Cgroup(f'/docker/{ID}')
    pid = namespace(sleeper, before=cgroup.enter)
    wait_until_asleep(pid)
    since = next_seq()
    os.kill(pid, signal.SIGUSR1)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    cgroup.remove()
    equal([of(event) for event in events(since, 'signal', f'target.pid={pid}')],
          [[cgroup.id, 'v2', cgroup.id]] * 2, 'a signal has that of its target')


def in_teardowns():
    """A running teardown has the container, on each way out."""
    cgroup = Cgroup(f'/docker/{ID}')

    pid = namespace(sleeper, before=cgroup.enter)
    wait_until_asleep(pid)
    pidns = pidns_of(pid)
    joiner = Joiner(pid, reaps=False)
    kill(pid)
    found = wait_for(lambda: teardowns().get(pidns))
    equal(of(found), [cgroup.id, 'v2', cgroup.id], 'in debugfs')
    dumped, = [one for one in CLIENT().dump('teardown-get', {})
               if one['pidns'] == pidns]
    equal(of(dumped), [cgroup.id, 'v2', cgroup.id], 'by netlink')
    joiner.end()
    os.waitpid(pid, 0)
    cgroup.remove()


def by_tool(mount, hierarchy):
    """Who reads when all is gone gets the container, and finds it by its id."""
    cgroup = Cgroup(f'/system.slice/docker-{OTHER[:60]}{len(hierarchy):04x}.scope',
                    mount)
    name = cgroup.path[-70:-6]
    # Main is the first one in it, as long as none executes a program.
    pid = namespace(lambda: (cgroup.enter(), sleeper()))
    wait_until_asleep(pid)
    pidns, since = pidns_of(pid), next_seq()
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    cgroup.remove()
    logged = [json.loads(line) for line in
              run(TOOL, 'log', '--container', name[:62], '-j',
                  '--since', str(since)).stdout.splitlines()]
    equal([(event['event'], event['hierarchy'], event['container'])
           for event in logged],
          [(word, hierarchy, name) for word in
           ('signal', 'teardown-begin', 'teardown-end')],
          f'{hierarchy}: log --container')
    found = run(TOOL, 'explain', '-j', name)
    ok(found.returncode == 0, f'{hierarchy}: explain', found.stderr)
    explained = json.loads(found.stdout)
    equal([explained.get(key) for key in ('pidns', 'container', 'verdict')],
          [pidns, name, 'gone'], f'{hierarchy}: by the id of the container')


def by_netlink():
    """cgroup-get, one and all."""
    ynl = CLIENT()
    dumped = {(one['hierarchy'], one['id']):
              {'cgroup': one['id'], **one, 'path': one['path'].decode()}
              for one in ynl.dump('cgroup-get', {})}
    for one in dumped.values():
        del one['id']
    equal(dumped, table(), 'the dump agrees with debugfs')
    key = max(dumped, key=lambda key: len(dumped[key]['path']))
    one = ynl.do('cgroup-get', {'id': key[1], 'hierarchy': key[0]})
    equal(one['path'].decode(), dumped[key]['path'], 'one of them')
    root = ynl.do('cgroup-get', {'id': os.stat(V2).st_ino})
    equal(root['path'], b'/', 'the hierarchy is v2 where none is named')
    for request, error in (({'id': 2**40}, 'No such file'),
                           ({'hierarchy': 'v2'}, 'Invalid argument')):
        try:
            got = ynl.do('cgroup-get', request)
        except Exception as raised:
            got = str(raised)
        ok(error in str(got), f'{request} is refused', got)
    for what in ('--do', '--dump'):
        refused = run(*UNPRIVILEGED, *YNL_CLI, '--no-schema', what, 'cgroup-get',
                      *(['--json', '{"id": 1}'] if what == '--do' else []))
        ok('Operation not permitted' in refused.stderr + refused.stdout,
           f'{what} needs CAP_SYS_ADMIN', refused.stderr[-300:])


def pushed_out():
    """Cgroups of one container, more than are kept, push no other container out."""
    quiet = Cgroup(f'/docker/{OTHER}')
    quiet.run(lambda: orphan(b'quiet'))
    quiet.remove()
    noisy = Cgroup(f'/docker/{ID}')

    def storm():
        for n in range(5000):
            path = f'{noisy.dir}/{n}'
            os.mkdir(path)
            write(f'{path}/cgroup.procs', 0)
            # The container of the sender is looked up.
            os.kill(os.getppid(), signal.SIGCONT)
            write(f'{noisy.dir}/cgroup.procs', 0)
            os.rmdir(path)

    noisy.run(storm)
    noisy.remove()
    found = table()
    equal(found['v2', quiet.id]['path'], quiet.path, 'the other is still known')
    nested = [one for one in found.values() if one.get('container') == noisy.id]
    ok(len(nested) > 3900, 'about as many cgroups are kept as fit', len(nested))


def hierarchy_v1(controller, hybrid):
    """Engines use v1: a container is known by the v1 hierarchy alone."""
    with v1(controller) as mount:
        if not mount:
            ok(True, f'v1 {controller} # SKIP this kernel cannot mount it')
            return
        cgroup = Cgroup(f'/docker/{ID}', mount)
        expect(cgroup, cgroup, f'v1 {controller}', controller)
        outer = Cgroup(f'/docker/{ID}', mount)
        expect(Cgroup(f'{outer.path}/system.slice/docker-{OTHER}.scope', mount),
               outer, f'v1 {controller}, nested', controller)
        deep = outer.path + ''.join(f'/{n}' for n in range(1, 60))
        expect(Cgroup(deep, mount), outer, f'v1 {controller}, deep', controller)
        by_tool(mount, controller)
        if hybrid:
            prefers_v2(outer)
        expect_root()


def prefers_v2(outer):
    """Systemd's scope is in v2 as well."""
    both = Cgroup(f'/system.slice/docker-{OTHER}.scope')
    since = next_seq()

    def body():
        both.enter()
        orphan(b'both')

    outer.run(body)
    event, = [event for event in lifecycle_events(since)
              if event['child']['comm'] == b'both']
    equal(of(event), [both.id, 'v2', both.id], 'v2 is preferred')
    both.remove()


with module('signals=all'):
    matching()
    paths()
    every_type()
    in_teardowns()
    by_tool(V2, 'v2')
    by_netlink()
    hierarchy_v1('memory', False)
    hierarchy_v1('pids', True)
if KERNEL == '6.1':
    with module('signals=contained'):
        pushed_out()
done()

# SPDX-License-Identifier: GPL-2.0
# clock: virtual
"""
From a container with the pid namespace and the root of the host, as that of kubectl
debug node, everything is said as on the host.
"""
from lib import *
from stuck.program import HANDLES, SLEEPS, Container, end

HOST = '/run/host'


def in_pod(*words, by=()):
    """Runs the tool as chroot /host does, in a cgroup namespace and mounts of its own."""
    pod = ContainerCgroup('/kubepods.slice/cri-containerd-{}.scope')

    def body():
        pod.enter()
        os.execvp('unshare', (
            'unshare', '--mount', '--cgroup', '--uts', '--ipc', 'sh', '-c',
            f'mount --rbind / {HOST} && exec chroot {HOST} "$@" >/tmp/said 2>&1', 'sh',
            *by, TOOL, *words))

    os.waitpid(spawn(body), 0)
    pod.remove()
    return read('/tmp/said')


def objects(text, without=()):
    """The JSON objects, but for what differs each time and the pod itself."""
    found = [json.loads(line) for line in text.splitlines()]
    return [(one['container'], one['verdict'], one.get('container_name'),
             one.get('remedy'), one['main']['pid']) for one in found
            if one['container'] in without]


def compared(what):
    web, paused = Container(f'web-{what}'), Container(f'paused-{what}')
    mains = [web.start(HANDLES), paused.start(SLEEPS)]
    write(f'{paused.dir}/cgroup.freeze', 1)
    wait_for(lambda: 'frozen 1' in read(f'{paused.dir}/cgroup.events'))
    ids = web.container, paused.container
    for words in ('list', '-j'), ('explain', '-j', web.container), \
            ('explain', '-j', paused.container):
        here = run(TOOL, *words).stdout
        there = '\n'.join(line for line in in_pod(*words).splitlines()
                          if line.startswith('{'))
        equal(objects(there, ids), objects(here, ids), f'{what}: {" ".join(words[:2])}')
        ok(objects(here, ids), f'{what}: something is said', here)
    found = json.loads(run(TOOL, 'explain', '-j', paused.container).stdout)
    remedy = in_pod('explain', '-j', paused.container).splitlines()[-1]
    equal((json.loads(remedy).get('remedy'), found['verdict']),
          (found['remedy'], 'init-stopped'), f'{what}: the command that thaws it')
    write(f'{paused.dir}/cgroup.freeze', 0)
    end(*mains)


os.makedirs(HOST, exist_ok=True)
with module():
    compared('with the module')
compared('without the module')
said = in_pod('list', by=UNPRIVILEGED)
ok(said.count('\n') == 1 and 'cgroup namespace' in said,
   'without the right to join that of the host, one line', said)
done()

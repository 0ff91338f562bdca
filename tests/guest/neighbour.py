# SPDX-License-Identifier: GPL-2.0
# one a day:
# slow:
# kernels: 6.1
# clock: virtual
"""Whatever happens in one container, all is known of 1,001 others that are gone."""
from lib import *

OTHERS, ORPHANED, SIGNALS, CGROUPS, NAMESPACES = 1000, 10000, 10**6, 5000, 500
SIGSTORM = '/nsorphan/guest/sigstorm'


def stops(*options):
    printed = run(TOOL, 'stops', '-j', *options)
    assert printed.returncode == 0, printed.stderr
    return {stop['container']: stop
            for stop in map(json.loads, printed.stdout.splitlines())}


def ended(program):
    """A container whose main is this program, and has ended; its id."""
    cgroup = ContainerCgroup()

    def main():
        cgroup.enter()
        os.execv(program[0], program)

    os.waitpid(spawn(main), 0)
    cgroup.remove()
    return cgroup.container


def killed():
    cgroup = ContainerCgroup()
    pid = namespace(lambda: os.execvp('sleep', ('sleep', '1000')),
                    before=cgroup.enter)
    wait_until_asleep(pid)
    os.kill(pid, signal.SIGTERM)
    kill(pid)
    os.waitpid(pid, 0)
    cgroup.remove()
    return cgroup.container


def nested(cgroup):
    """Containers inside of a container, each with a process that is signalled."""
    for _ in range(CGROUPS):
        path = f'{cgroup.dir}/docker-{new_container_id()}.scope'
        os.mkdir(path)
        child = spawn(sleeper)
        write(f'{path}/cgroup.procs', child)
        os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)
        os.rmdir(path)


def namespaces():
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    for _ in range(NAMESPACES):
        init = namespace(sleeper)
        os.kill(init, signal.SIGTERM)
        kill(init)
        os.waitpid(init, 0)


def noise(cgroup):
    for _ in range(ORPHANED // 100):
        orphans(100)
    subprocess.run((SIGSTORM, str(SIGNALS)), check=True, stdout=subprocess.DEVNULL)
    nested(cgroup)
    namespaces()
    # It is main of its container once it has executed a program there.
    os.execvp('true', ('true',))


with module('records=8192'):
    victim = killed()
    others = [ended(('/bin/true',)) for _ in range(OTHERS)]
    before = stops()
    equal(len(before), OTHERS + 1, f'{OTHERS + 1} containers are gone')
    told = before[victim]
    equal((told['outcome'], told['signal'], told['result'],
           told['killer']['pid'], told['sender']['pid']),
          ('killed', 15, 'ignored', os.getpid(), os.getpid()),
          'one of them was killed')
    text = run(TOOL, 'stops', '--container', victim).stdout

    noisy = ContainerCgroup()
    since = next_seq()
    noisy.run(lambda: noise(noisy))
    noisy.remove()
    ok(next_seq() - since > ORPHANED + SIGNALS + 3 * NAMESPACES + CGROUPS,
       'there was noise in another container', next_seq() - since)
    ok(events()[0]['seq'] > since, 'so that no event is left from before')

    after = stops()
    equal(after.pop(noisy.container)['outcome'], 'exited', 'the noisy one has ended, too')
    equal(after, before, 'the same is known of the others')
    equal(run(TOOL, 'stops', '--container', victim).stdout, text, 'in text, too')
    equal(len(ledger()), OTHERS + 2, 'none of the nested ones takes a place')
    equal(status()['missed'], 0, 'nothing was missed')
done()

# SPDX-License-Identifier: GPL-2.0
# clock: virtual
"""stops: which containers ended, how, by whom, and what they were asked."""
import datetime

from lib import *


def main_of(cgroup, *program):
    """Main without a pid namespace of its own; once it has run, or sleeps."""
    def body():
        cgroup.enter()
        os.execvp(program[0], program)
    return spawn(body)


def sleeping(cgroup):
    pid = main_of(cgroup, 'sleep', '100000')
    wait_until_asleep(pid)
    return pid


def init_of(cgroup):
    """Main that is the init of its pid namespace, and handles no signal."""
    pid = namespace(lambda: os.execvp('sleep', ('sleep', '100000')),
                    before=cgroup.enter)
    wait_until_asleep(pid)
    return pid


def handles(pid, number):
    caught = re.search('SigCgt:\t(.*)', read(f'/proc/{pid}/status'))[1]
    return int(caught, 16) >> number - 1 & 1


def end(cgroup, pid):
    os.waitpid(pid, 0)
    cgroup.remove()


def stops(*options):
    printed = run(TOOL, 'stops', '-j', *options)
    assert printed.returncode == 0, printed.stderr
    return [json.loads(line) for line in printed.stdout.splitlines()]


def stop_of(cgroup):
    found = [stop for stop in stops() if stop['container'] == cgroup.container]
    return found[0] if len(found) == 1 else found


def text_of(cgroup):
    printed = run(TOOL, 'stops', '--container', cgroup.container).stdout
    return printed.splitlines()[-1] if printed else ''


def members(stop, *keys):
    return tuple(stop.get(key) for key in keys)


def calendar(text):
    return datetime.datetime.fromisoformat(text[:26] + '+00:00').timestamp()


OUTCOME = ('outcome', 'signal', 'result', 'exit_code', 'exit_signal')


def by_itself():
    cgroup = ContainerCgroup()
    end(cgroup, main_of(cgroup, 'sh', '-c', 'exit 3'))
    stop = stop_of(cgroup)
    equal(members(stop, *OUTCOME), ('exited', None, None, 3, None),
          'exited: by itself')
    equal(members(stop, 'seconds', 'asked_time', 'killer', 'killed'),
          (None, None, None, 0), 'unasked')
    ok('exited, exit 3' in text_of(cgroup), 'in text', text_of(cgroup))

    cgroup = ContainerCgroup()
    end(cgroup, main_of(cgroup, 'sh', '-c', 'kill -SEGV $$'))
    equal(members(stop_of(cgroup), *OUTCOME), ('crashed', None, None, None, 11),
          'crashed: by a signal, unasked')
    ok('crashed, SIGSEGV' in text_of(cgroup), 'in text', text_of(cgroup))


def by_the_stop_signal():
    cgroup = ContainerCgroup()
    pid = sleeping(cgroup)
    os.kill(pid, signal.SIGTERM)
    end(cgroup, pid)
    stop = stop_of(cgroup)
    equal(members(stop, *OUTCOME), ('stopped', 15, 'delivered', None, 15),
          'stopped: it died of SIGTERM')
    equal(as_identity({**stop['sender'], 'comm': stop['sender']['comm'].encode()}),
          identity(os.getpid()), 'by whom')

    # It handles it, takes its time, and ends well.
    cgroup = ContainerCgroup()
    pid = main_of(cgroup, 'sh', '-c', 'trap "sleep 130; kill \\$!; exit 0" TERM; '
                  'sleep 100000 & wait')
    wait_for(lambda: handles(pid, signal.SIGTERM))
    os.kill(pid, signal.SIGTERM)
    equal(members(stop_of(cgroup), *OUTCOME),
          ('pending', 15, 'delivered', None, None), 'pending: it goes on')
    end(cgroup, pid)
    stop = stop_of(cgroup)
    equal(members(stop, *OUTCOME), ('stopped', 15, 'delivered', 0, None),
          'stopped: it ended minutes after SIGTERM')
    ok(130 < stop['seconds'] < 200, 'it took so long', stop['seconds'])
    ok(abs(calendar(stop['ended_time']) - calendar(stop['asked_time'])
           - stop['seconds']) < 0.01, 'and between these times', stop)
    ok(re.search(r'stopped, exit 0 +SIGTERM +2 min \d+ s +', text_of(cgroup)),
       'in text', text_of(cgroup))


def by_sigkill():
    cgroup = ContainerCgroup()
    pid = init_of(cgroup)
    os.kill(pid, signal.SIGTERM)
    equal(members(stop_of(cgroup), *OUTCOME, 'ended_time'),
          ('pending', 15, 'ignored', None, None, None), 'pending: dropped')
    time.sleep(10)
    joined = Joiner(pid)
    kill(pid)
    wait_for(lambda: of_namespace(pidns_of(joined.joined)))
    stop = stop_of(cgroup)
    equal(members(stop, 'outcome', 'exit_signal', 'ended_time'),
          ('pending', 9, None), 'pending: its teardown goes on')
    ok('pending, in teardown' in text_of(cgroup), 'in text', text_of(cgroup))
    joined.end()
    end(cgroup, pid)
    stop = stop_of(cgroup)
    equal(members(stop, *OUTCOME, 'killed'),
          ('killed', 15, 'ignored', None, 9, 1), 'killed: after a SIGTERM')
    equal(stop['killer']['pid'], os.getpid(), 'by whom')
    ok(10 < stop['seconds'] < 60, 'how long after', stop['seconds'])

    cgroup = ContainerCgroup()
    pid = sleeping(cgroup)
    os.kill(pid, signal.SIGURG)
    os.kill(pid, signal.SIGCONT)
    equal(stop_of(cgroup), [], 'nobody asked it to end')
    kill(pid)
    end(cgroup, pid)
    equal(members(stop_of(cgroup), *OUTCOME),
          ('killed', 9, 'delivered', None, 9), 'killed: unasked before')


def own_stop_signal():
    """An engine's own stop signal asks, too; the name stays when it is gone."""
    cgroup = ContainerCgroup()
    folder = f'/var/lib/docker/containers/{cgroup.container}'
    os.makedirs(folder)
    write(f'{folder}/config.v2.json', json.dumps(
        {'ID': cgroup.container, 'Name': '/web\x1b[31m',
         'Config': {'StopSignal': 'SIGUSR1'}}))
    pid = sleeping(cgroup)
    os.kill(pid, signal.SIGUSR1)
    end(cgroup, pid)
    equal(members(stop_of(cgroup), *OUTCOME, 'container_name'),
          ('stopped', 10, 'delivered', None, 10, 'web\x1b[31m'),
          'its own stop signal')
    ok(r'web\x1b[31m' in text_of(cgroup), 'its name, escaped', text_of(cgroup))
    equal(len(stops('--container', 'web*')), 1, 'found by its name')


def on_whose_behalf():
    """Who sent it is told by the sender's parent and unit."""
    service = Cgroup('/system.slice/docker.service')
    session = Cgroup('/user.slice/user-1000.slice/session-3.scope')

    def sent_by(place, uid, *comms):
        cgroup = ContainerCgroup()
        pid = sleeping(cgroup)

        def act(first, *rest):
            set_name(first)
            if rest:
                return os.waitpid(spawn(lambda: act(*rest)), 0)
            os.setuid(uid)
            os.kill(pid, signal.SIGTERM)

        def enter():
            place.enter()
            act(*comms)

        # The kernel asks the sender's uid.
        if uid:
            kill(pid)
            end(cgroup, pid)
            cgroup = ContainerCgroup()
            pid = main_of(cgroup, 'setpriv', f'--reuid={uid}', '--clear-groups',
                          'sleep', '100000')
            wait_until_asleep(pid)
        os.waitpid(spawn(enter), 0)
        end(cgroup, pid)
        return text_of(cgroup)

    text = sent_by(service, 0, b'containerd-shim', b'runc')
    ok(re.search(r' runc \d+ \(containerd-shim, docker.service\)$', text),
       'an engine', text)
    text = sent_by(session, 1000, b'bash', b'kill')
    ok(re.search(r' kill \d+ \(session-3.scope, uid 1000\)$', text),
       'a user', text)


def filters():
    first, second = ContainerCgroup(), ContainerCgroup()
    pids = [sleeping(one) for one in (first, second)]
    for one, pid in zip((first, second), pids):
        kill(pid)
        end(one, pid)
    got = [stop['container'] for stop in stops()]
    equal(got[-2:], [first.container, second.container], 'in the order of their end')
    equal([stop['container'] for stop in
           stops('--container', first.container)], [first.container], '--container')
    equal(stops('--pod', 'none'), [], '--pod')
    equal(stops('--pidns', '1'), [], '--pidns')
    lines = run(TOOL, 'stops').stdout.splitlines()
    equal((lines[0].split(), len(lines)),
          (['TIME', 'CONTAINER', 'OUTCOME', 'ASKED', 'TOOK', 'BY'],
           len(got) + 1), 'text has a line for each, below headings')


def following():
    """--follow prints what there is, and then each change of a container."""
    cgroup = ContainerCgroup()
    with open('/tmp/stops', 'w+b') as output, \
            subprocess.Popen((TOOL, 'stops', '--follow', '-j', '--container',
                              cgroup.container), stdout=output) as process:
        def printed(count):
            wait_for(lambda: content(output).count(b'\n') == count)
            return json.loads(content(output).splitlines()[-1])

        pid = init_of(cgroup)
        os.kill(pid, signal.SIGTERM)
        equal(printed(1)['outcome'], 'pending', '--follow: it is asked')
        kill(pid)
        end(cgroup, pid)
        equal(printed(2)['outcome'], 'killed', '--follow: it ends')
        process.send_signal(signal.SIGINT)
        equal(process.wait(HANG), 0, 'and SIGINT ends it')
    equal(content(open('/tmp/stops', 'rb')).count(b'\n'), 2, 'nothing twice')


equal(run(TOOL, 'stops').returncode, 1, 'without the module it fails')
with module():
    by_itself()
    by_the_stop_signal()
    by_sigkill()
    own_stop_signal()
    on_whose_behalf()
    filters()
    following()
done()

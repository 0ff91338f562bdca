# SPDX-License-Identifier: GPL-2.0
# clock: virtual
# kernels: 6.1
"""tree shows /proc's parents, the pids in each namespace, and lost parents."""
import os
import time

from lib import *


def tree(*arguments):
    """Returns tree's objects by pid."""
    done = run(TOOL, 'tree', '-j', *map(str, arguments))
    assert done.returncode == 0 and done.stderr == '', (done.stdout, done.stderr)
    nodes = [json.loads(line) for line in done.stdout.splitlines()]
    found = {node['process']['pid']: node for node in nodes}
    assert len(found) == len(nodes), 'tree lists a process twice'
    return found


def text(*arguments, locale='C.UTF-8'):
    done = run(TOOL, 'tree', *map(str, arguments),
               env={'LC_ALL': locale, 'TZ': 'UTC'})
    assert done.returncode == 0 and done.stderr == '', (done.stdout, done.stderr)
    return done.stdout


def line_of(pid, table):
    return next((line for line in table.splitlines()
                 if line.split()[0] == str(pid)), '')


def refused(target, wanted, name):
    shown = run(TOOL, 'tree', str(target))
    ok((shown.returncode, shown.stdout, shown.stderr.count('\n')) == (1, '', 1)
       and re.search(wanted, shown.stderr), name, shown.returncode, shown.stdout,
       shown.stderr)


def all_of_it():
    pids = {int(pid) for pid in os.listdir('/proc') if pid.isdigit()}
    found = tree()
    userland = {pid for pid in pids & set(found)}
    equal({pid: found[pid].get('parent', {}).get('pid', 0)
           for pid in userland}, {pid: stat(pid)['ppid'] for pid in userland},
          'every process has the parent that /proc shows')
    ok(1 in found and os.getpid() in found and 2 not in found,
       'every process is there, no kernel thread')
    equal(list(found[os.getpid()]),
          ['process', 'ns_pids', 'parent', 'zombie', 'subreaper',
           'outside_parent'], 'the members, in order')
    me = found[os.getpid()]
    equal(as_identity(me['process']) | {'comm': None},
          identity(os.getpid()) | {'comm': None}, 'process has its usual members')


def orphaned():
    """A subreaper is marked; its orphan has the lost parent."""
    channel = Channel()

    def parent():
        channel.send(spawn(sleeper))
        set_name(b'lost one')

    def subreaper():
        prctl(PR_SET_CHILD_SUBREAPER, 1)
        mine = spawn(parent)
        os.waitpid(mine, 0)
        channel.send(mine)
        sleeper()

    top = spawn(subreaper)
    child, lost = channel.receive(), channel.receive()
    event, = reparents(child)
    found = tree(top)
    equal(set(found), {top, child}, 'PID selects a process and its descendants')
    equal((found[top]['subreaper'], found[child]['subreaper']), (True, False),
          'a subreaper is marked')
    equal('lost' in found[top], False, 'a process that lost no parent has no lost')
    got = found[child]['lost']
    equal((got['parent']['pid'], got['parent']['comm'], got['seq'],
           got['boot_ns']),
          (lost, 'lost one', event['seq'], event['boot_ns']),
          'an orphan has its lost parent, and the time')
    table = text(top)
    when = got['time'][11:19]
    ok(line_of(child, table).endswith(f'lost lost one {lost} {when}')
       and '└─' in line_of(child, table), 'in text, too', table)
    ok(line_of(top, table).endswith('subreaper'), 'and the subreaper', table)
    ok(text(top, locale='C').isascii() and '`-' in text(top, locale='C'),
       'only ASCII in the locale C')
    ok(all(line == line.rstrip() for line in table.splitlines()),
       'no line ends with blanks')
    kill(child, top)
    os.waitpid(top, 0)


def nested():
    channel = Channel()

    def outer():
        def inner():
            spawn(lambda: 0)
            channel.send('up')
            sleeper()
        unshare_pid()
        spawn(inner)
        sleeper()

    pid = namespace(outer)
    channel.receive()
    inner, = (p for p in descendants(pid) if stat(p)['ppid'] == pid)
    dead, = descendants(inner)
    wait_for_state(dead, 'Z')
    outside = Joiner(pid)
    pidns = pidns_of(pid)
    found = tree(f'pidns:{pidns}')
    equal(set(found), {pid, inner, dead, outside.joined},
          'pidns selects a namespace, its inner ones, and processes that joined')
    equal([found[inner]['ns_pids'], found[dead]['ns_pids']],
          [[inner, 2, 1], [dead, 3, 2]], 'the pid in each namespace')
    equal({p: found[p]['zombie'] for p in found},
          {pid: False, inner: False, dead: True, outside.joined: False},
          'zombies are marked')
    equal({p: found[p]['outside_parent'] for p in (pid, outside.joined)},
          {pid: True, outside.joined: True}, 'outside_parent marks a parent outside')
    table = text(f'pidns:{pidns}')
    ok(' 2/1 ' in line_of(inner, table) and ' 3/2 ' in line_of(dead, table)
       and 'zombie' in line_of(dead, table), 'in text, too', table)
    ok(f'child of python3 {outside.pid}, outside' in
       line_of(outside.joined, table), 'with that parent', table)
    kill(pid)
    outside.end()
    os.waitpid(pid, 0)
    refused(f'pidns:{pidns}', 'is gone: see nsorphan explain',
            'a namespace that is gone')


def containers():
    names = ['cc' + '1' * 62, 'cc' + '2' * 62]
    inits = []
    for name in names:
        path = f'/sys/fs/cgroup/system.slice/docker-{name}.scope'
        os.makedirs(path)
        inits.append(namespace(sleeper))
        with open(f'{path}/cgroup.procs', 'w') as file:
            file.write(str(inits[-1]))
    found = tree('cc1')
    equal([(p, found[p]['container']) for p in found], [(inits[0], names[0])],
          'a container by the beginning of its id')
    ok(names[1][:12] + ' ' in line_of(inits[1], text()),
       'in text its id is short')
    refused('cc', '2 containers', 'a beginning of two')
    kill(*inits)
    for pid in inits:
        os.waitpid(pid, 0)
    for name in names:
        os.rmdir(f'/sys/fs/cgroup/system.slice/docker-{name}.scope')


def hostile():
    name = b'a\n\x1b[31m) (\xff'
    channel = Channel()

    def body():
        set_name(name)
        channel.send('up')
        time.sleep(1000)

    pid = spawn(body)
    channel.receive()
    equal(tree(pid)[pid]['process']['comm'], name.decode('utf-8', 'replace'),
          'JSON has a hostile name in full')
    table = text(pid)
    ok(table.count('\n') == 2 and '\x1b' not in table
       and r'a\x0a\x1b[31m) (\xff' in table, 'text escapes it', table)
    kill(pid)
    os.waitpid(pid, 0)


def bad_input():
    refused(4194303, 'there is no process', 'a pid that never was')
    refused('pidns:1', 'none is recorded', 'a namespace that never was')
    refused('dd', 'no process is in a container', 'a container of none')
    shown = run(*UNPRIVILEGED, TOOL, 'tree')
    ok((shown.returncode, shown.stdout) == (1, '')
       and 'CAP_SYS_ADMIN' in shown.stderr and shown.stderr.count('\n') == 1,
       'one line without CAP_SYS_ADMIN', shown.stderr)


with module():
    all_of_it()
    orphaned()
    nested()
    containers()
    hostile()
    bad_input()
shown = run(TOOL, 'tree', str(os.getpid()))
ok(shown.returncode == 0 and str(os.getpid()) in shown.stdout
   and re.fullmatch(r'.*module is not loaded.*\n', shown.stderr),
   'without the module tree works, and one line says what is missing',
   shown.stdout, shown.stderr)
done()

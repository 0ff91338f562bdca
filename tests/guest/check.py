# SPDX-License-Identifier: GPL-2.0
# clock: virtual
"""check: one line and an exit status, for who is late in ending."""
from lib import *
from stuck.program import (CHILD, HANDLES, SLEEPS, ZOMBIE, Container, end,
                           run_until_ready)

HANDLES_HUP = 'signal.signal(signal.SIGHUP, lambda *_: None)\n'


def checked(*words):
    """Returns exit status and line."""
    done = run(TOOL, 'check', *words)
    ok(done.stdout.count('\n') == 1 and len(done.stdout) <= 81 and
       done.stdout.rstrip('\n').isprintable(),
       f'check {" ".join(words)}: one line of at most 80 characters', done.stdout)
    return done.returncode, done.stdout.rstrip('\n')


def expect(what, wanted, pattern, *words):
    got, line = checked(*words)
    ok(got == wanted and re.search(pattern, line), f'{what}: {wanted}', got, line,
       f'wanted {pattern}')


def fine():
    expect('nothing runs', 0, '^none of 0 is late$')
    web, paused = Container('web'), Container('paused')
    mains = [web.start(HANDLES + HANDLES_HUP), paused.start(HANDLES)]
    zombies = Container('zombies').start(ZOMBIE + ZOMBIE)
    created = Container('created')
    unstarted = namespace(sleeper, created.enter)
    write(f'{paused.dir}/cgroup.freeze', 1)
    for _ in range(3):
        os.kill(mains[0], signal.SIGHUP)
    time.sleep(100)
    expect('a reload, a pause, a created one and zombies', 0, '^none of 4 is late$')
    expect('one that is named', 0, '^it is fine$', 'web')
    expect('by its pid', 0, '^it is fine$', str(mains[0]))
    expect('as a plugin', 0, '^OK - none of 4 is late$', '--nagios')
    write(f'{paused.dir}/cgroup.freeze', 0)
    end(*mains, zombies, unstarted)


def late(what, words, make):
    """make() returns what undoes it. The trouble counts from a minute on."""
    container = Container(f'late-{what}')
    undo = make(container)
    expect(f'{what} just now', 0, 'none of', )
    time.sleep(10)
    name = container.name
    expect(f'{what} for longer than --after', 1, rf'^{name} {words} 1\d\.\d s( ago)?$',
           '--after', '5')
    expect(f'{what}: as a plugin', 2, rf'^CRITICAL - {name} {words} ',
           '--after=5', '--nagios')
    time.sleep(60)
    expect(f'{what} for longer than a minute', 1, rf'^{name} {words} 7\d\.\d s', name)
    undo()
    expect(f'{what}: it is over', 0, 'none of')
    expect(f'{what}: one that is gone', 0, '^it has ended$', container.container)


def asked(container):
    main = container.start(HANDLES)
    os.kill(main, signal.SIGTERM)
    return lambda: end(main)


def in_teardown(container):
    main = container.start(SLEEPS)
    joined = Joiner(main)
    kill(main)
    wait_for(lambda: of_namespace(pidns_of(joined.joined)))

    def undo():
        joined.end()
        os.waitpid(main, 0)
    return undo


def left_behind(container):
    main = container.start_without_namespace(CHILD)
    child, = children(main)
    kill(main)
    os.waitpid(main, 0)

    def undo():
        kill(child)
        wait_until_ended(child)
    return undo


def not_reaped(container):
    main = container.start(SLEEPS)
    kill(main)
    wait_for_state(main, 'Z')
    return lambda: os.waitpid(main, 0)


def several():
    """The oldest is named, whatever people have called it, and the others counted."""
    first = Container('x' * 200)
    control = Container('a\x1b[2Jb\nc')
    mains = []
    for container in first, control:
        mains.append(container.start(HANDLES))
        os.kill(mains[-1], signal.SIGTERM)
        time.sleep(10)
    expect('several, and a long name', 1, r'^2 are late: x+\.\.\. was asked to end '
           r'2\d\.\d s ago$', '--after', '5')
    expect('a name with control characters', 1, r'^a\\x1b\[2Jb\\x0ac was asked to end',
           '--after', '5', control.container)
    bare = run_until_ready(HANDLES, namespace)
    os.kill(bare, signal.SIGTERM)
    end(*mains)
    time.sleep(10)
    expect('a pid namespace in no container', 1, rf'^pidns:{pidns_of(bare)} was asked to end',
           '--after', '5')
    end(bare)


def unknown():
    expect('nobody is called so', 3, '^it is not known$', 'nobody')
    expect('a process of the host', 3, '^it is no container$', str(os.getpid()))
    refused = run(*UNPRIVILEGED, TOOL, 'check')
    equal((refused.returncode, refused.stdout), (3, 'it cannot be told\n'),
          'without the right it is not known')
    for words in (('--after', '0'), ('--after', 'x'), ('--after',), ('-j',)):
        equal(run(TOOL, 'check', *words).returncode, 2, f'{" ".join(words)} is wrong')
    kprobes = '/sys/kernel/debug/kprobes/enabled'
    write(kprobes, 0)
    expect('blind', 1, '^blind: the kernel calls no probe')
    expect('blind, as a plugin', 2, '^CRITICAL - blind: ', '--nagios')
    write(kprobes, 1)
    expect('it sees again', 0, 'none of')


with module():
    fine()
    late('asked', 'was asked to end', asked)
    late('teardown', 'has been in teardown for', in_teardown)
    late('left', 'has been left behind for', left_behind)
    late('zombie', 'has not been reaped for', not_reaped)
    several()
    unknown()
container = Container('web')
main = container.start(HANDLES)
expect('without the module', 3, '^no module; /proc shows 0 of 1 that end, not since when$')
expect('without the module, as a plugin', 3, '^UNKNOWN - no module', '--nagios')
kill(main)
wait_for_state(main, 'Z')
expect('without the module one that is not reaped', 3, '/proc shows 1 of 1 that end')
os.waitpid(main, 0)
done()

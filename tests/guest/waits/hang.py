# SPDX-License-Identifier: GPL-2.0
"""
Containers that make whoever looks at them wait: by their files, by their memory, or
by a look that is the last to let go of a file. Every command must end all the same.
"""
import contextlib
import mmap
import os
import shutil
import signal
import subprocess
import time

from lib import (HELD, TOOL, Channel, children, descendants, kill, libc, ok, read,
                 sleeper, spawn, wait_for)
from stuck.case import named, proven, stack, state, wchan
from stuck.fuse import (MOUNT, NO_OPEN, NO_READ, PROGRAM, silent,
                        waits_for_answer)
from stuck.teardown import hangs_in_fuse
from waits.child import executing
from waits.disk import disk, holds_unlinked
from waits.harness import (TERM, add_worker, answered, ask, container, exiting,
                           going_on, sleeps_in, threads)
from waits.ignores import dropped

# In the guest's time. What reads for a command is given up after two seconds, and
# names are after half a second.
SECONDS = 10


def commands(case):
    """Returns every command that looks at processes or at what is known of them."""
    pid, name = str(case.init), case.container
    return [('explain', pid), ('explain', name), ('explain', '-j', name),
            ('tree',), ('tree', name), ('list',), ('list', '-a'),
            ('signals',), ('teardowns',), ('stops',), ('log',), ('status',)]


def ours():
    """Returns the pids of the tool, of those that it has left behind, too."""
    found = []
    for pid in filter(str.isdigit, os.listdir('/proc')):
        if read(f'/proc/{pid}/comm').startswith('nsorphan'):
            found.append(int(pid))
    return found


def stray():
    """Returns the tool's processes that live: once none runs, those left behind."""
    return [pid for pid in ours() if state(pid) not in 'ZXg']


def ends(case, *words):
    """Runs a command, which has to end; returns whether it has."""
    began = time.monotonic()
    with open('/run/said', 'w+') as output:
        tool = subprocess.Popen((TOOL, *words), stdout=output, stderr=output)
        try:
            tool.wait(SECONDS)
            ended = True
        except subprocess.TimeoutExpired:
            ended = False
        where = [f'{pid}: {state(pid)}, {" < ".join(stack(pid)[:8])}' for pid in stray()]
        output.seek(0)
        said = output.read()
        if not ended:
            tool.kill()
    silent = not said and words[0] == 'explain'
    # 2: a tool for which explain has to have a target.
    statuses = (0, 1, 2) if words == ('explain',) else (0, 1)
    return ok(ended and tool.returncode in statuses and not silent,
              f'{case.name}: {" ".join(words)[:40]} ends', tool.returncode,
              f'{time.monotonic() - began:.1f} s', *where, said)


def all_end(case, leaves_readers=False):
    """
    Checks that each command ends. What it has made is gone then, but for readers that
    are in D state, where something makes them.
    """
    # Without a target explain looks at all containers.
    for words in (*commands(case), ('explain',)):
        ends(case, *words)
        wait_for(lambda: all(state(pid) in 'DZXg' for pid in stray()))
        # Some may be killed and about to end.
        for _ in range(50):
            if leaves_readers or not stray():
                break
            time.sleep(0.02)
        else:
            ok(False, f'{case.name}: {" ".join(words)[:40]} leaves nothing',
               *(f'{pid}: {state(pid)} in {wchan(pid)}' for pid in stray()))


def not_left(case):
    """Checks, once nothing hangs any more, that no reader is left."""
    proven(lambda: not stray(), f'{case.name}: in the end no reader is left')


@contextlib.contextmanager
def silent_container(name, init):
    """A container, and the server of the files that it uses."""
    with silent() as server, container(name, init) as case:
        case.undo.callback(server.end)
        yield case, server


def hanging_opener(case, path):
    """
    Proves that an opening of the path hangs, in D state once it was killed, until
    case.undo ends the server.
    """
    pid = spawn(lambda: os.open(path, os.O_RDONLY))
    wait_for(lambda: waits_for_answer(pid))
    kill(pid)
    proven(lambda: hangs_in_fuse(pid), f'{case.name}: who opens {path} hangs', pid)


def hanging_reader(case, path):
    """Proves that reading the path hangs, until somebody kills the reader."""
    def body():
        with open(path, 'rb') as file:
            file.read()

    pid = spawn(body)
    try:
        proven(lambda: state(pid) == 'D', f'{case.name}: who reads {path} hangs', pid)
    finally:
        kill(pid)
        os.waitpid(pid, 0)


@contextlib.contextmanager
def program():
    """Its /proc/PID/exe hangs whoever opens it."""
    def init(up):
        up()
        os.execv(PROGRAM, ['sleep', '1000'])

    with silent_container('a program on a file system that hangs', init) as (case,
                                                                            server):
        wait_for(lambda: sleeps_in(case.init, 'hrtimer_nanosleep', 'do_nanosleep'))
        server.withhold_program()
        hanging_opener(case, PROGRAM)
        ask(case)
        yield case


@contextlib.contextmanager
def folders():
    """Its working directory, its root and a mapping: all hang."""
    def init(up):
        file = os.open(PROGRAM, os.O_RDONLY)
        kept = mmap.mmap(file, 4096, mmap.MAP_PRIVATE, mmap.PROT_READ)
        assert kept[0] == 0x7f
        up()
        os.chdir(MOUNT)
        os.chroot(MOUNT)
        ready.send('is there')
        while True:
            time.sleep(1000)

    with contextlib.closing(Channel()) as ready, \
            silent_container('folders and mappings that hang', init) as (case,
                                                                         server):
        ready.receive()
        server.withhold_all()
        hanging_opener(case, f'/proc/{case.init}/cwd/no-open')
        ask(case)
        yield case


def holder_of_memory(case, pid):
    """Returns the thread that holds the memory's lock, once it waits for a page."""
    return wait_for(lambda: next(
        (thread for thread in threads(pid) if state(thread) == 'D' and
         sleeps_in(thread, 'invalidate_inode_pages2_range')), None))


@contextlib.contextmanager
def memory():
    """A thread holds the lock of its memory: /proc/PID/cmdline hangs, as maps does."""
    def init(up):
        up()
        os.execv(HELD, ['held', 'mapping', NO_READ])

    with silent_container('a memory whose lock a thread holds', init) as (case,
                                                                         server):
        server.waiter()
        os.kill(case.init, signal.SIGUSR2)
        thread = holder_of_memory(case, case.init)
        proven(lambda: state(thread) == 'D', f'{case.name}: a thread holds it', thread)
        hanging_reader(case, f'/proc/{case.init}/cmdline')
        add_worker(case)
        yield case


@contextlib.contextmanager
def memory_of_child():
    """The same in a child, and main waits for that."""
    def init(up):
        spawn(named(b'child', lambda: os.execv(HELD, ['held', 'mapping', NO_READ])))
        up()
        sleeper()

    with silent_container('a child with a memory whose lock a thread holds',
                          init) as (case, server):
        server.waiter()
        pid = case.member(b'held')
        os.kill(pid, signal.SIGUSR2)
        thread = holder_of_memory(case, pid)
        proven(lambda: state(thread) == 'D', f'{case.name}: a thread holds it', thread)
        hanging_reader(case, f'/proc/{pid}/cmdline')
        ask(case)
        yield case


def stands_in(pid, *functions):
    """Like sleeps_in(), where reading the stack may hang: in a child, which is killed."""
    got = Channel()
    reader = spawn(lambda: got.send(stack(pid)))
    try:
        names = got.receive(5)
    except AssertionError:
        # That it hangs is what the case is about.
        names = functions
    finally:
        kill(reader)
        os.waitpid(reader, 0)
        got.close()
    return any(name.split('.')[0] in functions for name in names)


@contextlib.contextmanager
def executes_and_waits():
    """It executes a program while another process holds the lock of its memory."""
    def init(up):
        spawn(named(b'child', lambda: os.execv(HELD, ['held', 'shared', NO_READ])))
        up()
        sleeper()

    with silent_container('a process in execve that waits for a memory',
                          init) as (case, server):
        server.waiter()
        parent = wait_for(lambda: [pid for pid in children(case.init)
                                   if read(f'/proc/{pid}/comm') == 'held\n' and
                                   children(pid)])[0]
        pid, = children(parent)
        os.kill(parent, signal.SIGUSR2)
        holder_of_memory(case, parent)
        os.kill(pid, signal.SIGUSR1)
        proven(lambda: state(pid) == 'D' and
               stands_in(pid, 'begin_new_exec', 'exec_mmap', 'load_elf_binary'),
               f'{case.name}: it waits in execve')
        ask(case)
        yield case


@contextlib.contextmanager
def executes_in_thread_group():
    """It executes a program and waits for the end of its other threads."""
    def init(up):
        spawn(named(b'child', lambda: os.execv(HELD, ['held', 'exec', NO_READ])))
        up()
        sleeper()

    with silent_container('a process in execve that waits for its threads',
                          init) as (case, server):
        server.waiter()
        pid = case.member(b'held')
        os.kill(pid, signal.SIGUSR2)
        holder_of_memory(case, pid)
        os.kill(pid, signal.SIGUSR1)
        proven(lambda: state(pid) == 'D' and
               stands_in(pid, 'begin_new_exec', 'de_thread', 'load_elf_binary'),
               f'{case.name}: it waits in execve')
        ask(case)
        yield case


@contextlib.contextmanager
def names():
    """What an engine knows of the container hangs whoever reads it."""
    def init(up):
        up()
        sleeper()

    with silent_container("an engine's files that hang", init) as (case, server):
        folder = f'/var/lib/docker/containers/{case.container}'
        path = f'{folder}/config.v2.json'
        os.makedirs(folder)
        case.undo.callback(shutil.rmtree, folder)
        with open(path, 'w') as file:
            file.write('{}')
        assert libc.mount(NO_OPEN.encode(), path.encode(), None, 4096, None) == 0
        case.undo.callback(libc.umount2, path.encode(), 2)
        hanging_opener(case, path)
        ask(case)
        yield case


# Those for which a look may be the last to let go of a file are no certainty: they
# are killed one after another while the commands look.
FILES = 30


@contextlib.contextmanager
def last_references():
    def init(up):
        def hold(number):
            holds_unlinked(str(number))
            sleeper()

        for number in range(FILES):
            spawn(named(b'holder', lambda number=number: hold(number)))
        holds_unlinked('own')
        up()
        sleeper()

    def holders(case):
        return [pid for pid in descendants(case.init)
                if read(f'/proc/{pid}/comm') == 'holder\n']

    with disk() as frozen, container('files that whoever looks closes', init) as case:
        case.undo.callback(frozen.thaw)
        wait_for(lambda: len([pid for pid in holders(case) if any(
            '(deleted)' in os.readlink(f'/proc/{pid}/fd/{fd}')
            for fd in os.listdir(f'/proc/{pid}/fd'))]) == FILES)
        frozen.freeze()
        ask(case)
        yield case, holders(case)


def look_while_they_die(case, holders):
    """Runs each command while some of the holders are killed."""
    dying = iter(holders)
    for words in commands(case):
        pair = [pid for _, pid in zip(range(2), dying)]

        def killer():
            for pid in pair:
                time.sleep(0.02)
                kill(pid)

        background = spawn(killer)
        ends(case, *words)
        os.waitpid(background, 0)
    kill(*dying)
    proven(lambda: all(exiting(pid) and state(pid) in 'DZ' or state(pid) == 'g'
                       for pid in holders),
           f'{case.name}: they are in D state, or who looked is')


CASES = program, folders, names
# Whose files hang an engine's or theirs: what reads them is left behind.
LEAVING = names,
MEMORY_CASES = (memory, memory_of_child, executes_and_waits,
                executes_in_thread_group)


@contextlib.contextmanager
def another():
    """Yields a check that explain is right about another container."""
    with container('another container', executing('sleep', '1000')) as case:
        wait_for(lambda: sleeps_in(case.init, 'hrtimer_nanosleep', 'do_nanosleep'))
        ask(case)
        dropped(case, TERM)

        def still_right(while_there_is):
            case.name = f'another container beside {while_there_is.name}'
            answered(case)

        yield still_right


def catalogue(*makes):
    """Runs every command on each case, and then on another container."""
    with another() as still_right:
        for make in makes:
            with going_on(f'{make.__name__} can be made and undone'):
                with make() as case:
                    all_end(case, make in LEAVING)
                    still_right(case)
                not_left(case)


def dying_files():
    """The same while those end for which whoever looks may hang."""
    with another() as still_right:
        with going_on('last_references can be made and undone'):
            with last_references() as (case, holders):
                look_while_they_die(case, holders)
                still_right(case)
            not_left(case)

# SPDX-License-Identifier: GPL-2.0
# in turn:
# slow:
# clock: virtual
"""No command opens a path of /proc that reaches a process's files or its memory."""
import glob
import os
import re
import signal

from lib import *
from stuck.teardown import outside_parent
from waits.harness import ask, bare_container, container
from waits.hang import commands
from waits.left import started_by_shim
from waits.zombies import leave_zombies

TRACE = '/run/trace'
# exe, root, cwd and map_files lead to files, which may hang; environ, maps and the
# others take the lock of the memory.
FORBIDDEN = re.compile(
    r'/proc/(\d+)/(?:task/\d+/)?(?:exe|root|cwd|map_files|environ|maps|smaps|'
    r'smaps_rollup|numa_maps|pagemap|mem|auxv|clear_refs)(?:/|$)')
# Their links may be read, but whoever follows one opens the file.
FILES = re.compile(r'/proc/(\d+)/(?:task/\d+/)?fd/\d+(?:/|$)')
CMDLINE = re.compile(r'/proc/(\d+)/(?:task/\d+/)?cmdline$')
CALL = re.compile(r'(\d+) +(\w+)\((?:(?:AT_FDCWD|\d+)(?:<(.*?)>)?, )?'
                  r'"((?:[^"\\]|\\.)*)"(.*)')


def calls(path):
    """Returns (pid, call, path, the rest of the line) of what strace has written."""
    found = []
    for line in read(path).splitlines():
        matched = CALL.match(line)
        if matched:
            pid, call, folder, name, rest = matched.groups()
            found.append((int(pid), call, os.path.normpath(
                os.path.join(folder or '/', name)), rest))
    return found


def contained():
    """Returns the pids of all processes that are in a container."""
    pids = set()
    for path in glob.glob(f'{V2}/**/cgroup.procs', recursive=True):
        if re.search(r'[0-9a-f]{64}', path):
            pids |= set(map(int, read(path).split()))
    return pids


def follows(call, rest):
    """Tells whether the call goes where a link leads."""
    return not (call.startswith('readlink') or call == 'lstat' or
                'NOFOLLOW' in rest)


def wrong(traced, inside):
    """Returns what must not have been opened."""
    own = {pid for pid, *_ in traced}
    found = []
    for _, call, path, rest in traced:
        forbidden, file, cmdline = (pattern.match(path) for pattern in
                                    (FORBIDDEN, FILES, CMDLINE))
        if (forbidden and int(forbidden[1]) not in own or
                file and int(file[1]) not in own and follows(call, rest) or
                cmdline and int(cmdline[1]) in inside or
                # The paths of what follows would not be whole.
                call == 'chdir' and path.startswith('/proc/')):
            found.append(f'{call} {path}')
    return sorted(set(found))


def check(case):
    for words in commands(case):
        inside = contained()
        done = run('strace', '-f', '-y', '-qq', '-s', '1000', '-e', 'trace=%file',
                   '-o', TRACE, TOOL, *words)
        traced = calls(TRACE)
        what = f'{case.name}: {" ".join(words)[:40]}'
        equal(wrong(traced, inside | contained()), [], what)
        ok(done.returncode in (0, 1) and traced, f'{what}: was traced',
           done.returncode, done.stderr, read(TRACE)[:500])


def holding(up):
    """A container with what there is to be opened: files, a mapping, threads."""
    kept = [open('/usr/bin/sleep', 'rb'), open('/run/kept', 'w'), *os.pipe()]
    signal.signal(signal.SIGTERM, lambda *_: os.waitpid(child, 0))
    child = spawn(lambda: os.execvp('sleep', ['sleep', '1000']))
    up()
    sleep_handling_signals()
    return kept


def sleeps(up):
    up()
    sleeper()


# The filter of strace is proven by what it must find.
assert FORBIDDEN.match('/proc/12/exe') and FORBIDDEN.match('/proc/12/task/13/root/etc')
assert not FORBIDDEN.match('/proc/12/fdinfo') and FILES.match('/proc/12/fd/3')
run('strace', '-f', '-y', '-qq', '-e', 'trace=%file', '-o', TRACE, 'sh', '-c',
    f'cat /proc/1/environ; readlink /proc/1/exe; cat /proc/{os.getpid()}/cmdline')
found = {line.replace('readlinkat', 'readlink')
         for line in wrong(calls(TRACE), {os.getpid()})}
ok({f'openat /proc/{os.getpid()}/cmdline', 'openat /proc/1/environ',
    'readlink /proc/1/exe'} <= found, 'what is forbidden would be found', found)

with module():
    with container('a container with files', holding) as case:
        ask(case)
        leave_zombies(case)
        check(case)
    with bare_container('a container of the host', holding) as case:
        os.kill(case.init, signal.SIGTERM)
        check(case)
    with started_by_shim('a container of a shim that is stopped', sleeps,
                         join=unshare_pid) as (case, shim):
        stop(shim)
        kill(case.init)
        wait_until_ended(case.init)
        check(case)
    with outside_parent() as case:
        check(case)
done()

# SPDX-License-Identifier: GPL-2.0
# clock: virtual
"""The cause of a signal that the kernel sends is what the kernel did."""
import fcntl
import os
import signal
import struct
import termios
import threading

from lib import *
from witness.causes import *

MACHINE = os.uname().machine
SI_KERNEL, SI_TIMER, SYS_SECCOMP = 0x80, -2, 1
PTRACE_KILL, PTRACE_SEIZE, PTRACE_O_EXITKILL = 8, 0x4206, 1 << 20
RB_AUTOBOOT = 0x01234567
# Machine code that the processor takes exception to.
CODES = {
    # int3; ud2; xor ecx, ecx and div ecx
    'x86_64': (('cc', signal.SIGTRAP), ('0f0b', signal.SIGILL),
               ('31c9f7f1', signal.SIGFPE)),
    # brk; udf
    'aarch64': (('000020d4', signal.SIGTRAP), ('00000000', signal.SIGILL)),
}[MACHINE]
HUP, INT, QUIT, KILL, CONT = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT,
                              signal.SIGKILL, signal.SIGCONT)
WINCH, TTIN, TSTP = signal.SIGWINCH, signal.SIGTTIN, signal.SIGTSTP


# By siginfo and by the state of the process itself

def own(inside):
    for code, number in CODES:
        start = next_seq()
        pid = inside.run(causes('code', code))
        equal(reasons(pid, start), [(int(number), 'fault')],
              f'{signal.Signals(number).name}: fault')
    for what, number, cause in (
            ('segv', signal.SIGSEGV, 'fault'), ('bus', signal.SIGBUS, 'fault'),
            ('alarm', signal.SIGALRM, 'timer'),
            ('virtual', signal.SIGVTALRM, 'timer'),
            ('prof', signal.SIGPROF, 'timer'),
            ('timer', signal.SIGUSR1, 'timer'),
            ('cputimer', signal.SIGUSR1, 'timer'),
            ('fsize', signal.SIGXFSZ, 'rlimit'),
            ('pipe', signal.SIGPIPE, 'other')):
        start = next_seq()
        pid = inside.run(causes(what))
        equal(reasons(pid, start), [(int(number), cause)], f'{what}: {cause}')

    for what in 'cpu', 'rttime':
        start = next_seq()
        pid = inside.run(causes(what))
        found = reasons(pid, start)
        equal(set(found[:-1]), {(int(signal.SIGXCPU), 'rlimit')},
              f'{what}, soft limit: rlimit')
        equal(found[-1:], [(int(KILL), 'rlimit')], f'{what}, hard limit: rlimit')


def seccomp(inside):
    # The debug kernel has no filters.
    if not os.path.exists('/proc/sys/kernel/seccomp'):
        return
    start = next_seq()
    pid = inside.run(causes('trapped'))
    equal(reasons(pid, start), [(int(signal.SIGSYS), 'seccomp')],
          'SECCOMP_RET_TRAP: seccomp')
    start = next_seq()
    pid = inside.run(causes('kill'))
    # Linux 5.10 ends the process without a signal.
    equal(reasons(pid, start),
          [] if KERNEL == '5.10' else [(int(signal.SIGSYS), 'seccomp')],
          'SECCOMP_RET_KILL_PROCESS: seccomp')


def forged(inside):
    """A siginfo that a process makes does not make the kernel the sender."""
    for call in 'queue', 'tgqueue', 'pidfd':
        for name, number, code in (
                ('a fault', signal.SIGSEGV, SI_KERNEL),
                ('a timer', signal.SIGALRM, SI_TIMER),
                ('seccomp', signal.SIGSYS, SYS_SECCOMP)):
            start = next_seq()
            pid = inside.run(causes('forge', call, int(number), code))
            equal(reasons(pid, start), [(int(number), pid)],
                  f'{name} forged by {call} is a signal to oneself')
    target = inside.start(causes('wait'))
    start = next_seq()
    pid = inside.run(causes('forge', 'queue', int(signal.SIGALRM), SI_TIMER,
                            ns_pid(target)))
    wait_for_reasons(target, start, [(signal.SIGALRM, pid)],
                     'a timer forged for another process has a sender')
    kill(target)


def bad_program(inside):
    """The SIGSEGV of an execve() that fails too late is no fault."""
    path = '/tmp/bad'
    machine = {'x86_64': 62, 'aarch64': 183}[MACHINE]
    head = struct.pack('<16sHHIQQQIHHHHHH', b'\x7fELF\x02\x01\x01', 2, machine,
                       1, 0x400000, 64, 0, 0, 64, 56, 1, 64, 0, 0)
    segment = struct.pack('<IIQQQQQQ', 1, 5, 0, 1 << 62, 0, 4096, 4096, 4096)
    with open(path, 'wb') as file:
        file.write((head + segment).ljust(4096, b'\0'))
    os.chmod(path, 0o755)
    start = next_seq()
    pid = inside.run(lambda: os.execv(path, ['bad']))
    # Linux 5.10 sends it as well.
    equal(reasons(pid, start), [(int(signal.SIGSEGV), 'other')],
          'execve() of a bad program: other')
    os.unlink(path)


def reboot():
    """The SIGKILL of reboot(2) in a namespace, by its init, is no limit."""
    start = next_seq()
    pid = namespace(lambda: libc.reboot(RB_AUTOBOOT))
    os.waitpid(pid, 0)
    equal(reasons(pid, start), [(int(KILL), 'other')],
          'reboot() by the init of a namespace: other')


# By a terminal

class Terminal:
    """A terminal whose session has a process inside."""

    def __init__(self, inside, body):
        self.master, slave = os.openpty()

        def leader():
            os.close(self.master)
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
            os.dup2(slave, 0)
            body()

        self.pid = inside.start(leader, self.master, slave)
        os.close(slave)

    def close(self):
        os.close(self.master)


def terminal(inside):
    for key, number in (b'\x03', INT), (b'\x1c', QUIT):
        tty = Terminal(inside, causes('wait'))
        wait_until_waiting(tty.pid)
        start = next_seq()
        os.write(tty.master, key)
        os.waitpid(inside.outside, 0)
        # The exit of a session leader hangs up the foreground, itself.
        equal(reasons(tty.pid, start), [(number, 'tty'), (HUP, 'tty')],
              f'{signal.Signals(number).name} by a key: tty')
        tty.close()

    tty = Terminal(inside, causes('wait'))
    wait_until_waiting(tty.pid)
    start = next_seq()
    os.write(tty.master, b'\x1a')
    wait_for_reasons(tty.pid, start, [(TSTP, 'tty')], 'SIGTSTP by a key: tty')
    kill(tty.pid)
    tty.close()

    tty = Terminal(inside, causes('wait'))
    wait_until_waiting(tty.pid)
    start = next_seq()
    fcntl.ioctl(tty.master, termios.TIOCSWINSZ, struct.pack('4H', 9, 9, 0, 0))
    wait_for_reasons(tty.pid, start, [(WINCH, 'tty')], 'SIGWINCH: tty')
    start = next_seq()
    tty.close()
    os.waitpid(inside.outside, 0)
    # Its exit sends them once more, to its process group.
    equal(set(reasons(tty.pid, start)), {(HUP, 'tty'), (CONT, 'tty')},
          'a terminal is closed: tty')

    # The terminal emulator ends: its files are closed late in its exit.
    channel = Channel()

    def emulator():
        tty = Terminal(inside, causes('wait'))
        wait_until_waiting(tty.pid)
        channel.send(tty.pid)

    start = next_seq()
    emulating = spawn(emulator)
    pid = channel.receive()
    os.waitpid(emulating, 0)
    wait_until_ended(pid)
    equal(set(reasons(pid, start)), {(HUP, 'tty'), (CONT, 'tty')},
          'a terminal is closed by the exit of its emulator: tty')

    # The session leader ends: the foreground is hung up.
    def shell():
        pid = spawn(sleeper)
        os.setpgid(pid, pid)
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        os.tcsetpgrp(0, pid)
        channel.send(pid)

    start = next_seq()
    tty = Terminal(inside, shell)
    wait_for_reasons(channel.receive(), start, [(HUP, 'tty')],
                     'the leader of its session ends: tty', 'ns_pid')
    tty.close()

    # A job in the background reads.
    def background():
        pid = spawn(lambda: (os.setpgid(0, 0), os.read(0, 1)))
        channel.send(pid)
        os.waitpid(pid, os.WUNTRACED)
        signal.pause()

    start = next_seq()
    tty = Terminal(inside, background)
    wait_for_reasons(channel.receive(), start, [(TTIN, 'tty')],
                     'a job in the background reads: tty', 'ns_pid')
    kill(*children(tty.pid), tty.pid)
    tty.close()
    channel.close()


# By the end of another process

def stop_itself():
    os.kill(os.getpid(), signal.SIGSTOP)
    sleeper()


def wait_for_stop(pid):
    os.waitpid(pid, os.WUNTRACED)


def orphaned_group(inside):
    """A stopped process group loses its last parent outside of the group."""
    channel = Channel()

    def leader_of_group():
        os.setpgid(0, 0)
        pid = spawn(stop_itself)
        wait_for_stop(pid)
        channel.send(pid)

    def session(body):
        def leader():
            os.setsid()
            os.waitpid(spawn(body), 0)
        return leader

    start = next_seq()
    inside.run(session(leader_of_group))
    wait_for_reasons(channel.receive(), start,
                     [(HUP, 'orphaned-pgrp'), (CONT, 'orphaned-pgrp')],
                     'the leader of a stopped group ends: orphaned-pgrp',
                     'ns_pid')

    def member():
        os.setpgid(0, 0)
        stop_itself()

    def parent():
        os.setsid()
        pid = spawn(member)
        wait_for_stop(pid)
        channel.send(pid)

    start = next_seq()
    inside.run(parent)
    wait_for_reasons(channel.receive(), start,
                     [(HUP, 'orphaned-pgrp'), (CONT, 'orphaned-pgrp')],
                     'the parent of a stopped group ends: orphaned-pgrp',
                     'ns_pid')

    # Here no child moves: the one that ends has none.
    def childless():
        os.setpgid(0, 0)

        def between():
            pid = spawn(stop_itself)
            wait_for_stop(pid)
            channel.send(pid)

        os.waitpid(spawn(between), 0)

    start = next_seq()
    inside.run(session(childless))
    wait_for_reasons(channel.receive(), start,
                     [(HUP, 'orphaned-pgrp'), (CONT, 'orphaned-pgrp')],
                     'a childless process leaves a stopped group: orphaned-pgrp',
                     'ns_pid')
    channel.close()


def ended(pid, since, number, cause, process, tid, name, key='ns_pid'):
    """Checks that one signal has this thread in place of a sender."""
    wait_for(lambda: signals(pid, since, key))
    event, = signals(pid, since, key)
    equal((event['signal'], event.get('cause'), 'sender' in event),
          (int(number), cause, False), f'{name}: {cause}')
    thread = event['thread']
    equal((thread['ns_pid'], thread['tid'] - thread['pid'], thread['pidns']),
          (process, tid - process, pidns_of(inside.init)),
          f'{name}: the thread that ended')


def pdeath(inside):
    channel = Channel()
    ready, go = os.pipe()

    def child():
        prctl(PR_SET_PDEATHSIG, KILL)
        channel.send(os.getpid())
        sleeper()

    def parent():
        spawn(child)
        os.read(ready, 1)

    start = next_seq()
    pid = inside.start(parent)
    number = channel.receive()
    parent_number = ns_pid(pid)
    os.write(go, b'x')
    ended(number, start, KILL, 'pdeath', parent_number, parent_number,
          'the parent ends')

    # Only the thread ends that has forked.
    def threads():
        def forks():
            channel.send(threading.get_native_id())
            spawn(child)
            os.read(ready, 1)

        thread = threading.Thread(target=forks)
        thread.start()
        thread.join()
        signal.pause()

    start = next_seq()
    pid = inside.start(threads)
    tid = channel.receive()
    number = channel.receive()
    process = ns_pid(pid)
    ok(tid != process, 'another thread forks', tid, process)
    os.write(go, b'x')
    ended(number, start, KILL, 'pdeath', process, tid, 'a thread ends')
    ok(stat(pid)['state'] in 'SR', 'and its process lives on', stat(pid))

    # What the parent sends is the parent's, even if it is the pdeath_signal;
    # PTRACE_KILL looks like one to the module, but for the living parent.
    def kills():
        pid = spawn(child)
        os.read(ready, 1)
        os.kill(pid, KILL)
        os.waitpid(pid, 0)

    def kills_as_tracer():
        pid = spawn(child)
        os.read(ready, 1)
        assert libc.ptrace(PTRACE_SEIZE, pid, 0, 0) == 0
        assert libc.ptrace(PTRACE_KILL, pid, 0, 0) == 0
        os.waitpid(pid, 0)

    for how in kills, kills_as_tracer:
        start = next_seq()
        pid = inside.start(how)
        number = channel.receive()
        os.write(go, b'x')
        wait_for_reasons(number, start, [(KILL, pid)],
                         f'the parent {how.__name__}: it is the sender',
                         'ns_pid')
    channel.close()
    os.close(ready)
    os.close(go)


def exitkill(inside):
    channel = Channel()
    ready, go = os.pipe()

    def tracer(options):
        def traces():
            pid = spawn(sleeper)
            assert libc.ptrace(PTRACE_SEIZE, pid, 0, options) == 0
            channel.send(pid)
            os.read(ready, 1)
        return traces

    start = next_seq()
    pid = inside.start(tracer(PTRACE_O_EXITKILL))
    number = channel.receive()
    process = ns_pid(pid)
    os.write(go, b'x')
    ended(number, start, KILL, 'exitkill', process, process, 'the tracer ends')

    start = next_seq()
    pid = inside.start(tracer(0))
    number = channel.receive()
    os.write(go, b'x')
    os.waitpid(inside.outside, 0)
    equal(reasons(number, start, 'ns_pid'), [],
          'without PTRACE_O_EXITKILL there is no signal')
    channel.close()
    os.close(ready)
    os.close(go)


with module('stall_ms=0'):
    inside = Namespace()
    own(inside)
    seccomp(inside)
    forged(inside)
    bad_program(inside)
    reboot()
    terminal(inside)
    orphaned_group(inside)
    pdeath(inside)
    exitkill(inside)
    text = same_by_tool(1)
    for what in (
            r'SIGSEGV from the kernel \(fault\) to causes \S+: delivered',
            r'SIGKILL from the kernel \(PR_SET_PDEATHSIG, thread \d+ of \S+ '
            r'\d+/\d+ ended\) to ',
            r'SIGKILL from the kernel \(PTRACE_O_EXITKILL, main thread of \S+ '
            r'\d+/\d+ ended\) to ',
            r'SIGPIPE from the kernel to causes '):
        ok(re.search(what, text), f'log prints {what}', text[-2000:])
    kill(inside.init)
    os.waitpid(inside.init, 0)
    equal(status()['missed'], 0, 'no probe missed anything')
done()

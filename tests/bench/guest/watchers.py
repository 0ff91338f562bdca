# SPDX-License-Identifier: GPL-2.0
"""The module and its peers, each as a context manager."""
import contextlib
import os
import signal
import subprocess
import time

MODULE = '/nsorphan/nsorphan.ko'
DEBUGFS = '/sys/kernel/debug/nsorphan'
TRACING = '/sys/kernel/debug/tracing'
KPROBES = '/sys/kernel/debug/kprobes/list'

# Netlink protocols.
CONNECTOR = 11
GENERIC = 16

HOOKS = 'find_alive_thread', 'kill_orphaned_pgrp'


class Absent(Exception):
    """This kernel does not have it."""


def read(path):
    with open(path, encoding='utf-8', errors='replace') as file:
        return file.read()


def write(path, text):
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)


def wait_for(what, condition, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.02)
    raise RuntimeError(f'{what}: not in {seconds} s')


@contextlib.contextmanager
def nothing():
    yield


@contextlib.contextmanager
def module(hook, *parameters):
    """The module, without a reader."""
    done = subprocess.run(
        ['insmod', MODULE, f'reparent_probe={hook}', *parameters],
        check=False, capture_output=True, text=True)
    if 'Operation not supported' in done.stderr:
        raise Absent(f'{hook}: {done.stderr.strip()}')
    if done.returncode:
        raise RuntimeError(done.stderr)
    try:
        yield
    finally:
        subprocess.run(['rmmod', 'nsorphan'], check=True)


@contextlib.contextmanager
def program(arguments, ready, output=subprocess.DEVNULL, interrupt=True):
    """A reader, from when ready() is true until the end of the context."""
    with subprocess.Popen(arguments, stdin=subprocess.DEVNULL,
                          stdout=output, stderr=subprocess.STDOUT) as running:
        try:
            wait_for(f'{arguments[0]} to listen', lambda: ready(running))
            # Its first work is not that of a reader.
            time.sleep(5)
            yield running
        finally:
            running.send_signal(
                signal.SIGINT if interrupt else signal.SIGKILL)
            running.wait()


def in_group(protocol):
    """Whether some socket of this netlink protocol is in a multicast group."""
    return any(fields[1] == str(protocol) and int(fields[3], 16)
               for fields in map(str.split, read('/proc/net/netlink')
                                 .splitlines()[1:]))


def watch(*options, output=subprocess.DEVNULL):
    return program(['nsorphan', 'watch', *options],
                   lambda running: in_group(GENERIC), output)


def pipe_reader(output=subprocess.DEVNULL):
    """cat of events_pipe."""
    path = f'{DEBUGFS}/events_pipe'
    return program(['cat', path], lambda running: any(
        os.path.realpath(f'/proc/{running.pid}/fd/{fd}') == path
        for fd in os.listdir(f'/proc/{running.pid}/fd')), output,
        interrupt=False)


@contextlib.contextmanager
def kprobe_event():
    """An ftrace kprobe_event with three arguments for each orphan."""
    offsets = dict(line.split('=') for line in
                   read('/nsorphan/offsets').splitlines())
    tgid = offsets['tgid']
    # ftrace puts the pid of the dying parent into each line.
    write(f'{TRACING}/kprobe_events',
          f'p:bench/orphan kill_orphaned_pgrp dying=$arg2:x64'
          f' child=+{tgid}($arg1):s32'
          f' parent=+{tgid}(+{offsets["real_parent"]}($arg1)):s32')
    enable = f'{TRACING}/events/bench/orphan/enable'
    write(f'{TRACING}/events/bench/orphan/filter', 'dying != 0')
    write(enable, '1')
    try:
        yield
    finally:
        write(enable, '0')
        write(f'{TRACING}/kprobe_events', '')
        write(f'{TRACING}/trace', '')


# Prints what the module's text has: pid and name of each orphan, of its old parent
# and of its new parent.
BPFTRACE = r'''
kprobe:kill_orphaned_pgrp /arg1 != 0/ {
	$child = (struct task_struct *)arg0;
	$parent = (struct task_struct *)arg1;
	printf("%d %s %d %s %d %s\n", $child->tgid, $child->comm,
		$parent->tgid, $parent->comm,
		$child->real_parent->tgid, $child->real_parent->comm);
}'''


# Signals to other processes, which is what the module records.
BPFTRACE_SIGNALS = r'''
tracepoint:signal:signal_generate /args->pid != pid/ {
	printf("%d %s %d %s %d\n", pid, comm, args->pid, args->comm, args->sig);
}'''


def bpftrace(output=subprocess.DEVNULL):
    return program(['bpftrace', '-e', BPFTRACE],
                   lambda running: 'kill_orphaned_pgrp' in read(KPROBES),
                   output)


def has_perf_event(running):
    return any('perf_event' in os.readlink(f'/proc/{running.pid}/fd/{fd}')
               for fd in os.listdir(f'/proc/{running.pid}/fd'))


def bpftrace_signals():
    return program(['bpftrace', '-e', BPFTRACE_SIGNALS], has_perf_event)


def forkstat(*options, output=subprocess.DEVNULL):
    return program(['forkstat', *options],
                   lambda running: in_group(CONNECTOR), output)


def trace_pipe(output=subprocess.DEVNULL):
    return program(['cat', f'{TRACING}/trace_pipe'],
                   lambda running: True, output, interrupt=False)

# SPDX-License-Identifier: GPL-2.0
"""Those who watch orphans, ours and the peers, each as a context."""
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

WAYS = 'find_alive_thread', 'kill_orphaned_pgrp'


class Absent(Exception):
    """What cannot be had in this kernel."""


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
    raise RuntimeError(f'waited {seconds} s for {what}, in vain')


@contextlib.contextmanager
def nothing():
    yield


@contextlib.contextmanager
def module(way, *parameters):
    """Ours, without a reader."""
    done = subprocess.run(
        ['insmod', MODULE, f'reparent_probe={way}', *parameters],
        check=False, capture_output=True, text=True)
    if 'Operation not supported' in done.stderr:
        raise Absent(f'{way}: {done.stderr.strip()}')
    if done.returncode:
        raise RuntimeError(done.stderr)
    try:
        yield
    finally:
        subprocess.run(['rmmod', 'nsorphan'], check=True)


@contextlib.contextmanager
def program(arguments, ready, output=subprocess.DEVNULL, interrupt=True):
    """A reader: it runs from when ready() is true until the context ends."""
    with subprocess.Popen(arguments, stdin=subprocess.DEVNULL,
                          stdout=output, stderr=subprocess.STDOUT) as running:
        try:
            wait_for(f'{arguments[0]} to listen', lambda: ready(running))
            # What it does first is no reader's work.
            time.sleep(5)
            yield running
        finally:
            running.send_signal(
                signal.SIGINT if interrupt else signal.SIGKILL)
            running.wait()


def in_group(protocol):
    """Some socket of this netlink protocol is in a multicast group."""
    return any(fields[1] == str(protocol) and int(fields[3], 16)
               for fields in map(str.split, read('/proc/net/netlink')
                                 .splitlines()[1:]))


def watch(*options, output=subprocess.DEVNULL):
    return program(['nsorphan', 'watch', *options],
                   lambda running: in_group(GENERIC), output)


def pipe_reader(output=subprocess.DEVNULL):
    """cat of events_pipe, which waits in there once it sleeps."""
    path = f'{DEBUGFS}/events_pipe'
    return program(['cat', path], lambda running: any(
        os.path.realpath(f'/proc/{running.pid}/fd/{fd}') == path
        for fd in os.listdir(f'/proc/{running.pid}/fd')), output,
        interrupt=False)


@contextlib.contextmanager
def kprobe_event():
    """ftrace, with three arguments of each orphan into its buffer."""
    offsets = dict(line.split('=') for line in
                   read('/nsorphan/offsets').splitlines())
    tgid = offsets['tgid']
    # The father's pid is each line's own.
    write(f'{TRACING}/kprobe_events',
          f'p:bench/orphan kill_orphaned_pgrp father=$arg2:x64'
          f' child=+{tgid}($arg1):s32'
          f' parent=+{tgid}(+{offsets["real_parent"]}($arg1)):s32')
    enable = f'{TRACING}/events/bench/orphan/enable'
    write(f'{TRACING}/events/bench/orphan/filter', 'father != 0')
    write(enable, '1')
    try:
        yield
    finally:
        write(enable, '0')
        write(f'{TRACING}/kprobe_events', '')
        write(f'{TRACING}/trace', '')


# Of each orphan what our text tells of processes: pid and name of it, of its
# father, and of its new parent.
BPFTRACE = r'''
kprobe:kill_orphaned_pgrp /arg1 != 0/ {
	$child = (struct task_struct *)arg0;
	$father = (struct task_struct *)arg1;
	printf("%d %s %d %s %d %s\n", $child->tgid, $child->comm,
		$father->tgid, $father->comm,
		$child->real_parent->tgid, $child->real_parent->comm);
}'''


# Signals to others, as the module has them to tell.
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

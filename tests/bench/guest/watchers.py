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
            # What it still does first is no reader's work.
            time.sleep(2)
            yield running
        finally:
            running.send_signal(
                signal.SIGINT if interrupt else signal.SIGKILL)
            running.wait()


def multicast_listens(running):
    """Its generic netlink socket is in a group."""
    for line in read('/proc/net/netlink').splitlines()[1:]:
        fields = line.split()
        if fields[1] == '16' and fields[2] == str(running.pid) and \
                int(fields[3], 16):
            return True
    return False


def watch(*options, output=subprocess.DEVNULL):
    return program(['nsorphan', 'watch', *options], multicast_listens, output)


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
    write(f'{TRACING}/kprobe_events',
          f'p:bench/orphan kill_orphaned_pgrp child=+{tgid}($arg1):s32'
          f' father=+{tgid}($arg2):s32'
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


def kprobe_is_there(_):
    return 'kill_orphaned_pgrp' in read(KPROBES)


def bpftrace(output=subprocess.DEVNULL, pages=None):
    """pages: of each processor's buffer, if not as many as by default."""
    if pages:
        os.environ['BPFTRACE_PERF_RB_PAGES'] = str(pages)
    else:
        os.environ.pop('BPFTRACE_PERF_RB_PAGES', None)
    return program(['bpftrace', '-e', BPFTRACE], kprobe_is_there, output)


def connector_listens(running):
    """Its netlink socket of the connector (11) is in a group."""
    for line in read('/proc/net/netlink').splitlines()[1:]:
        fields = line.split()
        if fields[1] == '11' and int(fields[3], 16):
            return running.poll() is None
    return False


def forkstat(output=subprocess.DEVNULL):
    return program(['forkstat'], connector_listens, output)

# SPDX-License-Identifier: GPL-2.0
# kernels: 5.10 6.1 6.12 7
"""Teardowns that find no kretprobe slot: counted, shown, and warned about."""
import os
import subprocess
import tempfile
import time

from lib import *

SLOTS = 1024

client, _ = load_ynl()


def tool(*arguments):
    return run(TOOL, *arguments)


def lines(file):
    return written(file).decode().splitlines()


# These hang for longer than a teardown does that is no stall.
with module('stall_ms=0'), tempfile.TemporaryFile() as out, \
        tempfile.TemporaryFile() as err:
    # Each waits until we reap a zombie.
    hanging = [Hanging(SLOTS, 1)]
    equal(wait_for(lambda: status()['teardowns'] == SLOTS), True,
          f'{SLOTS} teardowns at once are followed')
    equal(status()['missed'], 0, 'and none is missed')
    equal(tool('log', '-n', '1').stderr, '', 'so there is nothing to warn of')
    ynl = client()
    ynl.ntf_subscribe('events')
    watch = subprocess.Popen([TOOL, 'watch', '-j'], stdout=out, stderr=err)
    polls(watch.pid)

    since = next_seq()
    hanging.append(Hanging(1, 1))
    # No event comes, and watch does not ask: it is told.
    ok(wait_for(lambda: lines(err), 2), 'watch warns of one more')
    warning = ('nsorphan: the kernel missed {}: some events are missing; '
               "see 'nsorphan status'")
    one = warning.format('1 probe hit (zap_pid_ns_processes: 1)')
    equal(lines(err), [one], 'in one line that says what was missed')
    hanging.append(Hanging(2, 1))
    orphans(1)
    time.sleep(2)
    equal(lines(err), [one], 'and once only')
    equal((status()['missed'], status()['missed.zap_pid_ns_processes'],
           status()['teardowns']), (3, 3, SLOTS), 'the module counts them')
    ynl.check_ntf()
    ynl.sock.close()
    announced = [note['msg']['missed'] for note in ynl.async_msg_queue
                 if note['name'] == 'status-ntf']
    ok(announced in ([1, 3], [1, 2, 3]),
       'the status is announced when it has grown, and then only', announced)
    three = warning.format('3 probe hits (zap_pid_ns_processes: 3)')
    logged = tool('log', '-j', '-n', '1')
    equal((logged.returncode, logged.stderr.splitlines(),
           len(logged.stdout.splitlines())), (0, [three], 1),
          'log warns, too, and is otherwise what it is')
    told = tool('status').stdout.splitlines()
    ok('missed.zap_pid_ns_processes: 3, teardown events are missing' in told,
       'status tells what is missing', told)
    blind = tool('selftest')
    ok(blind.returncode == 1 and 'not ok teardown-begin: no such event: '
       'the kernel missed 1 probe hit\n' in blind.stdout,
       'selftest fails, and tells why', blind.stdout, blind.stderr)

    for some in hanging:
        some.reap()
    equal(wait_for(lambda: status()['teardowns'] == 0), True,
          'those that were followed come to their end')
    equal(tool('selftest').returncode, 0, 'and selftest passes')
    tells_all(out)
    watch.send_signal(2)
    equal(watch.wait(timeout=30), 0, 'watch ends as it would')
    equal([json.loads(line)['seq'] for line in lines(out)],
          [event['seq'] for event in events(since)],
          'and told every event that there was')
done()

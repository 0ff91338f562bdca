# SPDX-License-Identifier: GPL-2.0
# clock: virtual
# kernels: 5.10 6.1 6.12 7
"""Teardowns without a kretprobe instance are counted, shown and warned of."""
import subprocess
import tempfile
import time

from lib import *

SLOTS = 1024

client, _ = load_ynl()


def tool(*arguments):
    return run(TOOL, *arguments)


def lines(file):
    return content(file).decode().splitlines()


# These hang for so long that they would stall.
with module('stall_ms=0'), tempfile.TemporaryFile() as out, \
        tempfile.TemporaryFile() as err:
    # Each waits until its zombie is reaped.
    hanging = [Hanging(SLOTS, 1)]
    equal(eventually(lambda: status()['teardowns'] == SLOTS), True,
          f'{SLOTS} teardowns are tracked at the same time')
    equal(status()['missed'], 0, 'and none is missed')
    equal(tool('log', '-n', '1').stderr, '', 'so there is nothing to warn of')
    ynl = client()
    ynl.ntf_subscribe('events')
    watch = subprocess.Popen([TOOL, 'watch', '-j'], stdout=out, stderr=err)
    wait_until_polling(watch.pid)

    since = next_seq()
    hanging.append(Hanging(1, 1))
    # No event comes, and watch asks for no status: the module announces it.
    began = time.monotonic()
    wait_for(lambda: lines(err))
    # By the guest's virtual clock.
    took = time.monotonic() - began
    ok(took < 2, 'watch warns of one more within 2 seconds', took)
    warning = ('nsorphan: the kernel missed {}: some events are missing; '
               "see 'nsorphan status'")
    one = warning.format('1 probe hit (zap_pid_ns_processes: 1)')
    equal(lines(err), [one], 'in one line that names the probe')
    hanging.append(Hanging(2, 1))
    orphans(1)
    wait_for_last_event(out)
    # Two seconds of the virtual clock, in which watch could warn again.
    time.sleep(2)
    equal(lines(err), [one], 'and only once')
    equal((status()['missed'], status()['missed.zap_pid_ns_processes'],
           status()['teardowns']), (3, 3, SLOTS), 'the module counts them')
    ynl.check_ntf()
    ynl.sock.close()
    announced = [note['msg']['missed'] for note in ynl.async_msg_queue
                 if note['name'] == 'status-ntf']
    ok(announced in ([1, 3], [1, 2, 3]),
       'the status is announced when the count has grown, and only then', announced)
    three = warning.format('3 probe hits (zap_pid_ns_processes: 3)')
    logged = tool('log', '-j', '-n', '1')
    equal((logged.returncode, logged.stderr.splitlines(),
           len(logged.stdout.splitlines())), (0, [three], 1),
          'log warns, too, and otherwise works')
    shown = tool('status').stdout.splitlines()
    ok('missed.zap_pid_ns_processes: 3, teardown events are missing' in shown,
       'status says which events are missing', shown)
    blind = tool('selftest')
    ok(blind.returncode == 1 and 'not ok teardown-begin: no such event: '
       'the kernel missed 1 probe hit\n' in blind.stdout,
       'selftest fails, and says why', blind.stdout, blind.stderr)

    for some in hanging:
        some.reap()
    equal(eventually(lambda: status()['teardowns'] == 0), True,
          'the tracked teardowns end')
    equal(tool('selftest').returncode, 0, 'and selftest passes')
    wait_for_last_event(out)
    watch.send_signal(2)
    equal(watch.wait(timeout=HANG), 0, 'watch ends with status 0')
    equal([json.loads(line)['seq'] for line in lines(out)],
          [event['seq'] for event in events(since)],
          'and has printed every event')
done()

# SPDX-License-Identifier: GPL-2.0
# clock: virtual
# kernels: 5.10 6.1 6.12 7 6.1-arm64 debug
"""The kernel's own YNL client reads the module by the unchanged spec."""
import os
import socket
import struct
import time

from lib import *


client, NlMsgs = load_ynl()


def cli(*arguments):
    return run(*YNL_CLI, *arguments)


def plain(value):
    """Returns what YNL decoded, with the keys of debugfs and JSON."""
    if isinstance(value, dict):
        return {key.replace('-', '_'): plain(member)
                for key, member in value.items()}
    return value


def as_debugfs(message):
    event = plain(message)
    if event['event'] == 'reparent':
        event['crossed'] = 'crossed' in event
    return event


def status_get(ynl):
    for on in (True, False):
        set_verify(on)
        got = plain(ynl.do('status-get', {}))
        for flag in 'verify', 'blind':
            got[flag] = flag in got
        # A nested attribute each in netlink, a line each in debugfs.
        for probe in got.pop('probe'):
            got[f'missed.{probe["symbol"]}'] = probe['missed']
        equal(got, {**status(), 'readers': got['readers']},
              f'status-get agrees with debugfs, verify={on}')


def event_get(ynl):
    orphans(30)
    os.waitpid(namespace(lambda: spawn(sleeper) * 0), 0)
    recorded = events()
    equal([as_debugfs(message) for message in ynl.dump('event-get', {})],
          recorded, 'event-get agrees with debugfs, member by member')
    since = recorded[-5]['seq']
    equal([message['seq'] for message in
           ynl.dump('event-get', {'since': since})],
          list(range(since, since + 5)), 'since is the first event of the dump')
    for beyond in (since + 5, 2**64 - 1):
        equal(ynl.dump('event-get', {'since': beyond}) or [], [],
              f'since {beyond} dumps nothing')
    equal(len(ynl.dump('event-get', {'since': 0})), len(recorded),
          'since 0 dumps all events')


def event_ntf():
    ynl = client()
    ynl.ntf_subscribe('events')
    equal(status()['readers'], 1, 'status counts all listeners as one reader')
    since = next_seq()
    orphans(100)
    got, buffers = [], 0
    ynl.sock.settimeout(HANG)
    with contextlib.suppress(TimeoutError):
        while len(got) < 100:
            messages = NlMsgs(ynl.sock.recv(131072)).msgs
            buffers += 1
            for message in messages:
                # The sequence number is the first attribute.
                got.append(struct.unpack_from('=Q', message.raw, 8)[0])
    ynl.sock.settimeout(None)
    wanted = list(range(since, since + 100))
    equal(got[:100], wanted, 'each event is sent once, in order')
    # One parent left them, so all were recorded before any was sent.
    ok(buffers * 4 <= len(got), 'a buffer holds many events', buffers, len(got))


def sending_workers():
    """Names of the kernel's workers that ran the module's queue last."""
    names = {read(f'/proc/{pid}/comm').strip()
             for pid in filter(str.isdigit, os.listdir('/proc'))}
    return {name for name in names
            if name.startswith('kworker/') and 'nsorphan' in name}


def unbound_worker():
    """Sending is long work, which must not hold up a processor's own workers."""
    ynl = client()
    ynl.ntf_subscribe('events')

    def sent():
        # Again, if the worker has had other work since.
        orphans(1)
        NlMsgs(ynl.sock.recv(131072))
        return sending_workers()

    workers = wait_for(sent)
    ok(all(name.startswith('kworker/u') for name in workers),
       'events are sent by a worker that is bound to no processor', workers)


def worked_example():
    """README.md's command. Only one kernel has the client validate the spec."""
    trusting = () if KERNEL == '6.1' else ('--no-schema',)

    def now_and_then():
        while True:
            orphans(1)
            time.sleep(0.5)

    child = spawn(now_and_then)
    listened = cli(*trusting, '--subscribe', 'events', '--sleep', '3',
                '--output-json')
    kill(child)
    os.waitpid(child, 0)
    found = json.loads(listened.stdout)
    equal({(note['name'], note['msg']['event']) for note in found},
          {('event-ntf', 'reparent')}, 'cli.py --subscribe events')


def without_right():
    """Drops CAP_SYS_ADMIN from this process by capset(2)."""
    header = struct.pack('=Ii', 0x20080522, 0)
    sets = ctypes.create_string_buffer(24)
    assert libc.capget(header, sets) == 0
    words = list(struct.unpack('=6I', sets.raw))
    words[:2] = [word & ~(1 << 21) for word in words[:2]]
    assert libc.capset(header, struct.pack('=6I', *words)) == 0


def in_user_namespace():
    """Becomes root of a new user namespace, with CAP_SYS_ADMIN only there."""
    assert libc.unshare(0x10000000) == 0, ctypes.get_errno()


def refused(ynl, become, ask):
    """
    Returns how the client fails in a child that called become(). The client is
    copied with what it has read of the spec, since reading takes long.
    """
    channel = Channel()

    def body():
        become()
        ynl.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
        try:
            channel.send(f'allowed: {ask(ynl)}')
        except Exception as error:
            channel.send(str(error))

    pid = spawn(body)
    said = channel.receive()
    os.waitpid(pid, 0)
    channel.close()
    return said


def rights(ynl):
    for name, ask in (
            ('do status-get', lambda ynl: ynl.do('status-get', {})),
            ('dump event-get', lambda ynl: ynl.dump('event-get', {})),
            ('subscribe events', lambda ynl: ynl.ntf_subscribe('events'))):
        ok('allowed' in refused(ynl, lambda: None, ask), f'{name}: root may')
        said = refused(ynl, without_right, ask)
        ok('not permitted' in said, f'{name}: not without CAP_SYS_ADMIN', said)
        said = refused(ynl, in_user_namespace, ask)
        ok('not permitted' in said, f'{name}: nor in a user namespace', said)


def garbage(ynl):
    """Requests that the protocol does not have are errors."""
    family, version = ynl.nlproto.family_id, 1
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16) as sock:
        sock.bind((0, 0))
        sock.settimeout(HANG)
        for name, cmd, flags, payload in (
                ('an unknown command', 99, 5, b''),
                ('event-get, not as a dump', 2, 5, b''),
                ('since of four bytes', 2, 0x305,
                 struct.pack('=HHI', 8, 21, 1)),
                ('an unknown attribute', 2, 0x305,
                 struct.pack('=HHI', 8, 77, 1)),
                ('a truncated attribute', 2, 0x305,
                 struct.pack('=HH', 200, 21))):
            body = struct.pack('=BBH', cmd, version, 0) + payload
            sock.send(struct.pack('=IHHII', 16 + len(body), family, flags,
                                  1, 0) + body)
            reply = sock.recv(65536)
            kind, = struct.unpack_from('=H', reply, 4)
            error, = struct.unpack_from('=i', reply, 16)
            ok(kind == 2 and error < 0, f'{name} is an error', reply)


def unloading():
    ynl = client()
    ynl.ntf_subscribe('events')
    equal(rmmod().returncode, 0, 'rmmod while a client listens')
    equal(insmod().returncode, 0, 'and insmod')


with module():
    ynl = client()
    status_get(ynl)
    event_get(ynl)
    event_ntf()
    unbound_worker()
    worked_example()
    rights(ynl)
    garbage(ynl)
    unloading()
with module('records=16'):
    orphans(50)
    # By a new client: the first one keeps the family's old number.
    dumped = json.loads(cli('--no-schema', '--dump', 'event-get',
                            '--output-json').stdout)
    equal([message['seq'] for message in dumped], list(range(35, 51)),
          'a dump of a ring that wrapped begins at the oldest')
done()

# SPDX-License-Identifier: GPL-2.0
"""
Fails unless a file holds what json-output.c has to print, byte by byte.

usage: json-output.py FILE
"""
import sys

NAME = r'"\"\\\b\f\n\r\t\u001F/' + '\x7f\ufffd\u2028\ufffd"'
U32 = '4294967295'
U64 = '18446744073709551615'


def process(ns_pid=U32, start=U64, rest=''):
    return (f'{{"pid":{U32},"ns_pid":{ns_pid},"pidns":{U32},"comm":{NAME},'
            f'"start_ns":{start},"uid":{U32},"state":"unknown","tid":{U32},'
            f'"exit_code":{U32},"exit_signal":{U32},"thread_state":"disk-sleep"{rest}}}')


def event(cgroup, container='', child=process(0), flags='"outside-parent","frozen"',
          target=process(9)):
    return (f'{{"seq":{U64},"time":"1970-01-01T00:00:01.123456789Z",'
            f'"boot_ns":1123456789,"event":"reparent","pidns":{U32},'
            f'"cgroup":{cgroup},{container}"child":{child},'
            f'"old_parent":{process(1)},"new_parent":{process(2)},'
            f'"reaper":"ns-init","pdeath_signal":{U32},"crossed":true,'
            f'"init":{process(3)},"init_parent":{process(4)},"level":{U32},'
            f'"processes":{U32},"waited_ns":{U64},"process":{process(5)},'
            f'"parent":{process(6)},"tracer":{process(7)},"flags":[{flags}],'
            f'"duration_ns":{U64},"killed":{U32},"signal":{U32},'
            f'"sender":{process(8)},"target":{target},"result":"lost"}}')


NAMED = (f'"container":{NAME},"container_name":{NAME},"pod":{NAME},'
         f'"pod_namespace":{NAME},"container_user":{NAME},')
LONGEST = process().replace(NAME, '"' + r'\u0001' * 15 + '"').replace(
    'unknown', 'disk-sleep')
BARE = '{"pid":1,"ns_pid":0,"pidns":0,"comm":"","start_ns":0,"uid":0}'
NONE = BARE.replace('1', '0')
START = '1970-01-01T00:00:00.00000000'
ROW = (f'{{"count":{U64},"signal":{U32},"result":"unknown","sender":{process()},'
       f'"target":{BARE},"pidns":0,"container":{NAME},"container_name":{NAME},'
       f'"first_time":"{START}1Z","last_time":"{START[:-1]}10Z"}}')
VIEW = process(start='0', rest=(
    f',"syscall":{NAME},"wchan":{NAME},"waits":{NAME},"handles":[],"ignores":[64],'
    f'"blocks":[1],"pending":[{",".join(map(str, range(1, 65)))}]'))
FIRST = process(start='0')
CHAIN = (f'"chain":[{{"process":{BARE},"waits_for":"fuse","detail":{NAME}}},'
         f'{{"what":{NAME}}}]')

EXPECTED = [
    # log and watch
    event(U64, NAMED),
    event(U64),
    event(U64, '"container":"",', LONGEST, '', BARE),
    f'{{"seq":0,"time":"{START}0Z","boot_ns":0,"event":"unknown","pidns":0,"cgroup":0}}',
    f'{{"time":"{START}0Z","boot_ns":0,"event":"lost","first_seq":{U64},"count":{U64}}}',
    # signals
    ROW, ROW,
    '{"count":1,"signal":0,"result":"delivered",'
    f'"first_time":"{START}0Z","last_time":"{START}0Z"}}',
    # status
    f'{{"version":{NAME},"kernel":{NAME},"reparent_probe":{NAME},'
    f'"teardown_probe":{NAME},"signals":"all","stall_ms":{U32},"records":{U32},'
    f'"oldest_seq":{U64},"next_seq":{U64},"overwritten":{U64},"dropped":{U64},'
    f'"missed":{U64},"blind_from_time":"1970-01-01T00:00:01.123456789Z",'
    '"blind_to_time":"1970-01-01T00:00:01.123456789Z",'
    f'"mismatched":{U64},"readers":{U32},"teardowns":{U32}}}',
    '{"version":"","kernel":"","reparent_probe":"","teardown_probe":"",'
    '"signals":"off","stall_ms":0,"records":0,"oldest_seq":0,"next_seq":0,'
    '"overwritten":0,"dropped":0,"missed":0,"mismatched":0,"readers":0,"teardowns":0}',
    # selftest
    '{"selftest":"failed","checks":[{"name":"one","ok":true},'
    f'{{"name":"two","ok":false,"detail":{NAME}}}]}}',
    '{"selftest":"passed","checks":[{"name":"one","ok":true}]}',
    '{"selftest":"passed","checks":[]}',
    # teardowns
    f'{{"pidns":{U32},{NAMED}"level":{U32},"init":{process()},'
    f'"before_load":true,"waited_ns":{U64},'
    f'"processes":[{{"process":{process()},"parent":{BARE},"tracer":{process()},'
    '"flags":["outside-parent","outside-tracer","frozen","dumping","exiting",'
    '"live-thread"],"cause":"teardown-frozen"},'
    f'{{"process":{BARE},"flags":[],"cause":"teardown-running"}}]}}',
    '{"pidns":0,"level":0,"processes":[]}',
    # explain
    f'{{"pidns":{U32},{NAMED}"main":{VIEW},"init":{VIEW},"state":"alive",'
    f'"verdict":"init-waits","text":{NAME},"actor":{{"process":{FIRST}}},'
    f'"remedy":{NAME},{CHAIN},"waiting_for":['
    f'{{"process":{VIEW},"parent":{BARE},"tracer":{process()},'
    '"flags":["outside-parent","outside-tracer"],"cause":"init-waits",'
    f'"actor":{{"what":{NAME}}},"candidates":[{BARE},{process()}],'
    f'"remedy":{NAME},{CHAIN}}},'
    f'{{"process":{NONE},"flags":[],"cause":"teardown-running"}}],'
    f'"signals":[{event(0)},{{"time":"{START}0Z","boot_ns":0,"event":"lost",'
    '"first_seq":0,"count":0}]}',
    f'{{"pidns":0,"main":{BARE[:-1]},"tid":7}},"init":{BARE},"state":"left-behind",'
    f'"verdict":"healthy","text":{NAME},"waiting_for":[],"signals":[]}}',
    f'{{"pidns":0,"state":"gone","verdict":"gone","text":{NAME},'
    '"waiting_for":[],"signals":[]}',
    # tree
    f'{{"process":{process()},"ns_pids":[{",".join(map(str, range(33)))}],'
    f'"parent":{BARE},"container":{NAME},"container_name":{NAME},"zombie":true,"subreaper":true,'
    f'"outside_parent":true,"lost":{{"parent":{process()},"seq":{U64},'
    '"time":"1970-01-01T00:00:01.000000000Z","boot_ns":1000000000}}',
    f'{{"process":{BARE},"ns_pids":[],"zombie":false,"subreaper":false,'
    '"outside_parent":false}',
    # list
    f'{{{NAMED}"pidns":{U32},"main":{process()},"state":"alive","processes":{U64},'
    f'"zombies":{U64},"verdict":"healthy","risks":["drops-stop-signal",'
    '"does-not-reap","shares-pid-namespace","no-pid-namespace"]}',
    '{"pidns":0,"state":"left-behind","processes":0,"zombies":0,'
    '"verdict":"left-behind","risks":[]}',
]

with open(sys.argv[1], 'rb') as file:
    lines = [line.decode() for line in file]
failed = False
for got, expected in zip(lines, EXPECTED):
    if got != expected + '\n':
        print('# got:     ', got, '# expected:', expected, file=sys.stderr)
        failed = True
assert len(lines) == len(EXPECTED), f'{len(lines)} lines, not {len(EXPECTED)}'
sys.exit(failed)

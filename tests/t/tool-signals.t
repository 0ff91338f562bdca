#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# How watch, log and status print signals, and how nsorphan signals counts them.
set -eu
# shellcheck source=tests/t/tool-lib.sh
. "$(dirname "$0")/tool-lib.sh"
build fake client.o "$here/fake-client.c"
fake=$tmp/fake
export FAKE_COMM=sh FAKE_NEXT=5 FAKE_DUMPS=1-4
export FAKE_SIGNALS='15:1000010:2000001:1 37:0:2000001:0 - 9:3000007:2000001:3'

# what: stdin without the time of day and without alignment.
what() {
	sed 's/.*  signal/signal/; s/  */ /g'
}

is 'log prints a line for each signal, with its name' "$("$fake" log --event signal | what)" \
	'signal 2 SIGTERM from sh 1000010 to sh 2000001/1: ignored
signal 2 SIGRTMIN+3 from the kernel to sh 2000001/1: delivered
signal 2 SIGKILL from sh 3000007/7 to sh 2000001/1: lost'

is 'log -j prints what the specification says' "$("$fake" log -j --event signal | python3 -c '
import json, sys
for line in sys.stdin:
    event = json.loads(line)
    del event["time"]
    for role in "sender", "target":
        if role in event: event[role] = event[role]["pid"]
    print(json.dumps(event))')" \
'{"seq": 1, "boot_ns": 1000, "event": "signal", "pidns": 2, "cgroup": 0, "signal": 15, "sender": 1000010, "target": 2000001, "result": "ignored"}
{"seq": 2, "boot_ns": 2000, "event": "signal", "pidns": 2, "cgroup": 0, "signal": 37, "target": 2000001, "result": "delivered"}
{"seq": 4, "boot_ns": 4000, "event": "signal", "pidns": 2, "cgroup": 0, "signal": 9, "sender": 3000007, "target": 2000001, "result": "lost"}'

# Causes: each of enum nsorphan_signal_cause once, then what the OOM killer and a
# newer module may say, and a module that says nothing.
causes='9:0:2000001:0:1 9:2000007:2000001:0:2:2000007 1:0:2000001:0:3 '
causes+='31:0:2000001:0:4 11:0:2000001:0:5 2:0:2000001:0:6 14:0:2000001:0:7 '
causes+='24:0:2000001:0:8 9:2000007:2000001:0:9:2000009 13:0:2000001:0:10 '
causes+='9:0:2000001:0:1:7:25165824 9:0:2000001:0:1:0:1610612736 '
causes+='9:0:2000001:0:1:7 9:0:2000001:0:1:7:0 9:0:2000001:0:1:7:1000 '
causes+='9:0:2000001:0:99 9:0:2000001:0'
FAKE_SIGNALS=$causes FAKE_NEXT=18 FAKE_DUMPS=1-17 \
	capture "$fake" log
# The file is that of this host: memory is in hierarchy 0, v2, or in one of v1.
limit=memory.max
! grep -qP '^memory\t[1-9]' /proc/cgroups || limit=memory.limit_in_bytes
is 'log says why the kernel sent a signal' \
	"$(what <"$tmp/out" | sed 's/^signal 2 //; s/ to sh 2000001.*//')" \
	"SIGKILL from the kernel (out of memory)
SIGKILL from the kernel (PR_SET_PDEATHSIG, main thread of sh 2000007/7 ended)
SIGHUP from the kernel (orphaned process group)
SIGSYS from the kernel (seccomp)
SIGSEGV from the kernel (fault)
SIGINT from the kernel (terminal)
SIGALRM from the kernel (timer)
SIGXCPU from the kernel (resource limit)
SIGKILL from the kernel (PTRACE_O_EXITKILL, thread 2000009 of sh 2000007/7 ended)
SIGPIPE from the kernel
SIGKILL from the kernel (out of memory in cgroup 7, $limit 24 MiB)
SIGKILL from the kernel (out of memory in its cgroup, $limit 1.5 GiB)
SIGKILL from the kernel (out of memory in cgroup 7)
SIGKILL from the kernel (out of memory in cgroup 7, $limit 0 B)
SIGKILL from the kernel (out of memory in cgroup 7, $limit 1000 B)
SIGKILL from the kernel
SIGKILL from the kernel"
FAKE_SIGNALS=$causes FAKE_NEXT=18 FAKE_DUMPS=1-17 \
	capture "$fake" log -j
is 'log -j has cause, thread and oom' "$(python3 -c '
import json, sys
for line in sys.stdin:
    event = json.loads(line)
    thread = event.get("thread", {})
    print(event.get("cause"), thread.get("pid", ""), thread.get("tid", ""),
          json.dumps(event.get("oom", "")), "sender" in event)' <"$tmp/out")" \
	'oom   "" False
pdeath 2000007 2000007 "" False
orphaned-pgrp   "" False
seccomp   "" False
fault   "" False
tty   "" False
timer   "" False
rlimit   "" False
exitkill 2000007 2000009 "" False
other   "" False
oom   {"cgroup": 7, "limit": 25165824} False
oom   {"cgroup": 0, "limit": 1610612736} False
oom   {"cgroup": 7} False
oom   {"cgroup": 7, "limit": 0} False
oom   {"cgroup": 7, "limit": 1000} False
unknown   "" False
None   "" False'
FAKE_SIGNALS='9:0:2000001:0:1 9:0:2000001:0:10 9:0:2000001:0:1 9:2000007:2000001:0:2:2000007' \
	capture "$fake" signals
is 'signals counts each cause of the kernel apart' \
	"$(sed 1d "$tmp/out" | sed 's/  */ /g; s/ - sh.*//; s/^ //')" \
	'2 SIGKILL delivered the kernel (out of memory)
1 SIGKILL delivered the kernel (PR_SET_PDEATHSIG)
1 SIGKILL delivered the kernel'
FAKE_SIGNALS='9:0:2000001:0:1 9:0:2000001:0:10 9:0:2000001:0:1 9:1000010:2000001:0' \
	capture "$fake" signals -j
is 'signals -j, too' "$(python3 -c '
import json, sys
for line in sys.stdin:
    row = json.loads(line)
    print(row["count"], row.get("cause"))' <"$tmp/out")" \
	'2 oom
1 None
1 other'

# passes NAME SEQS FILTER...: these events pass the filter.
passes() {
	local name=$1 seqs=$2
	shift 2
	is "$name" "$("$fake" log -j "$@" | python3 -c '
import json, sys
print(*(json.loads(line)["seq"] for line in sys.stdin))')" "$seqs"
}
passes 'filter by type' '1 2 4' --event signal
passes 'filter by another type' 3 --event reparent
passes 'filter by the pid of the sender' 1 --pid 1000010
passes 'filter by the pid of the target' '1 2 4' --pid 2000001
passes "filter by the target's namespace" '1 2 4' --pidns 2
passes "filter by the sender's namespace" 4 --pidns 3
passes 'filter by name' '1 2 3 4' --comm 's?'
passes 'filter by another name' '' --comm x
passes 'filter by a container without processes' '' --container a

for recorded in 0:off 1:namespaced 2:all 3:contained 4:unknown; do
	export FAKE_RECORDED=${recorded%:*}
	is "status: ${recorded#*:}" "$("$fake" status | grep signals: | tr -s ' ')" \
		"signals: ${recorded#*:}"
	ok "status -j: ${recorded#*:}" grep -q "\"signals\":\"${recorded#*:}\"" \
		<("$fake" status -j)
done

# table [FILE]: a table of nsorphan signals without alignment and without its last
# column, a time.
table() {
	sed 's/ [^ ]*$//; s/ [0-9-]*$//; s/  */ /g; s/^ //; s/ $//' "$@"
}

# rows FILE: its JSON as words COUNT:SIGNAL:SENDER:TARGET:RESULT, and
# lost:FIRST+COUNT for lost events.
rows() {
	json_lines "$1" || echo 'no JSON: '
	python3 -c '
import json, sys
for line in sys.stdin:
    row = json.loads(line)
    print("lost:%d+%d" % (row["first_seq"], row["count"]) if "event" in row else
          "%d:%d:%s:%s:%s" % (row["count"], row["signal"],
                              row.get("sender", {}).get("pid", 0),
                              row.get("target", {}).get("pid", "others"),
                              row["result"]), end=" ")' <"$1" | sed 's/ $//'
}

export FAKE_RECORDED=1 FAKE_NEXT=11 FAKE_DUMPS=1-10
capture "$fake" signals
is 'signals prints the most frequent first, then the latest' "$(table "$tmp/out")" \
	'COUNT SIGNAL RESULT SENDER FROM TARGET TO
3 SIGRTMIN+3 delivered the kernel - sh 2000001/1 2
3 SIGTERM ignored sh 1000010 1 sh 2000001/1 2
2 SIGKILL lost sh 3000007/7 3 sh 2000001/1 2'
is 'signals prints nothing else' "$status $(cat "$tmp/err")" '0 '
capture "$fake" signals -j
is 'signals -j prints what the specification says' "$(sed -n 2p "$tmp/out" | python3 -c '
import json, sys
for line in sys.stdin:
    row = json.loads(line)
    if "sender" not in row: continue
    print(*row)
    print(*row["sender"])
    print(*row["target"])
    print(row["first_time"] < row["last_time"], row["pidns"])')" \
	'count signal result sender target pidns first_time last_time
pid ns_pid pidns comm start_ns uid
pid ns_pid pidns comm start_ns uid
True 2'
is 'signals -j prints the same rows' "$(rows "$tmp/out")" \
	'3:37:0:2000001:delivered 3:15:1000010:2000001:ignored 2:9:3000007:2000001:lost'

# counts NAME ROWS ARGUMENT...: signals -j prints these rows.
counts() {
	local name=$1 expected=$2
	shift 2
	capture "$fake" signals -j "$@"
	is "$name" "$status $(rows "$tmp/out")" "0 $expected"
}
counts '-n ends it after so many signals' \
	'2:15:1000010:2000001:ignored 1:9:3000007:2000001:lost 1:37:0:2000001:delivered' \
	-n 4
counts '--since counts from that event on' '1:37:0:2000001:delivered 1:15:1000010:2000001:ignored' --since 9
counts "--pidns of the sender" 2:9:3000007:2000001:lost --pidns 3
counts '--pid of the sender' 3:15:1000010:2000001:ignored --pid 1000010
counts '--comm of no process' '' --comm x
FAKE_COMM=$'\e[31m' capture "$fake" signals
ok 'control characters of a name are escaped' grep -q '\\x1b\[31m 2000001/1' "$tmp/out"
ok 'no control character is printed' test -z "$(tr -d '[:print:]\n' <"$tmp/out")"

# Lost events.
FAKE_DUMPS='3-5 8-10'
capture "$fake" signals
is 'lost events are reported in one line' "$status $(cat "$tmp/err")" \
	'0 nsorphan signals: 4 events were lost; signals among them are not counted'
counts '-j reports them as lost events' \
	'lost:1+2 lost:6+2 2:15:1000010:2000001:ignored 2:9:3000007:2000001:lost 1:37:0:2000001:delivered'
counts 'lost events do not count for -n' 'lost:1+2 1:9:3000007:2000001:lost' -n 1
FAKE_DUMPS=1-10

# Switched off.
off='nsorphan signals: the module records no signals; to record them: echo contained >/sys/module/nsorphan/parameters/signals'
FAKE_RECORDED=0 capture "$fake" signals
is 'recording is off: one line says how to switch it on' "$status $(cat "$tmp/err")" "0 $off"
FAKE_RECORDED=0 FAKE_NEXT=1 FAKE_DUMPS='' capture "$fake" signals
is 'recording is off and there are no signals: failure' "$status $(cat "$tmp/err")$(cat "$tmp/out")" "1 $off"
FAKE_NEXT=1 FAKE_DUMPS='' capture "$fake" signals
is 'recording is on and there are no signals: success' "$status $(cat "$tmp/err")$(cat "$tmp/out")" '0 '

# More different rows than the tool keeps.
FAKE_NEXT=100001 FAKE_DUMPS=1-100000 FAKE_SIGNALS='15:1000010:+:0' \
	capture python3 -c '
import resource, subprocess, sys
status = subprocess.call(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, "MB",
      file=sys.stderr)
sys.exit(status)' "$fake" signals -j
is 'more than 16384 rows: the sum is right' "$status $(python3 -c '
import json, sys
rows = [json.loads(line) for line in open(sys.argv[1])]
print(len(rows), sum(row["count"] for row in rows),
      rows[0]["count"], *sorted(rows[0]))' "$tmp/out")" \
	'0 16385 100000 83616 count first_time last_time result signal'
ok 'one line says that rows are merged' grep -qx \
	"nsorphan signals: more than 16384 rows: further signals are counted as between 'others'" "$tmp/err"
megabytes=$(sed -n 's/ MB$//p' "$tmp/err")
ok "memory is bounded: $megabytes MB" test "$megabytes" -lt 40

# Signals as they happen.
export FAKE_NEXT=1 FAKE_DUMPS=
FAKE_SENT='1-3~4-5X' capture "$fake" signals --follow -j
is '--follow prints changes at once, and all rows when the module is unloaded' \
	"$status $(rows "$tmp/out") $(cat "$tmp/err")" \
	"1 1:37:0:2000001:delivered 1:15:1000010:2000001:ignored $(:
	)2:15:1000010:2000001:ignored 1:9:3000007:2000001:lost 1:37:0:2000001:delivered $(:
	)nsorphan: the module was unloaded"
FAKE_SENT='1-2~3-5W6WX' capture "$fake" signals --follow -j
is '--follow prints what changed once a second' "$(rows "$tmp/out")" \
	"1:37:0:2000001:delivered 1:15:1000010:2000001:ignored $(:
	)2:15:1000010:2000001:ignored 1:9:3000007:2000001:lost $(:
	)2:37:0:2000001:delivered $(:
	)2:37:0:2000001:delivered 2:15:1000010:2000001:ignored 1:9:3000007:2000001:lost"
FAKE_SENT='1-2~3-5W6WX' capture "$fake" signals --follow
is '--follow prints a heading for the last table only' "$(table "$tmp/out")" \
	'1 SIGRTMIN+3 delivered the kernel - sh 2000001/1 2
1 SIGTERM ignored sh 1000010 1 sh 2000001/1 2
2 SIGTERM ignored sh 1000010 1 sh 2000001/1 2
1 SIGKILL lost sh 3000007/7 3 sh 2000001/1 2
2 SIGRTMIN+3 delivered the kernel - sh 2000001/1 2
COUNT SIGNAL RESULT SENDER FROM TARGET TO
2 SIGRTMIN+3 delivered the kernel - sh 2000001/1 2
2 SIGTERM ignored sh 1000010 1 sh 2000001/1 2
1 SIGKILL lost sh 3000007/7 3 sh 2000001/1 2'
FAKE_NEXT=3 FAKE_DUMPS=1-2 FAKE_SENT='5X' capture "$fake" signals --follow -j
is '--follow counts new signals only' "$(rows "$tmp/out")" 'lost:3+2 1:15:1000010:2000001:ignored'
FAKE_NEXT=3 FAKE_DUMPS=1-2 FAKE_SENT='5X' capture "$fake" signals --follow --all -j
is '--follow --all counts recorded signals, too' "$(rows "$tmp/out")" \
	'lost:3+2 2:15:1000010:2000001:ignored 1:37:0:2000001:delivered'
FAKE_SENT='1-9X' capture "$fake" signals --follow -n 2 -j
is '--follow -n ends after so many signals' "$status $(rows "$tmp/out")" \
	'0 1:37:0:2000001:delivered 1:15:1000010:2000001:ignored'

# Sleeps without a time limit when nothing happens, and ends at a signal.
for signal in INT TERM; do
	FAKE_TRACE=1 FAKE_SENT='1-3~' "$fake" signals --follow -j \
		>"$tmp/out" 2>"$tmp/err" &
	pid=$!
	until_true idle "$pid" "$tmp/err"
	before=$(switches "$pid")
	sleep 1.5 # longer than its interval of a second
	is "SIG$signal: --follow does not wake up without events" \
		"$(switches "$pid")" "$before"
	kill -$signal "$pid"
	ended "$pid"
	is "SIG$signal: --follow prints all rows at the end" \
		"$status $(rows "$tmp/out") $(cat "$tmp/err")" \
		"0 1:37:0:2000001:delivered 1:15:1000010:2000001:ignored $(:
		)1:37:0:2000001:delivered 1:15:1000010:2000001:ignored $(:
		)"$'status\nsent'
done

# In a storm the tool is never idle. Its first line comes at once, and the last one
# at the end.
has_lines() {
	[ "$(wc -l <"$tmp/out")" -ge "$1" ]
}
start=$SECONDS
FAKE_SIGNALS='15:1000010:2000001:0' FAKE_SENT=1-999999999999 \
	"$fake" signals --follow -j >"$tmp/out" &
pid=$!
until_true has_lines 3
kill -INT "$pid"
ended "$pid"
limit=$((SECONDS - start + 1 + 2))
is 'SIGINT in a storm' "$status" 0
ok "in a storm at most a line a second: $(wc -l <"$tmp/out") lines" \
	test "$(wc -l <"$tmp/out")" -le "$limit"

# The first line goes into the pipe; the many rows a second later fill it.
mkfifo "$tmp/fifo"
exec 3<>"$tmp/fifo"
FAKE_SIGNALS='15:1000010:+:0' FAKE_SENT=1-999999999999 \
	"$fake" signals --follow -j >"$tmp/fifo" 2>"$tmp/err" &
pid=$!
until_true in_poll "$pid"
kill -INT "$pid"
ended "$pid"
is 'SIGINT at a full pipe: --follow gives up its last rows, and fails' \
	"$status $(grep -c 'cannot write' "$tmp/err")" '1 1'
exec 3>&-

# On a terminal of 6 lines the table is drawn over the one before.
FAKE_SENT='1-5~6WX' TERM=linux timeout "$guard" python3 -c '
import fcntl, os, pty, struct, sys, termios
pid, fd = pty.fork()
if not pid:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", int(sys.argv[1]), 80, 0, 0))
    os.execvp(sys.argv[2], sys.argv[2:])
out = b""
try:
    while chunk := os.read(fd, 4096): out += chunk
except OSError: pass
sys.stdout.buffer.write(out.replace(b"\x1b", b"ESC").replace(b"\r\n", b"\n").replace(b"\r", b"CR"))
' 6 "$fake" signals --follow >"$tmp/out"
is '--follow redraws on a terminal, and prints all rows at the end' "$(table "$tmp/out" | cut -d ' ' -f 1-2)" \
	'CRESC[JESC[?7lCOUNT SIGNAL
2 SIGTERM
1 SIGKILL
1 row
ESC[?7hESC[4ACRESC[JESC[?7lCOUNT SIGNAL
2 SIGRTMIN+3
2 SIGTERM
1 row
ESC[?7hESC[4ACRESC[JCOUNT SIGNAL
2 SIGRTMIN+3
2 SIGTERM
1 SIGKILL
nsorphan: the'
finish

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Signals, as watch, log and status tell them, and as signals counts them.
set -eu
# shellcheck source=tests/t/tool-lib.sh
. "$(dirname "$0")/tool-lib.sh"
build fake client.o "$here/fake-client.c"
fake=$tmp/fake
export FAKE_COMM=sh FAKE_NEXT=5 FAKE_DUMPS=1-4
export FAKE_SIGNALS='15:1000010:2000001:1 37:0:2000001:0 - 9:3000007:2000001:3'

# Without the time of day.
what() {
	sed 's/.*  signal/signal/; s/  */ /g'
}

is 'a line for each, with its name' "$("$fake" log --event signal | what)" \
	'signal 2 SIGTERM from sh 1000010 to sh 2000001/1: ignored
signal 2 SIGRTMIN+3 from the kernel to sh 2000001/1: delivered
signal 2 SIGKILL from sh 3000007/7 to sh 2000001/1: lost'

is 'in JSON as it is specified' "$("$fake" log -j --event signal | python3 -c '
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

# passes NAME SEQS FILTER...
passes() {
	local name=$1 seqs=$2
	shift 2
	is "$name" "$("$fake" log -j "$@" | python3 -c '
import json, sys
print(*(json.loads(line)["seq"] for line in sys.stdin))')" "$seqs"
}
passes 'by type' '1 2 4' --event signal
passes 'by another type' 3 --event reparent
passes 'by the pid of the sender' 1 --pid 1000010
passes 'by the pid of the target' '1 2 4' --pid 2000001
passes "by the target's namespace" '1 2 4' --pidns 2
passes "by the sender's namespace" 4 --pidns 3
passes 'by name' '1 2 3 4' --comm 's?'
passes 'by another name' '' --comm x
passes 'by a container in which nobody is' '' --container a

for recorded in 0:off 1:namespaced 2:all 3:unknown; do
	export FAKE_RECORDED=${recorded%:*}
	is "status: ${recorded#*:}" "$("$fake" status | grep signals: | tr -s ' ')" \
		"signals: ${recorded#*:}"
	ok "status -j: ${recorded#*:}" grep -q "\"signals\":\"${recorded#*:}\"" \
		<("$fake" status -j)
done

# nsorphan signals. The last column is a time.
table() {
	sed 's/ [^ ]*$//; s/ [0-9-]*$//; s/  */ /g; s/^ //; s/ $//' "$@"
}

# The rows of JSON: COUNT:SIGNAL:SENDER:TARGET:RESULT, and lost events.
rows() {
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
is 'a table, the most frequent first, then the latest' "$(table "$tmp/out")" \
	'COUNT SIGNAL RESULT SENDER FROM TARGET TO
3 SIGRTMIN+3 delivered the kernel - sh 2000001/1 2
3 SIGTERM ignored sh 1000010 1 sh 2000001/1 2
2 SIGKILL lost sh 3000007/7 3 sh 2000001/1 2'
is 'and nothing else' "$status $(cat "$tmp/err")" '0 '
capture "$fake" signals -j
is 'in JSON as it is specified' "$(sed -n 2p "$tmp/out" | python3 -c '
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
is 'the same rows' "$(rows "$tmp/out")" \
	'3:37:0:2000001:delivered 3:15:1000010:2000001:ignored 2:9:3000007:2000001:lost'

# counts NAME ROWS ARGUMENT...
counts() {
	local name=$1 expected=$2
	shift 2
	capture "$fake" signals -j "$@"
	is "$name" "$status $(rows "$tmp/out")" "0 $expected"
}
counts '-n ends it after so many signals' \
	'2:15:1000010:2000001:ignored 1:9:3000007:2000001:lost 1:37:0:2000001:delivered' \
	-n 4
counts '--since' '1:37:0:2000001:delivered 1:15:1000010:2000001:ignored' --since 9
counts "the sender's namespace" 2:9:3000007:2000001:lost --pidns 3
counts 'a sender' 3:15:1000010:2000001:ignored --pid 1000010
counts 'a name of nobody' '' --comm x
FAKE_COMM=$'\e[31m' capture "$fake" signals
ok 'a name does no harm' grep -q '\\x1b\[31m 2000001/1' "$tmp/out"
ok 'none at all' test -z "$(tr -d '[:print:]\n' <"$tmp/out")"

# What is lost.
FAKE_DUMPS='3-5 8-10'
capture "$fake" signals
is 'lost ones are told in one line' "$status $(cat "$tmp/err")" \
	'0 nsorphan signals: 4 events were lost; signals among them are not counted'
counts 'and as lost events, in JSON' \
	'lost:1+2 lost:6+2 2:15:1000010:2000001:ignored 2:9:3000007:2000001:lost 1:37:0:2000001:delivered'
counts 'they do not count for -n' 'lost:1+2 1:9:3000007:2000001:lost' -n 1
FAKE_DUMPS=1-10

# Switched off.
off='nsorphan signals: the module records no signals; to record them: echo namespaced >/sys/module/nsorphan/parameters/signals'
FAKE_RECORDED=0 capture "$fake" signals
is 'switched off: one line on how to switch it on' "$status $(cat "$tmp/err")" "0 $off"
FAKE_RECORDED=0 FAKE_NEXT=1 FAKE_DUMPS='' capture "$fake" signals
is 'off, and none is recorded' "$status $(cat "$tmp/err")$(cat "$tmp/out")" "1 $off"
FAKE_NEXT=1 FAKE_DUMPS='' capture "$fake" signals
is 'none was sent' "$status $(cat "$tmp/err")$(cat "$tmp/out")" '0 '

# More kinds than are told apart.
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
ok 'which one line says' grep -qx \
	"nsorphan signals: more than 16384 rows: further signals are counted as between 'others'" "$tmp/err"
megabytes=$(sed -n 's/ MB$//p' "$tmp/err")
ok "and memory is bounded: $megabytes MB" test "$megabytes" -lt 40

# As they happen.
export FAKE_NEXT=1 FAKE_DUMPS=
FAKE_SENT='1-3~4-5X' capture "$fake" signals --follow -j
is 'what changed at once, then all, though the module is unloaded' \
	"$status $(rows "$tmp/out") $(cat "$tmp/err")" \
	"1 1:37:0:2000001:delivered 1:15:1000010:2000001:ignored $(:
	)2:15:1000010:2000001:ignored 1:9:3000007:2000001:lost 1:37:0:2000001:delivered $(:
	)nsorphan: the module was unloaded"
FAKE_SENT='1-2~3-5W6WX' capture "$fake" signals --follow -j
is 'once a second what changed' "$(rows "$tmp/out")" \
	"1:37:0:2000001:delivered 1:15:1000010:2000001:ignored $(:
	)2:15:1000010:2000001:ignored 1:9:3000007:2000001:lost $(:
	)2:37:0:2000001:delivered $(:
	)2:37:0:2000001:delivered 2:15:1000010:2000001:ignored 1:9:3000007:2000001:lost"
FAKE_SENT='1-2~3-5W6WX' capture "$fake" signals --follow
is 'in text, without headings but in the end' "$(table "$tmp/out")" \
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
is 'from now on' "$(rows "$tmp/out")" 'lost:3+2 1:15:1000010:2000001:ignored'
FAKE_NEXT=3 FAKE_DUMPS=1-2 FAKE_SENT='5X' capture "$fake" signals --follow --all -j
is '--all: from what is recorded on' "$(rows "$tmp/out")" \
	'lost:3+2 2:15:1000010:2000001:ignored 1:37:0:2000001:delivered'
FAKE_SENT='1-9X' capture "$fake" signals --follow -n 2 -j
is '-n ends it' "$status $(rows "$tmp/out")" \
	'0 1:37:0:2000001:delivered 1:15:1000010:2000001:ignored'

# Until it is interrupted; meanwhile nothing wakes it.
for signal in INT TERM; do
	FAKE_SENT='1-3~' "$fake" signals --follow -j >"$tmp/out" 2>"$tmp/err" &
	pid=$!
	sleep 2
	before=$(grep -h ctxt_switches "/proc/$pid/status")
	sleep 3
	is 'nothing wakes it while nothing happens' \
		"$(grep -h ctxt_switches "/proc/$pid/status")" "$before"
	kill -$signal "$pid"
	status=0
	wait "$pid" || status=$?
	is "SIG$signal: all of them, at last" "$status $(rows "$tmp/out") $(cat "$tmp/err")" \
		"0 1:37:0:2000001:delivered 1:15:1000010:2000001:ignored $(:
		)1:37:0:2000001:delivered 1:15:1000010:2000001:ignored "
done

# A storm has no idle moment, nor has a pipe that nobody reads one for us.
FAKE_SIGNALS='15:1000010:2000001:0' FAKE_SENT=1-999999999999 \
	"$fake" signals --follow -j >"$tmp/out" &
pid=$!
sleep 3.5
kill -INT "$pid"
status=0
wait "$pid" || status=$?
lines=$(wc -l <"$tmp/out")
ok "a storm: a line a second, and the last: $status $lines" \
	test "$status" = 0 -a "$lines" -ge 4 -a "$lines" -le 6

mkfifo "$tmp/fifo"
exec 3<>"$tmp/fifo"
FAKE_SIGNALS='15:1000010:+:0' FAKE_SENT=1-999999999999 \
	"$fake" signals --follow -j >"$tmp/fifo" 2>"$tmp/err" &
pid=$!
sleep 2
start=$SECONDS
kill -INT "$pid"
status=0
timeout 10 tail --pid="$pid" -f /dev/null || kill -KILL "$pid"
wait "$pid" || status=$?
ok 'a full pipe that nobody reads does not hold it' test $((SECONDS - start)) -lt 6
is 'which is a failure' "$status $(grep -c 'cannot write' "$tmp/err")" '1 1'
exec 3>&-

# On a terminal of 7 lines it is drawn over itself.
FAKE_SENT='1-5W6WX' TERM=linux python3 -c '
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
is 'on a terminal: drawn, drawn over, and all at last' "$(table "$tmp/out" | cut -d ' ' -f 1-2)" \
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

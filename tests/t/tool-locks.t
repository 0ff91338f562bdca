#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Which lock blocks a request, as /proc/locks and fdinfo show it: locks.c.
set -eu
# shellcheck source=tests/t/tool-lib.sh
. "$(dirname "$0")/tool-lib.sh"
build locks nsorphan.o "$here/locks.c"

# The last line is cut off.
cat >"$tmp/text" <<'END'
1: FLOCK  ADVISORY  WRITE 100 08:01:11 0 EOF
1: -> FLOCK  ADVISORY  WRITE 101 08:01:11 0 EOF
1:  -> FLOCK  ADVISORY  READ 102 08:01:11 0 EOF
1: -> FLOCK  ADVISORY  READ 103 08:01:11 0 EOF
2: POSIX  ADVISORY  READ 100 00:1f:12 128 228
2: -> POSIX  ADVISORY  WRITE 101 00:1f:12 128 EOF
3: OFDLCK ADVISORY  WRITE -1 fd:10002:13 0 0
3: -> OFDLCK ADVISORY  WRITE -1 fd:10002:13 0 0
4: LEASE  ACTIVE    READ 100 08:01:14 0 EOF
5: FLOCK  ADVISORY  WRITE 104 08:01:15 0 EOF
5: -> FLOCK  ADVISORY  WRITE 105 08:01:15 0 EOF
6: FLOCK  ADVISORY  WRITE 106 fff:fffff:18446744073709551615 0 EOF
6: -> FLOCK  ADVISORY  WRITE 105 fff:fffff:18446744073709551615 0 EOF
7: POSIX  *NOINODE* WRITE 100 <none>:0 0 EOF
8: -> FLOCK  ADVISORY  WRITE 107 08:01:16 0 EOF
9: FLOCK  ADVISORY  WRITE 108 08:01:17
END

# blocker TYPE PID INO
blocker() {
	"$tmp/locks" "$@" "$tmp/text"
}

is 'a request' "$(blocker flock 101 11)" '100 WRITE 08:01:11 0 EOF'
is 'a request that waits for another one' "$(blocker flock 102 11)" \
	'100 WRITE 08:01:11 0 EOF'
is 'a request after that' "$(blocker flock 103 11)" '100 WRITE 08:01:11 0 EOF'
is 'a range' "$(blocker posix 101 12)" '100 READ 00:1f:12 128 228'
is 'of an open file' "$(blocker ofd 7 13)" '-1 WRITE fd:10002:13 0 0'
is 'who holds a lock waits for none' "$(blocker flock 100 11)" none
is 'another type' "$(blocker posix 103 11)" none
is 'another file' "$(blocker flock 101 12)" none
is 'an unknown file' "$(blocker flock 101 0)" '100 WRITE 08:01:11 0 EOF'
is 'an unknown file, of two' "$(blocker flock 105 0)" none
is 'the largest numbers' "$(blocker flock 105 18446744073709551615)" \
	'106 WRITE fff:fffff:18446744073709551615 0 EOF'
is 'a request whose lock is not visible' "$(blocker flock 107 16)" none

# shows LINE: whether fdinfo with it shows the lock that process 101 waits for.
shows() {
	printf 'pos:\t0\nflags:\t02\nmnt_id:\t31\nino:\t12\n%b\n' "$1" >"$tmp/info"
	"$tmp/locks" posix 101 12 "$tmp/text" "$tmp/info"
}
lock='POSIX  ADVISORY  READ 100 00:1f:12'
is 'fdinfo with the lock' "$(shows "lock:\t1: $lock 128 228")" shown
is 'as the second one' \
	"$(shows "lock:\t1: $lock 0 1\nlock:\t2: $lock 128 228")" shown
is 'another range' "$(shows "lock:\t1: $lock 128 229")" 'not shown'
is 'another process' "$(shows "lock:\t1: ${lock/100/99} 128 228")" 'not shown'
is 'another file' "$(shows "lock:\t1: ${lock%2}3 128 228")" 'not shown'
is 'no lock' "$(shows 'eventfd-count: 0')" 'not shown'
finish

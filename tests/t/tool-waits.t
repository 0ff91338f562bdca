#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# For whom processes wait at pipes, FIFOs, sockets, locks, seccomp filters, core
# dumps, and the start of a container: waits.c makes these situations.
set -eu
# shellcheck source=tests/t/tool-lib.sh
. "$(dirname "$0")/tool-lib.sh"
if [ "$(id -u)" != 0 ]; then
	echo '1..0 # SKIP only root can look at all processes'
	exit 0
fi
build waits nsorphan.o "$here/waits.c" \
	-Wl,--wrap=procfs_read_file,--wrap=procfs_read_link

# situation NAME: prints the edges; files are in a new folder of $tmp/root, and
# numbers are N.
shown=$(sed -E 's/[0-9]+/N/g' <<<"$tmp")
situation() {
	rm -rf "$tmp/root"
	mkdir -p "$tmp/root/id"
	timeout "$guard" "$tmp/waits" "$1" "$tmp/root/id" | sed "s|$shown|TMP|g"
}

# waits NAME SITUATION EDGE...
waits() {
	local name=$1 situation=$2
	shift 2
	is "$name" "$(situation "$situation")" "$(printf '%s\n' "$@")"
}

pipe='what=pipe N detail=read from descriptor N, pipe N'
waits 'a pipe, whose other end one process has' pipe-read \
	"writer $pipe, which writer N has open for writing"
waits 'both ends of a pipe were inherited' pipe-inherited \
	"one $pipe, which one N has open for writing candidate" \
	"two $pipe, which two N has open for writing candidate"
waits 'a pipe of its own, as for a handler to write to' pipe-itself none
waits 'a pipe that is full' pipe-write \
	"reader ${pipe/read from/write to}, which reader N has open for reading"
waits 'splice, between two pipes' pipe-splice \
	"writer $pipe, which writer N has open for writing"
ONLY_HARD=1 waits 'a pipe, of a process that is killed' pipe-read none

fifo='FIFO FOLDER/fifo'
read="detail=read from descriptor N, $fifo"
waits 'a FIFO; another one is called alike' fifo-read \
	"writer what=$fifo $read, which writer N has open for writing"
waits 'a FIFO that is elsewhere in another mount namespace' fifo-elsewhere \
	"writer what=$fifo $read, which writer N has open for writing"
waits 'a FIFO that is open for both, by the reader alone' fifo-read-write none
waits 'the other end of a FIFO is not open' fifo-open \
	'thing what=a process that opens the other end of a FIFO detail=open of a FIFO, whose other end is not open'

socket='what=unix socket N detail=read from descriptor N, unix socket N'
waits 'a unix socket' socket-read \
	"server $socket, which server N has the other end of"
waits 'a unix socket of another network namespace' socket-inherited \
	"server $socket, which server N has the other end of"
waits 'both ends of a unix socket, in a network namespace' socket-netns none
waits 'a connection that is not accepted' socket-not-accepted \
	"server $socket, which server N has not accepted yet"
waits 'a server without a connection' socket-accept none

# lock TYPE HOLDER
lock() {
	echo "$2 what=$1 of FOLDER/file detail=$1 of FOLDER/file, held by $2 N"
}
waits 'flock, behind another one that waits' lock-flock "$(lock flock holder)"
waits 'flock, by a process that has ended' lock-inherited \
	"$(lock flock 'heir one') candidate" "$(lock flock 'heir two') candidate"
waits 'F_SETLKW' lock-posix "$(lock 'fcntl lock' holder)"
waits 'F_OFD_SETLKW' lock-ofd "$(lock 'OFD lock' holder)"
waits 'flock, by two open files of one process' lock-itself \
	"$(lock flock waiter)"

seccomp='what=a seccomp supervisor detail=getppid until a seccomp supervisor decides'
waits 'a seccomp supervisor' seccomp-supervised \
	"agent $seccomp, which agent N is remedy=kill -KILL N"
waits 'nobody else has the listener' seccomp-itself \
	"filtered $seccomp, which filtered N is remedy=kill -KILL N"

start='thing what=the start of the container detail=created, not started: waits at'
waits 'runc start' start-runc \
	"$start FOLDER/exec.fifo remedy=runc --root TMP/root start id"
waits 'crun start' start-crun \
	"$start FOLDER/exec.fifo remedy=crun --root TMP/root start id"
EXEC_FIFO=/run/runc/web/exec.fifo waits 'runc, in its own folder' start-runc \
	"$start /run/runc/web/exec.fifo remedy=runc start web"
EXEC_FIFO=/run/crun/web/exec.fifo waits 'crun, in its own folder' start-crun \
	"$start /run/crun/web/exec.fifo remedy=crun start web"
moby=/run/containerd/runc/moby/0a
EXEC_FIFO=$moby/exec.fifo waits 'runc of Docker' start-runc \
	"$start /run/containerd/runc/moby/Na/exec.fifo remedy=runc --root /run/containerd/runc/moby start Na"
EXEC_FIFO='/run/runc/a;b/exec.fifo' waits 'an id that is no word' start-runc \
	"$start /run/runc/a;b/exec.fifo"
EXEC_FIFO=/run/runc/-f/exec.fifo waits 'an id that looks like an option' \
	start-runc "$start /run/runc/-f/exec.fifo"
EXEC_FIFO='' waits 'its FIFO is not to be seen' start-runc \
	"$start its exec.fifo"

core='detail=core dump to systemd-coredum N, by core_pattern'
export CORE_PATTERN='|/lib/systemd/systemd-coredump %P %u'
HANDLER=systemd-coredum waits 'a core dump that a program takes' core \
	"systemd-coredum what=the core dump $core |/lib/systemd/systemd-coredump %P %u"
HANDLER=apport waits 'another program' core \
	"thing what=the core dump detail=core dump, by core_pattern $CORE_PATTERN"
CORE_PATTERN='|apport' HANDLER=apport waits 'a program without a path' core \
	'apport what=the core dump detail=core dump to apport N, by core_pattern |apport'
CORE_PATTERN='/var/core/%p' waits 'a core dump to a file' core \
	'thing what=the file system of the core dump detail=core dump, by core_pattern /var/core/%p'
CORE_PATTERN=@/run/socket waits 'a core dump to a socket' core \
	'thing what=the core dump detail=core dump, by core_pattern @/run/socket'
finish

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Events have the names of containers: in JSON beside the id, in text in its
# place. Names are safe to print, and short ones leave a line short.
set -eu
# shellcheck source=tests/t/tool-lib.sh
. "$(dirname "$0")/tool-lib.sh"
build fake client.o "$here/fake-client.c" "$here/fake-cgroups.c" \
	"$here/fake-engines.c" -Wl,--wrap=procfs_read_cgroup,--wrap=engine_root

chmod 755 "$tmp"
export FAKE_ENGINES=$tmp/root

id() {
	printf %064x "$1"
}

put() {
	mkdir -p "$(dirname "$FAKE_ENGINES$1")"
	cat >"$FAKE_ENGINES$1"
}

# docker NUMBER NAME, which is JSON.
docker() {
	put "/var/lib/docker/containers/$(id "$1")/config.v2.json" \
		<<<"{\"ID\":\"$(id "$1")\",\"Name\":\"/$2\"}"
}

docker 1 web
docker 2 '\u001b[31m\"\u202e\n'
docker 3 "$(printf '%255s' '' | tr ' ' n)"
mkdir -p "$FAKE_ENGINES/var/log/containers"
ln -s /x "$FAKE_ENGINES/var/log/containers/web-0_shop_app-$(id 5).log"
task=/run/containerd/io.containerd.runtime.v2.task/k8s.io/$(id 6)
put "$task/config.json" <<'END'
{"annotations":{"io.kubernetes.cri.container-type":"sandbox",
"io.kubernetes.cri.sandbox-name":"web-0",
"io.kubernetes.cri.sandbox-namespace":"shop"}}
END
home=$(getent passwd 5 | cut -d: -f6)
storage=$home/.local/share/containers/storage/overlay-containers/containers.json
put "$storage" <<<"[{\"id\":\"$(id 1)\",\"names\":[\"web\"]}]"
chown 5 "$FAKE_ENGINES$storage"

# log NUMBER [OPTION...]: prints a signal to a process of this container.
log() {
	local number=$1
	shift
	FAKE_SIGNALS="15:1:${number}000001:0" FAKE_NEXT=2 FAKE_DUMPS='1;' \
		FAKE_RECORDED=1 FAKE_COMM=sh "$tmp/fake" log "$@"
}

# json NUMBER: the members of an event that are about its container.
json() {
	log "$1" -j | python3 -c '
import json, sys
event = json.loads(sys.stdin.read())
print(*(f"{key}={event[key]!a}" for key in event if key.startswith(("container", "pod"))))'
}

# where NUMBER: what text has in place of the id.
where() {
	log "$1" | sed 's/.* signal  *\([^ ]*\)  *SIGTERM from .*/\1/'
}

is 'JSON: Docker' "$(json 1)" "container='$(id 1)' container_name='web'"
is 'JSON: any name' "$(json 2)" \
	"container='$(id 2)' container_name='\\x1b[31m\"\\u202e\\n'"
is 'JSON: no name' "$(json 4)" "container='$(id 4)'"
is 'JSON: Kubernetes' "$(json 5)" \
	"container='$(id 5)' container_name='app' pod='web-0' pod_namespace='shop'"
is 'JSON: a sandbox' "$(json 6)" \
	"container='$(id 6)' pod='web-0' pod_namespace='shop'"
is "JSON: a user's" "$(json 1001)" \
	"container='$(id 1)' container_name='web' container_user='games'"

is 'text: Docker' "$(where 1)" web
is 'text: any name' "$(where 2)" '\x1b[31m"\xe2\x80\xae\x0a'
is 'text: 255 bytes' "$(where 3)" "$(printf '%255s' '' | tr ' ' n)"
is 'text: no name' "$(where 4)" 000000000000
is 'text: Kubernetes' "$(where 5)" shop/web-0/app
is 'text: a sandbox' "$(where 6)" shop/web-0
is "text: a user's" "$(where 1001)" web@games

is 'text: a line fits 100 columns' \
	"$(for number in 1 5 1001; do log $number; done | awk 'length > 100')" ''

count() {
	FAKE_SIGNALS="15:1000001:5000001:0" FAKE_NEXT=2 FAKE_DUMPS='1;' \
		FAKE_RECORDED=1 FAKE_COMM=sh "$tmp/fake" signals "$@"
}
is 'signals: both containers' "$(count | awk 'END { print $6, $9 }')" \
	'web shop/web-0/app'
ok 'signals: JSON' grep -q '"container_name":"app","pod":"web-0"' <(count -j)

# Filters
docker 7 web2
docker 8 '[w]eb'
# found OPTION...: numbers of the containers to whose processes signals pass.
found() {
	FAKE_SIGNALS=$(for number in 1 2 4 5 6 7 8 1001; do
		echo "15:1:${number}000001:0"
	done | paste -sd ' ') FAKE_NEXT=9 FAKE_DUMPS='1-8;' FAKE_RECORDED=1 \
		"$tmp/fake" log -j "$@" | python3 -c '
import json, sys
print(*(json.loads(line)["target"]["pid"] // 1000000 for line in sys.stdin))'
}
is '--container: a whole name, of each owner' "$(found --container web)" '1 1001'
is '--container: the name with its user' "$(found --container web@games)" 1001
is '--container: not a part of a name' "$(found --container we)" ''
is '--container: a glob' "$(found --container 'web*')" '1 7 1001'
is '--container: a glob that is a name' "$(found --container '[w]eb')" '1 8 1001'
is '--container: namespace, pod and name' "$(found --container shop/web-0/app)" 5
is '--container: a glob in each part' "$(found --container 's*/web-?/*')" 5
is '--container: no glob matches a slash' "$(found --container 's*app')" ''
is '--container: a name in any pod' "$(found --container app)" 5
is '--container: an id' "$(found --container "$(id 4)")" 4
is '--container: the prefix of an id' "$(found --container 0000)" \
	'1 2 4 5 6 7 8 1001'
is '--container: a name that nobody has' "$(found --container nobody)" ''
is '--pod' "$(found --pod web-0)" '5 6'
is '--pod: with its namespace' "$(found --pod shop/web-0)" '5 6'
is '--pod: in another namespace' "$(found --pod sho/web-0)" ''
is '--pod: globs' "$(found --pod 's*/web-?')" '5 6'
is '--pod: not a part of a name' "$(found --pod web)" ''
is '--pod: no container that is called so' "$(found --pod app)" ''
is '--pod and --container' "$(found --pod web-0 --container app)" 5
is '--pod: a long namespace' "$(found --pod "$(printf '%999s' x)/web-0")" ''

# From container 1 to 5, and to the host.
sides() {
	FAKE_SIGNALS='15:1000001:5000001:0 15:1000001:1:0' FAKE_NEXT=3 \
		FAKE_DUMPS='1-2;' FAKE_RECORDED=1 "$tmp/fake" log -j "$@" | wc -l
}
is '--container: of the sender' "$(sides --container web)" 2
is '--pod: of the target' "$(sides --pod web-0)" 1

# What hangs: nobody ever writes to a FIFO. It is not even opened.
rm "$FAKE_ENGINES/var/lib/docker/containers/$(id 1)/config.v2.json"
mkfifo "$FAKE_ENGINES/var/lib/docker/containers/$(id 1)/config.v2.json"
is 'no name where its file is a FIFO' "$(json 1)" "container='$(id 1)'"
finish

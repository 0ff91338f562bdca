#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The names of containers are read from the files of each engine, and from
# nothing that only looks like such a file.
set -eu
# shellcheck source=tests/t/tool-lib.sh
. "$(dirname "$0")/tool-lib.sh"
build names nsorphan.o "$here/names.c" -Wl,--wrap=engine_root,--wrap=task_read

# The rights of users are taken to read their files: they have to reach them.
chmod 755 "$tmp"
export TEST_ROOT=$tmp/root

# id N: 64 digits.
id() {
	printf %064x "$1"
}

# fresh: an empty tree.
fresh() {
	rm -rf "$TEST_ROOT"
	mkdir "$TEST_ROOT"
}

# put FILE: writes stdin to a file of the tree.
put() {
	mkdir -p "$(dirname "$TEST_ROOT$1")"
	cat >"$TEST_ROOT$1"
}

# in_openat PID: the process sleeps in openat(), of x86 or of arm64.
in_openat() {
	local number
	read -r number _ 2>/dev/null <"/proc/$1/syscall" || return
	[ "$number" = 257 ] || [ "$number" = 56 ]
}

# names WHAT EXPECTED ID [USER [PID]]
names() {
	local what=$1 expected=$2
	shift 2
	is "$what" "$(timeout "$guard" "$tmp/names" "$@")" "$expected"
}

# long CHARACTER COUNT
long() {
	printf "%$2s" '' | tr ' ' "$1"
}

# json STRING: quoted.
json() {
	python3 -c 'import json, sys; print(json.dumps(sys.argv[1]))' "$1"
}

# LXC, Incus and systemd-nspawn: the id is the name.
fresh
names 'LXC: the name is the id' '-/-/web - 0' web
names 'LXC of a user: is shown with the user' '-/-/web games 0' web 5
names 'a user without a name: has a number' '-/-/web 4000000 0' web 4000000

# kubelet
web=$(id 1)
logs=/var/log/containers
link() {
	mkdir -p "$TEST_ROOT$logs"
	ln -s "$2" "$TEST_ROOT$logs/$1"
}
link "web-0_shop_app-$web.log" /var/log/pods/shop_web-0_1/app/0.log
link "web-0_shop_side-car-$(id 2).log" /nowhere
link "a.b-c_kube-system_x-$(id 3).log" /nowhere
link "x_y-$(id 4).log" /nowhere
link "a_b_c_d-$(id 5).log" /nowhere
link "_b_c-$(id 6).log" /nowhere
link "a_b_-$(id 7).log" /nowhere
link "a_b_c-$(id 8).log.1" /nowhere
link "a_b_c-x$(id 9).log" /nowhere
link "-$(id 16).log" /nowhere
names 'kubelet: pod, namespace and container' 'shop/web-0/app - 0' "$web"
names 'kubelet: a container with a dash' 'shop/web-0/side-car - 0' "$(id 2)"
names 'kubelet: a pod with dots' 'kube-system/a.b-c/x - 0' "$(id 3)"
for number in 4 5 6 7 8 9 16; do
	names "kubelet: no name in a malformed link, $number" none "$(id $number)"
done
names 'kubelet: no name of another container' none "$(id 10)"

# kubelet cuts at 251 bytes, and appends .log.
pod=$(long p 200)
cut_link() {
	local file=${1}_ns_app-$2
	link "${file:0:251}.log" "$3"
}
cut_link "$pod" "$web" "/var/log/pods/ns_${pod}_1-2/app/0.log"
names 'kubelet: a cut name is completed by the target of the link' \
	"ns/$pod/app - 0" "$web"
# All ids in this test differ in their last digits only.
names 'kubelet: a cut name is of no container without these digits' none \
	"1$(id 1 | cut -c2-)"
rm "$TEST_ROOT$logs"/p*
cut_link "$pod" "$web" "/var/log/pods/ns_${pod}x_1-2/app/0.log"
rm -f "$TEST_ROOT$logs/web-0_shop_app-$web.log"
names 'kubelet: no name where name and target of a link differ' none "$web"
rm "$TEST_ROOT$logs"/p*
pod=$(long p 232)
cut_link "$pod" "$web" "/var/log/pods/ns_${pod}_1-2/app/0.log"
names 'kubelet: no name where the id is cut to less than 12 digits' none "$web"
rm "$TEST_ROOT$logs"/p*
pod=$(long p 250)
cut_link "$pod" "$web" "/var/log/pods/ns_${pod}_1-2/app/0.log"
names 'kubelet: no name where the id is cut off' none "$web"
rm -r "${TEST_ROOT:?}/var"
put /var/log/containers </dev/null
names 'kubelet: the folder is a file' none "$web"

# Docker
fresh
docker=/var/lib/docker
# container ROOT ID NAME [STOP-SIGNAL [LABELS]]
container() {
	local signal=${4:+,\"StopSignal\":\"$4\"}
	put "$1/containers/$2/config.v2.json" <<END
{"StreamConfig":{},"State":{"Running":true,"Pid":12},"ID":"$2",
"Path":"sleep","Args":["1"],"Config":{"Hostname":"x","Env":["Name=/env"],
"Labels":${5:-{\}}$signal},"Image":"sha256:1",
"Name":$(json "$3")}
END
}
container $docker "$web" /web
container $docker "$(id 2)" '/blank and "quote"' SIGQUIT
container $docker "$(id 3)" $'/\e[31mred\n\t\\' 3
container $docker "$(id 4)" "/$(long n 255)" SIGRTMIN+3
container $docker "$(id 5)" "/$(long n 256)"
container $docker "$(id 6)" "/"
container $docker "$(id 7)" "" TERM
container $docker "$(id 8)" /grün SIGNOTHING
names 'Docker: .Name without its slash' '-/-/web - 0' "$web"
names 'Docker: blanks, quotes, the stop signal' '-/-/blank and "quote" - 3' "$(id 2)"
names 'Docker: control characters' $'-/-/\e[31mred\n\t\\ - 3' "$(id 3)"
names 'Docker: 255 bytes' "-/-/$(long n 255) - 37" "$(id 4)"
names 'Docker: 256 bytes are no name' none "$(id 5)"
names 'Docker: a slash is no name' none "$(id 6)"
names 'Docker: nothing is no name' none "$(id 7)"
names 'Docker: UTF-8; an unknown stop signal' '-/-/grün - 0' "$(id 8)"
container $docker "$(id 9)" /web
names 'Docker: two containers may have one name' '-/-/web - 0' "$(id 9)"
container $docker "$(id 9)" /web-old
names 'Docker: renamed' '-/-/web-old - 0' "$(id 9)"
names "Docker: root's names are not those of a user's container" none "$web" 5

labels='{"io.kubernetes.pod.name":"p","io.kubernetes.pod.namespace":"ns",
"io.kubernetes.container.name":"POD","io.kubernetes.docker.type":'
container $docker "$(id 10)" /k8s_app_p_ns_u_0 '' "${labels/POD/app}\"container\"}"
container $docker "$(id 11)" /k8s_POD_p_ns_u_0 '' "$labels\"podsandbox\"}"
container $docker "$(id 12)" /mine '' "${labels%,*}}"
names 'Docker: a container of Kubernetes' 'ns/p/app - 0' "$(id 10)"
names 'Docker: a sandbox of Kubernetes' 'ns/p/- - 0' "$(id 11)"
names 'Docker: labels alone make no pod' '-/-/mine - 0' "$(id 12)"

container $docker "$(id 13)" /web
sed -i "s/\"ID\":\"$(id 13)/\"ID\":\"$(id 14)/" \
	"$TEST_ROOT$docker/containers/$(id 13)/config.v2.json"
names 'Docker: a file of another container' none "$(id 13)"

config=$TEST_ROOT$docker/containers/$(id 15)/config.v2.json
container $docker "$(id 15)" /whole
cp "$config" "$tmp/whole"
size=$(stat -c %s "$tmp/whole")
for bytes in 0 1 40 $((size - 3)); do
	head -c "$bytes" "$tmp/whole" >"$config"
	names "Docker: a file cut to $bytes bytes" none "$(id 15)"
done
{ cat "$tmp/whole" && echo '{}'; } >"$config"
names 'Docker: a file with something behind' none "$(id 15)"
{ cat "$tmp/whole" && printf '\0x'; } >"$config"
names 'Docker: a file with a NUL behind' none "$(id 15)"
sed 's/whole/wh\\u0000ole/' "$tmp/whole" >"$config"
names 'Docker: a NUL in the name' none "$(id 15)"
sed 's/"\/whole"/["\/whole"]/' "$tmp/whole" >"$config"
names 'Docker: a name that is no string' none "$(id 15)"
{ long '[' 1000000 && long ']' 1000000; } >"$config"
names 'Docker: a million levels' none "$(id 15)"
{ cat "$tmp/whole" && long ' ' $((4 << 20)); } >"$config"
names 'Docker: a file of more than 4 MiB' none "$(id 15)"
{ cat "$tmp/whole" && long ' ' $(((4 << 20) - size)); } >"$config"
names 'Docker: a file of 4 MiB' '-/-/whole - 0' "$(id 15)"
rm "$config" && ln -s "$tmp/whole" "$config"
names 'Docker: a symbolic link' none "$(id 15)"
rm "$config" && mkfifo "$config"
# Opening it would let the writer go on: then nobody would read its word.
echo word >"$config" &
until_true in_openat $!
names 'Docker: a FIFO' none "$(id 15)"
is 'Docker: a FIFO is not even opened' "$(timeout "$guard" cat "$config")" word
rm "$config" && mkdir "$config"
names 'Docker: a folder' none "$(id 15)"
rmdir "$config" && ln -s /dev/zero "$config"
names 'Docker: a link to a device' none "$(id 15)"
rm "$config" && mknod "$config" c 1 5 2>/dev/null
names 'Docker: a device' none "$(id 15)"
rm -f "$config" && python3 -c 'import socket, sys, os
os.chdir(os.path.dirname(sys.argv[1]))
socket.socket(socket.AF_UNIX).bind("config.v2.json")' "$config"
names 'Docker: a socket' none "$(id 15)"
rm "$config" && cp "$tmp/whole" "$config" && chown 5 "$config"
names "Docker: a file that is not root's" none "$(id 15)"

fresh
container /srv/docker "$web" /web
names 'Docker: another data root, unknown' none "$web"
echo '{"debug":true,"data-root":"/srv/docker"}' | put /etc/docker/daemon.json
names 'Docker: data-root of daemon.json' '-/-/web - 0' "$web"
echo '{"graph":"/srv/docker"}' | put /etc/docker/daemon.json
names 'Docker: graph of daemon.json' '-/-/web - 0' "$web"
echo '{"data-root":"srv/docker"}' | put /etc/docker/daemon.json
names 'Docker: a data root that is no absolute path' none "$web"
echo "{\"data-root\":\"/$(long x 5000)\"}" | put /etc/docker/daemon.json
names 'Docker: a data root that is too long' none "$web"
container $docker/100000.100000 "$web" /web
names 'Docker: userns-remap' '-/-/web - 0' "$web"
container $docker/overlay2 "$(id 2)" /web
names 'Docker: in no other folder' none "$(id 2)"
mv "$TEST_ROOT$docker" "$TEST_ROOT/moved" && ln -s ../../moved "$TEST_ROOT$docker"
names 'Docker: its folder may be a link' '-/-/web - 0' "$web"
fresh
container /var/snap/docker/common/var-lib-docker "$web" /web
names 'Docker: as a snap' '-/-/web - 0' "$web"

# OCI
fresh
# bundle FOLDER ANNOTATIONS
bundle() {
	put "$1/config.json" <<END
{"ociVersion":"1.0.2","process":{"args":["x"],"env":["nerdctl/name=no"]},
"hostname":"h","annotations":{$2}}
END
}
tasks=/run/containerd/io.containerd.runtime.v2.task
cri='"io.kubernetes.cri.container-type":"container",
"io.kubernetes.cri.container-name":"app",
"io.kubernetes.cri.sandbox-name":"web-0",
"io.kubernetes.cri.sandbox-namespace":"shop"'
bundle "$tasks/k8s.io/$web" "$cri"
bundle "$tasks/k8s.io/$(id 2)" '"io.kubernetes.cri.container-type":"sandbox",
"io.kubernetes.cri.sandbox-name":"web-0",
"io.kubernetes.cri.sandbox-namespace":"shop"'
bundle "$tasks/default/$(id 3)" '"nerdctl/name":"blank \" \u001b[31m",
"nerdctl/namespace":"default"'
bundle "$tasks/moby/$(id 4)" ''
bundle "$tasks/default/$(id 5)" '"nerdctl/name":""'
bundle "$tasks/k8s.io/$(id 6)" '"io.kubernetes.cri.container-name":"app",
"io.kubernetes.cri.sandbox-name":"web-0"'
bundle "$tasks/k8s.io/$(id 7)" "${cri/web-0/$(long p 255)}"
bundle "$tasks/k8s.io/$(id 8)" "${cri/web-0/$(long p 256)}"
names 'containerd: a container of Kubernetes' 'shop/web-0/app - 0' "$web"
names 'containerd: a sandbox' 'shop/web-0/- - 0' "$(id 2)"
names 'nerdctl: blanks and escapes' $'-/-/blank " \e[31m - 0' "$(id 3)"
names 'containerd: no annotations' none "$(id 4)"
names 'nerdctl: nothing is no name' none "$(id 5)"
names 'containerd: a pod without its namespace is none' '-/-/app - 0' "$(id 6)"
names 'containerd: a pod of 255 bytes' "shop/$(long p 255)/app - 0" "$(id 7)"
names 'containerd: a pod of 256 bytes is none' '-/-/app - 0' "$(id 8)"
names "containerd: root's names are not those of a user's container" none "$web" 5
link "other_ns_ctr-$web.log" /nowhere
names "kubelet's links come first" 'ns/other/ctr - 0' "$web"
names "kubelet's links are not of a user's container" none "$web" 5
bundle "/run/k3s/containerd/io.containerd.runtime.v2.task/k8s.io/$(id 9)" "$cri"
names "containerd of k3s" 'shop/web-0/app - 0' "$(id 9)"
put "$tasks/k8s.io/$(id 10)/config.json" <<<'{"annotations":[1]}'
names 'containerd: annotations that are no object' none "$(id 10)"
put "$tasks/k8s.io/$(id 10)/config.json" <<<'[]'
names 'containerd: a file that is no object' none "$(id 10)"

# CRI-O
crio='"io.container.manager":"cri-o","io.kubernetes.container.name":"POD",
"io.kubernetes.pod.name":"web-0","io.kubernetes.pod.namespace":"shop",
"io.kubernetes.cri-o.ContainerType":'
run=/run/containers/storage/overlay-containers
lib=/var/lib/containers/storage/overlay-containers
bundle "$run/$(id 11)/userdata" "${crio/POD/app}\"container\""
bundle "$run/$(id 12)/userdata" "$crio\"sandbox\""
bundle "$lib/$(id 13)/userdata" '"io.kubernetes.cri-o.KubeName":"web-0",
"io.kubernetes.cri-o.Namespace":"shop","io.kubernetes.container.name":"app",
"org.opencontainers.image.stopSignal":"3"'
names 'CRI-O: a container' 'shop/web-0/app - 0' "$(id 11)"
names 'CRI-O: a sandbox' 'shop/web-0/- - 0' "$(id 12)"
names 'CRI-O: its own annotations, the stop signal' 'shop/web-0/app - 3' "$(id 13)"

# containers/storage
fresh
# storage FILE ID NAME [OWNER]: adds a container, below the one that is first.
storage() {
	put "$1" <<END
[{"id":"$(id 255)","names":["first"],"image":"","metadata":"{}"},
{"id":"$2","names":[$(json "$3"),"alias"],"layer":"$(id 99)","image":"",
"metadata":"{\"name\":\"no\"}","created":"2026-01-01T00:00:00Z"}]
END
	chown "${4:-0}" "$TEST_ROOT$1"
}
storage $lib/containers.json "$web" web
storage $lib/volatile-containers.json "$(id 2)" 'blank "quote" \.'
storage $run/volatile-containers.json "$(id 3)" transient
storage ${lib/overlay/vfs}/containers.json "$(id 4)" k8s_app_web-0_shop_1-2_0
storage ${lib/overlay/btrfs}/containers.json "$(id 5)" k8s_POD_web-0_shop_1-2_10
storage ${lib/overlay/zfs}/containers.json "$(id 6)" k8s_a_b_c_d_e
bundle "$lib/$web/userdata" '"io.container.manager":"libpod",
"org.opencontainers.image.stopSignal":"15"'
names 'podman: the first of its names' '-/-/web - 0' "$web"
names 'podman: another container of the file' '-/-/first - 0' "$(id 255)"
names 'podman: --rm, blanks, quotes' '-/-/blank "quote" \. - 0' "$(id 2)"
names 'podman: a transient store' '-/-/transient - 0' "$(id 3)"
names "CRI-O: kubelet's names in those of the storage" 'shop/web-0/app - 0' "$(id 4)"
names 'CRI-O: a sandbox by its name' 'shop/web-0/- - 0' "$(id 5)"
names 'podman: no name of kubelet' '-/-/k8s_a_b_c_d_e - 0' "$(id 6)"
names "podman: root's names are not those of a user's container" none "$web" 5
put $lib/containers.json <<<"[{\"id\":\"$web\",\"names\":[]}]"
names 'podman: without a name' none "$web"
put $lib/containers.json <<<"[{\"id\":\"$web\",\"names\":[7]}]"
names 'podman: a name that is no string' none "$web"
put $lib/containers.json <<<"[{\"id\":\"$web\",\"names\":[\"a\\u0000b\"]}]"
names 'podman: a NUL in the name' none "$web"
put $lib/containers.json <<<"{\"id\":\"$web\",\"names\":[\"web\"]}"
names 'podman: no list' none "$web"

# Users. Debian's user games has the uid 5, and man the uid 6.
fresh
home=$(getent passwd 5 | cut -d: -f6)
home6=$(getent passwd 6 | cut -d: -f6)
user=.local/share/containers/storage/overlay-containers
storage $lib/containers.json "$web" web
storage "$home/$user/containers.json" "$(id 2)" mine 5
storage "/run/user/5/containers/overlay-containers/volatile-containers.json" \
	"$(id 3)" transient 5
names 'podman of a user' '-/-/mine games 0' "$(id 2)" 5
names 'podman of a user: a transient store' '-/-/transient games 0' "$(id 3)" 5
names "podman: a user's names are not those of root's container" none "$(id 2)"
names "podman: a user's names are not those of another user's" none "$(id 2)" 6
storage "$home/$user/containers.json" "$web" evil 5
names "a user takes the id of root's container: that keeps its name" \
	'-/-/web - 0' "$web"
storage "$home/$user/containers.json" "$web" web 5
names "a user takes id and name of root's container: its own has the user" \
	'-/-/web games 0' "$web" 5
storage "$home6/$user/containers.json" "$web" other 6
names 'two users have the same id' '-/-/other man 0' "$web" 6
storage "$home/$user/containers.json" "$(id 2)" k8s_app_web-0_kube-system_1_0 5
names 'a user has no pods' '-/-/k8s_app_web-0_kube-system_1_0 games 0' "$(id 2)" 5
storage "$home/$user/containers.json" "$(id 2)" mine
names "podman of a user: a file that is root's" none "$(id 2)" 5
rm "$TEST_ROOT$home/$user/containers.json"
ln -s "$TEST_ROOT$lib/containers.json" "$TEST_ROOT$home/$user/containers.json"
names "podman of a user: a link to root's file" none "$web" 5
rm "$TEST_ROOT$home/$user/containers.json"
storage /secret/containers.json "$(id 2)" mine 5
chmod 700 "$TEST_ROOT/secret"
rmdir "$TEST_ROOT$home/$user"
ln -s "$TEST_ROOT/secret" "$TEST_ROOT$home/$user"
names 'podman of a user: nothing that he cannot reach himself' none "$(id 2)" 5
container "$home/.local/share/docker" "$(id 4)" /rootless '' \
	"${labels/POD/app}\"container\"}"
chown 5 "$TEST_ROOT$home/.local/share/docker/containers/$(id 4)/config.v2.json"
names 'Docker of a user, whose labels make no pod' '-/-/rootless games 0' "$(id 4)" 5
container "/srv/docker" "$(id 6)" /rootless
chown 5 "$TEST_ROOT/srv/docker/containers/$(id 6)/config.v2.json"
echo '{"data-root":"/srv/docker"}' | put "$home/.config/docker/daemon.json"
chown 5 "$TEST_ROOT$home/.config/docker/daemon.json"
names 'Docker of a user: data-root' '-/-/rootless games 0' "$(id 6)" 5
storage "/run/user/4000000/containers/overlay-containers/containers.json" \
	"$(id 5)" nameless 4000000
names 'a user without a name or a home' '-/-/nameless 4000000 0' "$(id 5)" 4000000

# Monitors: a real process has the command line, in an imaginary tree of others.
fresh
echo "read -r _ <$tmp/wait.never" >"$tmp/wait"
mkfifo "$tmp/wait.never"
# monitor PROGRAM ARGUMENT...: sets $pid.
monitor() {
	local program=$1
	shift
	(exec -a "$program" bash "$tmp/wait" "$@") &
	pid=$!
	until_true grep -qz "^$program" "/proc/$pid/cmdline"
}
# tasks TASK...
tasks() {
	export TEST_TASKS="$*"
}
monitor /usr/bin/conmon --api-version 1 -c "$web" -u "$web" -n 'my "web"' --exit-dir x
tasks "2000:$pid:0:$web" "2001:2000:0:$web" "$pid:1:0:-" "3000:$pid:0:-"
names 'conmon: main' '-/-/my "web" - 0' "$web" 0 2000
names 'conmon: a child of main' '-/-/my "web" - 0' "$web" 0 2001
names 'conmon: of another container' none "$(id 2)" 0 2000
names 'conmon: no process of the container' none "$web" 0 3000
names 'conmon: a process that is gone' none "$web" 0 2002
tasks "2000:$pid:0:$web" "$pid:1:5:-"
names "conmon: a user's is not believed of root's container" none "$web" 0 2000
names "conmon: a user's" '-/-/my "web" games 0' "$web" 5 2000
tasks "2000:$pid:5:$web" "$pid:1:0:-"
names "conmon: root's is not believed of a user's container" none "$web" 5 2000
names 'conmon: the process is conmon itself' none "$web" 0 "$pid"
tasks "2000:$pid:0:$web" "$pid:1:0:$web"
names 'conmon: inside of the container' none "$web" 0 2000
tasks "2000:2001:0:$web" "2001:2000:0:$web"
names 'conmon: a circle of parents' none "$web" 0 2000

monitor conmon -c "$web" -n "$(long n 256)"
tasks "2000:$pid:0:$web" "$pid:1:0:-"
names 'conmon: 256 bytes are no name' none "$web" 0 2000
monitor conmon -c "$web" -n
tasks "2000:$pid:0:$web" "$pid:1:0:-"
names 'conmon: an option without its value' none "$web" 0 2000
monitor conmon -c "$web" -n k8s_app_web-0_shop_1-2_0
tasks "2000:$pid:0:$web" "$pid:1:0:-"
names "conmon: kubelet's names" 'shop/web-0/app - 0' "$web" 0 2000
monitor notconmon -c "$web" -n web
tasks "2000:$pid:0:$web" "$pid:1:0:-"
names 'another program with such arguments' none "$web" 0 2000
bundle /elsewhere "$cri"
monitor conmon -b /elsewhere -c "$web" -n name
tasks "2000:$pid:0:$web" "$pid:1:0:-"
names 'conmon: the bundle tells more' 'shop/web-0/app - 0' "$web" 0 2000
chown 5 "$TEST_ROOT/elsewhere/config.json"
tasks "2000:$pid:5:$web" "$pid:1:5:-"
names 'conmon: the bundle of a user has no pods' '-/-/app games 0' "$web" 5 2000

bundle "/run/own/io.containerd.runtime.v2.task/default/$web" '"nerdctl/name":"web"'
monitor /usr/bin/containerd-shim-runc-v2 -namespace default -id "$(id 3)" \
	-address /run/own/containerd.sock
tasks "2000:$pid:0:$web" "$pid:1:0:-"
names 'shim: state beside its address' '-/-/web - 0' "$web" 0 2000
bundle "/run/own/io.containerd.runtime.v2.task/x/y/$web" '"nerdctl/name":"no"'
monitor /usr/bin/containerd-shim-runc-v2 -namespace x/y -id "$web" \
	-address /run/own/containerd.sock
tasks "2000:$pid:0:$web" "$pid:1:0:-"
names 'shim: a namespace that leads elsewhere' none "$web" 0 2000
# A line for each of them, and they end.
exec 9<>"$tmp/wait.never"
for pid in $(jobs -p); do
	echo >&9
done
wait
finish

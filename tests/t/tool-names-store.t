#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# watch --keep-names keeps the names of containers for other commands, and a
# damaged file harms none.
set -eu
# shellcheck source=tests/t/tool-lib.sh
. "$(dirname "$0")/tool-lib.sh"
build store nsorphan.o "$here/names-store.c" "$here/fake-engines.c" \
	-Wl,--wrap=engine_root
build fake client.o "$here/fake-client.c" "$here/fake-cgroups.c" \
	"$here/fake-engines.c" -Wl,--wrap=procfs_read_cgroup,--wrap=engine_root

chmod 755 "$tmp"
export FAKE_ENGINES=$tmp/root
file=$FAKE_ENGINES/run/nsorphan/names
store() {
	timeout "$guard" "$tmp/store" "$@"
}

mkdir -p "$FAKE_ENGINES"
is 'its folder cannot be made' "$(store write 1)" 'error No such file or directory'
mkdir "$FAKE_ENGINES/run"
is 'no file' "$(store read)" '0 containers, 0 as they were'
store write 0
is 'an empty file' "$(store read)" '0 containers, 0 as they were'
store write 200
is 'names of all bytes' "$(store read)" '200 containers, 200 as they were'
is 'only root may read it' \
	"$(stat -c '%a %u' "$file" "${file%/*}")" $'600 0\n700 0'
is 'nothing else is left' "$(ls "${file%/*}")" names
store write 1024
is 'what is too large is left out' \
	"$(store read | sed 's/1024 containers, 1024/all/')" 'all as they were'
ok 'it has less than 4 MiB' test "$(stat -c %s "$file")" -le $((4 << 20))

store write 3
cp "$file" "$tmp/good"
damaged='error Protocol error'
# damage WHAT: stdin is in the file.
damage() {
	cat >"$file"
	is "damaged: $1" "$(store read)" "$damaged"
}
damage 'the last line is cut' < <(sed '$d' "$tmp/good" | cat - <(head -c 50 "$tmp/good"))
damage 'no newline at the end' < <(head -c -1 "$tmp/good")
damage 'an empty line' < <(cat "$tmp/good" <(echo))
damage 'a NUL' < <(cat "$tmp/good" <(printf '\0\n'))
damage 'no object' < <(echo '[]')
damage 'no members' < <(echo '{}')
damage 'no name' < <(echo '{"container":"a"}')
damage 'an id that is a number' < <(echo '{"container":7,"container_name":"a"}')
damage 'an empty id' < <(echo '{"container":"","container_name":"a"}')
damage 'an empty name' < <(echo '{"container":"a","container_name":""}')
damage 'a name that is a list' < <(echo '{"container":"a","container_name":["a"]}')
damage 'a NUL in a name' < <(echo '{"container":"a","container_name":"a\u0000b"}')
damage 'a name of 256 bytes' \
	< <(echo "{\"container\":\"a\",\"container_name\":\"$(printf '%256s' '')\"}")
damage 'a pod without its namespace' < <(echo '{"container":"a","pod":"a"}')
damage 'a negative user' < <(echo '{"container":"a","container_name":"a","user":-1}')
damage 'a user of more than 32 bits' \
	< <(echo '{"container":"a","container_name":"a","user":4294967296}')
damage 'a user that is no number' \
	< <(echo '{"container":"a","container_name":"a","user":"0"}')
damage 'anything' < <(head -c 100000 /dev/urandom)

# untrusted WHAT: there is no file that may be read.
untrusted() {
	is "not read: $1" "$(store read)" '0 containers, 0 as they were'
	rm -rf "$file"
}
cp "$tmp/good" "$file" && chown 5 "$file" && untrusted "a file that is not root's"
ln -s "$tmp/good" "$file" && untrusted 'a symbolic link'
mkfifo "$file" && untrusted 'a FIFO'
mkdir "$file" && untrusted 'a folder'

ln -s "$tmp/elsewhere" "$file.new"
store write 3
is 'a link in place of the new file is not followed' \
	"$(store read; ls "$tmp/elsewhere" 2>&1)" \
	"3 containers, 3 as they were
ls: cannot access '$tmp/elsewhere': No such file or directory"

# Commands. Container 1 has the name web, and 2 belongs to a user.
id() {
	printf %064x "$1"
}
config=$FAKE_ENGINES/var/lib/docker/containers/$(id 1)/config.v2.json
put_config() {
	mkdir -p "${config%/*}"
	echo "{\"ID\":\"$(id 1)\",\"Name\":\"/$1\"}" >"$config"
}
put_config web
rm -f "$file"
export FAKE_SIGNALS='15:1:1000001:0 15:1:3000001:0' FAKE_NEXT=3 FAKE_RECORDED=1

# log: the names of the containers of events 1 and 2.
log() {
	FAKE_DUMPS='1-2;' timeout "$guard" "$tmp/fake" log -j 2>"$tmp/err" |
		python3 -c '
import json, sys
print(*(json.loads(line).get("container_name") for line in sys.stdin))'
}
watch() {
	FAKE_NEXT=1 FAKE_SENT='1 2 X' capture "$tmp/fake" watch -j "$@"
}

watch
ok 'watch alone writes nothing' test ! -e "$file"
watch --keep-names
is 'watch --keep-names writes what has a name' "$(cat "$file")" \
	"{\"container\":\"$(id 1)\",\"container_name\":\"web\"}"
rm "$config"
is 'another command reads it' "$(log)" 'web None'
is 'and complains of nothing' "$(cat "$tmp/err")" ''
watch --keep-names
is 'a second watch keeps it' "$(log)" 'web None'
put_config web-old
is 'what the engine says comes first' "$(log)" 'web-old None'
watch --keep-names
rm "$config"
is 'and is kept' "$(log)" 'web-old None'

echo '{' >"$file"
is 'a damaged file: no names' "$(log)" 'None None'
is 'and one warning' "$(cat "$tmp/err")" \
	'nsorphan: /run/nsorphan/names is damaged: names in it are ignored'
put_config web
watch --keep-names
is 'a new one is written' "$(log)" 'web None'
is 'without a warning' "$(cat "$tmp/err")" ''
rm -r "${file%/*}"
touch "${file%/*}"
watch --keep-names
is 'names cannot be kept: watch goes on' "$(wc -l <"$tmp/out")" 2
is 'and says so once' "$(grep -c 'names of containers cannot be kept in /run/nsorphan/names: ' "$tmp/err")" 1
finish

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The sentences of explain are whole, however long they are: see explain-long.c.
set -eu
# shellcheck source=tests/t/tool-lib.sh
. "$(dirname "$0")/tool-lib.sh"
build long nsorphan.o "$here/explain-long.c"

# text CASE: the sentences in JSON, then those in text.
text() {
	timeout "$guard" "$tmp/long" json "$1" >"$tmp/out"
	json_lines "$tmp/out"
	python3 -c '
import json, sys
text = json.load(sys.stdin)["text"]
print(text.replace("\x01", "\\x01"))' <"$tmp/out"
	timeout "$guard" "$tmp/long" text "$1" | sed -n 2p
}

# expected CASE: the same, as it has to be.
expected() {
	python3 -c '
import sys
name, what = r"\x01" * 15, "in read " + "w" * 319
text = dict(
	teardown=f"init {name} 100/1 is dying, and the kernel tears the "
		 "namespace down: 7 processes are left." +
		 "".join(f" {name} {pid}/{pid - 99} is in disk sleep {what}, which "
			 "SIGKILL does not end." for pid in range(101, 106)) +
		 " And 2 more.",
	alive=f"init {name} 100/1 took SIGTERM 0 ns ago, and waits for its child "
	      f"{name} 101/2 (in read). It waits for 7 of them." +
	      "".join(f" {name} {pid}/{pid - 99} was sent no signal since."
		      for pid in range(101, 106)) +
	      " And 2 more. To end the wait (kill -KILL 100)."
)[sys.argv[1]]
print(text, text, sep="\n")' "$1"
}

for case in teardown alive; do
	is "$case: all sentences, and how many processes more" \
		"$(text "$case")" "$(expected "$case")"
done
finish

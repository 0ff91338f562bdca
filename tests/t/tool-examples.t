#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The commands in tools/examples are such as the tool accepts.
set -u
# shellcheck source=tests/t/tool-lib.sh
. "$(dirname "$0")/tool-lib.sh"
examples=$tools/examples

# accepted ARGUMENT...: the tool takes these.
accepted() {
	capture "$tool" "$@" --help
	is "accepted: $*" "$status" 0
}

# The path, the arguments and the length of a line that node-problem-detector takes.
mapfile -t plugin < <(python3 -c '
import json, sys
config = json.load(open(sys.argv[1]))
rule, = config["rules"]
condition, = config["conditions"]
assert rule["condition"] == condition["type"]
print(config["pluginConfig"]["max_output_length"], rule["path"], *rule["args"], sep="\n")
' "$examples/node-problem-detector.json")
is 'node-problem-detector takes a whole line' "${plugin[0]:-}" 80
is 'node-problem-detector runs the tool where it is installed' \
	"${plugin[1]:-}" /usr/local/sbin/nsorphan
accepted "${plugin[@]:2}"
read -ra words < <(sed -n 's|^# command\[nsorphan\]=sudo /usr/local/sbin/nsorphan ||p' \
	"$examples/nagios.cfg")
accepted "${words[@]}"
read -ra words < <(sed -n 's|^    \*/5 .* root nsorphan \(.*\) >.*|\1|p' \
	"$examples/README.md")
accepted "${words[@]}"

for command in 'check --after 0' 'check --after x' 'check --after' 'check -j' \
	'check a b' 'list --nagios'; do
	# shellcheck disable=SC2086 # words
	capture "$tool" $command
	is "refused: $command" "$status" 2
done
finish

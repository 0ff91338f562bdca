#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The C header of the protocol is what the kernel's generator makes of the
# specification.
set -u
cd "$(dirname "$0")/../.." || exit

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

echo 1..3

if tests/vm/spec-header >"$tmp/out" 2>&1; then
	echo "ok 1 - uapi/nsorphan.h is generated from uapi/nsorphan.yaml"
else
	echo "not ok 1 - uapi/nsorphan.h is generated from uapi/nsorphan.yaml"
	sed 's/^/# /' "$tmp/out"
	echo "# to generate it again: tests/vm/spec-header --write"
fi

sed 's/name: teardown-end$/name: teardown-over/' uapi/nsorphan.yaml \
	>"$tmp/changed.yaml"
if tests/vm/spec-header "$tmp/changed.yaml" >"$tmp/out" 2>&1; then
	echo "not ok 2 - a change of the specification is noticed"
elif grep -q '^+.*TEARDOWN_OVER' "$tmp/out"; then
	echo "ok 2 - a change of the specification is noticed"
else
	echo "not ok 2 - a change of the specification is noticed"
	sed 's/^/# /' "$tmp/out"
fi

cp uapi/nsorphan.h "$tmp/edited.h"
echo "/* by hand */" >>"$tmp/edited.h"
if tests/vm/spec-header uapi/nsorphan.yaml "$tmp/edited.h" >"$tmp/out" 2>&1; then
	echo "not ok 3 - a change of the header is noticed"
else
	echo "ok 3 - a change of the header is noticed"
fi

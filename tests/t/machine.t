#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# On a real Debian 12 with systemd: make dkms-install, the unit after a reboot, the
# package of a newer kernel, for which dkms builds the module, a reboot into that
# kernel, make dkms-uninstall.
# patient:
# slow:
# one a day:
# places: 1
# prepare: tests/vm/disk
set -u
cd "$(dirname "$0")/../.." || exit
# shellcheck source=tests/vm/lib.sh
. tests/vm/lib.sh
set +e

# Seconds for one boot. Only a hang lasts so long.
guard=3600

tmp=$(mktemp -d)
running=
trap '[ -z "$running" ] || kill "$running"; rm -rf "$tmp"' EXIT
trap 'exit 143' TERM INT HUP
disk=$(tests/vm/disk 2> >(tee "$tmp/err" >&2))
case $? in
0) ;;
77)
	echo "1..0 # SKIP $(tail -n 1 "$tmp/err")"
	exit
	;;
*) exit 1 ;;
esac
cp --sparse=always "$disk" "$tmp/disk" || exit

# The machine would take five minutes to build the tool. It gets one, if this is
# Debian 12, too.
[ "$own" != bookworm ] || tests/vm/tool >/dev/null || exit

# in_boot FILE: copies a file of the disk's /boot to $tmp/FILE.
in_boot() {
	debugfs -R "dump /boot/$1 $tmp/$1" "$tmp/disk" 2>"$tmp/err"
	[ -s "$tmp/$1" ] || cat "$tmp/err" >&2
}

# kernels: prints the releases of the kernels on the disk.
kernels() {
	debugfs -R 'ls -p /boot' "$tmp/disk" 2>/dev/null |
		sed -n 's|.*/vmlinuz-\([^/]*\)/.*|\1|p' | sort -V
}

number=0
result() {
	number=$((number + 1))
	echo "$1 $number - $2"
}

# step NAME KERNEL: boots that kernel, which runs this step of machine-steps.
step() {
	local step=$1 kernel=$2 line failed="" ended=0

	in_boot "vmlinuz-$kernel"
	in_boot "initrd.img-$kernel"
	mkdir "$tmp/checkout" && checkout | tar -x -C "$tmp/checkout" &&
		{ [ "$own" != bookworm ] || cp -a tools "$tmp/checkout"; } &&
		printf '#!/bin/sh\nexec tests/t/machine-steps %s\n' "$step" \
			>"$tmp/checkout/run" && chmod +x "$tmp/checkout/run" &&
		tar -c -C "$tmp/checkout" --owner=0 --group=0 . >"$tmp/archive" &&
		rm -r "$tmp/checkout" && truncate -s %1M "$tmp/archive" || exit
	# The processors take turns: see --thread in tests/vm/boot. What is on the
	# command line of the kernel saves time.
	: >"$tmp/output"
	timeout --kill-after=5 "$guard" qemu-system-x86_64 \
		-accel tcg,thread=single -cpu qemu64,+rdrand -smp 2 -m 2048 \
		-nodefaults -display none -no-reboot \
		-drive "file=$tmp/disk,format=raw,if=virtio,cache=unsafe" \
		-drive "file=$tmp/archive,format=raw,if=virtio,readonly=on" \
		-serial "file:$tmp/log" -serial "file:$tmp/output" \
		-kernel "$tmp/vmlinuz-$kernel" -initrd "$tmp/initrd.img-$kernel" \
		-append "root=/dev/vda rw console=ttyS0 panic=-1 oops=panic \
			systemd.mask=serial-getty@ttyS0.service \
			systemd.show_status=0 mitigations=off norandmaps \
			rcupdate.rcu_cpu_stall_timeout=300 watchdog_thresh=60 \
			sysctl.kernel.hung_task_timeout_secs=600" &
	running=$!
	wait "$running" || ended=$?
	running=
	while IFS= read -r line; do
		case $line in
		'ok '*)
			failed=
			result ok "$kernel: ${line#ok }"
			;;
		'not ok '*)
			failed=1
			result 'not ok' "$kernel: ${line#not ok }"
			;;
		*) [ -z "$failed" ] || printf '%s\n' "$line" >&2 ;;
		esac
	done < <(tr -d '\r' <"$tmp/output")
	if [ "$ended" = 0 ] && grep -q '^end' "$tmp/output" &&
		! grep -qE "$complaints" "$tmp/log"; then
		result ok "$kernel: it logs no fault, and powers off"
	else
		result 'not ok' "$kernel: it logs no fault, and powers off"
		echo "# qemu ended with $ended" >&2
		{
			grep -E -B 3 -A 25 -m 1 "$complaints" "$tmp/log" ||
				tail -n 40 "$tmp/log"
		} | tr -d '\r' | sed 's/^/# /' >&2
	fi
}

echo 1..25
step install "$(kernels | head -n 1)"
step reboot "$(kernels | head -n 1)"
step upgrade "$(kernels | tail -n 1)"

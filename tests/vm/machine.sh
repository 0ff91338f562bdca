# SPDX-License-Identifier: GPL-2.0
# The machine that tests/vm/boot emulates. The kernel logs to the first serial port,
# the command's output goes to the second one. The root is the first disk, the
# payload the second one.
# shellcheck shell=bash

# Size of the payload's disk: always the same, so that a kept state fits.
disk_size=256M

# machine: sets $qemu to the command line that defines the machine, without what
# start() adds.
machine() {
	local console port words
	accel=tcg,thread=$thread

	if [ "${arch:?}" = arm64 ]; then
		# shellcheck disable=SC2054 # commas as QEMU has them
		qemu=(qemu-system-aarch64 -machine virt -cpu cortex-a72
			-serial chardev:log -device pci-serial,chardev=output)
		console=ttyAMA0
		port=ttyS0
	else
		qemu=(qemu-system-x86_64 -serial chardev:log -serial chardev:output)
		console=ttyS0
		port=ttyS1
		if [ -e /sys/module/kvm_intel ] || [ -e /sys/module/kvm_amd ] &&
			[ -w /dev/kvm ] && [ -z "$icount$virtual_clock" ]; then
			accel=kvm
		fi
	fi
	qemu+=(-smp $((icount || virtual_clock ? 1 : 2)))
	if [ "$icount" ] || [ "$virtual_clock" ]; then
		# shellcheck disable=SC2054 # commas as QEMU has them
		qemu+=(-icount shift=0,sleep=off)
	fi
	if [ "$icount" ]; then
		words="mitigations=auto $append"
	else
		# QEMU translates a program again for each address that it runs at:
		# three quarters of the time that starting a small program takes.
		words="norandmaps ${virtual_clock:+preload=yes }$append"
		# Without random numbers from the processor the first process that
		# needs some waits for as many timer ticks as they have bits.
		[ "$arch" = arm64 ] || qemu+=(-cpu "qemu64,+rdrand")
	fi
	# A guest that the host lets wait looks stalled to its own watchdogs. Real
	# stalls end in a test's limit of time.
	words+=" rcupdate.rcu_cpu_stall_timeout=300 watchdog_thresh=60"
	words+=" sysctl.kernel.hung_task_timeout_secs=600"
	qemu+=(
		-m "${mem:-${memory:?}}" -no-reboot -nodefaults -display none
		-drive "file=$root,format=raw,if=virtio,readonly=on,file.locking=off"
		-kernel "${vmlinuz:?}" -initrd "$initramfs"
		-append "console=$console port=$port loglevel=7 printk.devkmsg=on panic=-1 oops=panic ${parameters?} $words"
	)
}

# start SECONDS LOG DISK OPTION...: starts the machine. The options must define
# the chardev "output".
start() {
	local limit=$1 log=$2 disk=$3
	shift 3
	exec timeout --kill-after=5 "$limit" "${qemu[@]}" -accel "$accel" \
		-chardev "file,id=log,path=$log" \
		-drive "file=$disk,format=raw,if=virtio,readonly=on,file.locking=off" \
		"$@"
}

# keep_state NEW: boots the machine without a payload, and saves its state and its
# log when it is ready for one.
keep_state() {
	local new=$1 pid monitor

	trap '' PIPE # QEMU may end too soon
	say "starting a machine with ${release:?}, to keep its state"
	mkdir "$new" && truncate -s "$disk_size" "$new/disk" &&
		mkfifo "$new/monitor" || return
	# That it is stopped is not part of the state: who resumes it goes on.
	start $((600 * ${slow:?})) "$new/log" "$new/disk" -chardev null,id=output \
		-global migration.store-global-state=off \
		-monitor stdio <"$new/monitor" >"$new/said" &
	pid=$!
	exec {monitor}>"$new/monitor"
	while kill -0 "$pid" 2>/dev/null &&
		! grep -q 'nsorphan-guest: ready' "$new/log" 2>/dev/null; do
		sleep 0.2
	done
	# Stopped: of a machine that runs on, QEMU may save memory that is older than
	# the rest. Seen once, as a list of timers that was torn.
	printf '%s\n' stop 'migrate_set_parameter max-bandwidth 10G' \
		"migrate \"exec:cat >'$new/state'\"" 'info migrate' quit >&"$monitor"
	exec {monitor}>&-
	wait "$pid" || :
	grep -q 'Migration status: completed' "$new/said" || {
		tail -n 20 "$new/log" "$new/said"
		return 1
	}
	rm "$new/monitor" "$new/said" "$new/disk"
}

# has_state: tells whether machines like this one can resume from a kept state.
has_state() {
	[ -z "$icount" ] && [ "$accel" != kvm ]
}

# state: prints the folder of the kept state.
state() {
	local key
	key=$({
		"${qemu[0]}" --version
		echo "${qemu[*]}"
		declare -f start keep_state
	} | digest)
	forget states 3
	cached "states/${kernel:?}-$key" keep_state
}

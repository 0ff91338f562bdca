# SPDX-License-Identifier: GPL-2.0
# The machine that tests/vm/boot emulates, with the options and the kernel that it
# has: the kernel's log goes to the first serial port, what the command says to the
# other; the root is the first disk, the payload is on the second one.
# shellcheck shell=bash

# Of the second one, whatever the payload: a machine's disk keeps its size.
disk_size=256M

# machine: $qemu is its command line, but for what start() adds: what this
# machine is.
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
			[ -w /dev/kvm ] && [ -z "$icount" ]; then
			accel=kvm
		fi
	fi
	qemu+=(-smp $((icount ? 1 : 2)))
	if [ "$icount" ]; then
		# shellcheck disable=SC2054 # commas as QEMU has them
		qemu+=(-icount shift=0,sleep=off)
		words="mitigations=auto $append"
	else
		# QEMU translates a program anew for each address that it runs at:
		# three quarters of what starting a small one takes.
		words="norandmaps $append"
		# Who first asks for random numbers waits for as many ticks as they
		# have bits, unless the processor has some.
		[ "$arch" = arm64 ] || qemu+=(-cpu "qemu64,+rdrand")
	fi
	qemu+=(
		-m "${mem:-${memory:?}}" -no-reboot -nodefaults -display none
		-drive "file=$root,format=raw,if=virtio,readonly=on,file.locking=off"
		-kernel "${vmlinuz:?}" -initrd "$initramfs"
		-append "console=$console port=$port loglevel=7 printk.devkmsg=on panic=-1 oops=panic ${parameters?} $words"
	)
}

# start SECONDS LOG DISK [OPTION...]: starts the machine. An option says where the
# chardev "output" goes.
start() {
	local limit=$1 log=$2 disk=$3
	shift 3
	exec timeout --kill-after=5 "$limit" "${qemu[@]}" -accel "$accel" \
		-chardev "file,id=log,path=$log" \
		-drive "file=$disk,format=raw,if=virtio,readonly=on,file.locking=off" \
		"$@"
}

# keep_state NEW: starts the machine without a payload, and keeps what has become
# of it when it is ready for one; and its log.
keep_state() {
	local new=$1 pid monitor

	trap '' PIPE # if it ends too soon
	say "starting a machine with ${release:?}, to keep its state"
	mkdir "$new" && truncate -s "$disk_size" "$new/disk" &&
		mkfifo "$new/monitor" || return
	start $((60 * ${slow:?})) "$new/log" "$new/disk" -chardev null,id=output \
		-monitor stdio <"$new/monitor" >"$new/said" &
	pid=$!
	exec {monitor}>"$new/monitor"
	while kill -0 "$pid" 2>/dev/null &&
		! grep -q 'nsorphan-guest: ready' "$new/log" 2>/dev/null; do
		sleep 0.2
	done
	# Written as fast as can be: it goes on meanwhile, to nowhere.
	printf '%s\n' 'migrate_set_parameter max-bandwidth 10G' \
		"migrate \"exec:cat >'$new/state'\"" 'info migrate' quit >&"$monitor"
	exec {monitor}>&-
	wait "$pid" || :
	grep -q 'Migration status: completed' "$new/said" || {
		tail -n 20 "$new/log" "$new/said"
		return 1
	}
	rm "$new/monitor" "$new/said" "$new/disk"
}

# has_state: others like it can go on from one that is kept.
has_state() {
	[ -z "$icount" ] && [ "$accel" != kvm ]
}

# state: prints the folder that has it.
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

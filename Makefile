# SPDX-License-Identifier: GPL-2.0
VERSION := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)

# For another kernel: make KERNELRELEASE=6.1.0-56-cloud-amd64. Kbuild sets that
# variable, too, but it reads the file Kbuild in place of this one.
KERNEL := $(or $(KERNELRELEASE),$(shell uname -r))
KERNEL_BUILD ?= /lib/modules/$(KERNEL)/build
# A module is built by the compiler of its kernel. Debian has several versions of clang,
# the commands of each with its major version at the end.
kernel-clang = $(shell sed -n 's/^CONFIG_CLANG_VERSION=\(..\)....$$/\1/p' \
	$(KERNEL_BUILD)/include/config/auto.conf 2>/dev/null)
kernel-compiler = $(if $(LLVM),,$(if $(kernel-clang),LLVM=$(if \
	$(shell command -v ld.lld-$(kernel-clang)),-$(kernel-clang),1)))

all: module tools

help:
	@echo 'make                module for the running kernel, and the tool'
	@echo '                    (KERNELRELEASE=... for another kernel)'
	@echo 'make deps           install the Debian packages that all targets need'
	@echo 'make module         nsorphan.ko'
	@echo 'make tools          tools/nsorphan'
	@echo 'make install        install both;       make uninstall'
	@echo 'make dkms-install   both, module with dkms; make dkms-uninstall'
	@echo 'make load           insmod, then run the selftest; make unload'
	@echo 'make demo           see it work in a throw-away guest'
	@echo 'make check          run every test;     make check-quick: the short ones'
	@echo '                    (KERNELS="6.1 7" or all: in guests with these kernels)'
	@echo 'make soak           repeat the guest tests for an hour beside busy loops'
	@echo '                    (KERNELS=debug MINUTES=10, or ROUNDS=3)'
	@echo 'make bench          measure what it costs, and what its peers cost: 15 minutes'
	@echo 'make lint           run every checker (tests/lint)'
	@echo 'make clean'

# Building

module:
	@[ -d $(KERNEL_BUILD) ] || { echo "no headers for $(KERNEL): install\
	 linux-headers-$(KERNEL), or set KERNELRELEASE" >&2; exit 1; }
	$(MAKE) -C $(KERNEL_BUILD) M=$(CURDIR) $(kernel-compiler) modules

tools:
	$(MAKE) -C tools

clean:
	$(MAKE) -C tools clean
	rm -f nsorphan.ko nsorphan.o nsorphan.mod* .*.cmd .module-common.o
	rm -f Module.symvers modules.order
	rm -f module/*.o module/.*.cmd module/.*.d

# The compiler of the test kernel "clang": the default clang of Debian 12 is too old.
CLANG = clang$(if $(shell grep -x 'VERSION_CODENAME="\?bookworm"\?' \
	/etc/os-release),-16)
DEPS = build-essential dkms linux-headers-cloud-amd64 pkg-config \
	libnl-genl-3-dev libjson-c-dev libsmartcols-dev \
	libseccomp-dev \
	qemu-system-x86 busybox-static cpio kmod mount mmdebstrap squashfs-tools \
	qemu-system-arm gcc-aarch64-linux-gnu libc6-dev-arm64-cross \
	linux-source-6.12 xz-utils flex bison bc libelf-dev pahole \
	python3-yaml python3-jsonschema perl spin \
	sparse cppcheck shellcheck man-db git valgrind gnuplot-nox \
	clang libclang-rt-dev $(CLANG) $(CLANG:clang%=lld%) $(CLANG:clang%=llvm%)

deps:
	@if dpkg-query -W -f '$${db:Status-Abbrev}\n' $(DEPS) 2>&1 | \
		grep -qv '^ii '; then \
		[ "$$(id -u)" = 0 ] || { echo "not root; run:\
	 apt-get install $(DEPS)" >&2; exit 1; }; \
		apt-get -qq update && DEBIAN_FRONTEND=noninteractive \
		apt-get -qq install -y --no-install-recommends $(DEPS); fi

# Installing

install: module tools
	$(MAKE) -C $(KERNEL_BUILD) M=$(CURDIR) $(kernel-compiler) modules_install
	depmod $(KERNEL)
	$(MAKE) -C tools install

uninstall:
	find /lib/modules/$(KERNEL) -path '*/dkms/*' -prune \
		-o -name 'nsorphan.ko*' -exec rm -f {} +
	depmod $(KERNEL)
	$(MAKE) -C tools uninstall

load: module tools
	@[ $(KERNEL) = "$$(uname -r)" ] || { echo "nsorphan.ko is for $(KERNEL),\
 but this kernel is $$(uname -r): leave out KERNELRELEASE" >&2; exit 1; }
	insmod ./nsorphan.ko || { tools/nsorphan status; exit 1; }
	@tools/nsorphan selftest || { rmmod nsorphan && \
		echo "the selftest failed: the module is unloaded again" >&2; \
		exit 1; }

unload:
	rmmod nsorphan

# dkms-install registers the module with dkms, then builds and installs it for
# KERNELRELEASE, or for every kernel whose headers are installed: it goes on after one
# for which that fails, and skips those that dkms.conf excludes (77). dkms itself does
# so for kernels that are installed later. The tool is installed first: dkms runs
# its selftest through tools/dkms-selftest. tests/t/dkms.t sets DKMS and
# DKMS_SOURCES for private trees.
DKMS ?= dkms
DKMS_SOURCES ?= /usr/src
DKMS_KERNELS = $(or $(KERNELRELEASE),$(notdir \
	$(patsubst %/build,%,$(wildcard /lib/modules/*/build))))
dkms-module = nsorphan/$(VERSION)
dkms-source = $(DKMS_SOURCES)/nsorphan-$(VERSION)

dkms-install: dkms-uninstall tools
	@[ -n "$(strip $(DKMS_KERNELS))" ] || \
		{ echo "no kernel headers are installed: run make deps" >&2; exit 1; }
	$(MAKE) -C tools install
	mkdir -p $(dkms-source)/module $(dkms-source)/tools
	cp -r Kbuild dkms.conf COPYING uapi $(dkms-source)/
	cp module/*.[ch] $(dkms-source)/module/
	cp tools/dkms-selftest $(dkms-source)/tools/
	$(DKMS) add $(dkms-module)
	@failed=; for kernel in $(DKMS_KERNELS); do \
		status=0; $(DKMS) install $(dkms-module) -k $$kernel || status=$$?; \
		case $$status in \
		0) ;; \
		77) echo "skipped: $$kernel, for which the module is not meant" ;; \
		*) failed="$$failed $$kernel" ;; \
		esac; done; \
	[ -z "$$failed" ] || \
		{ echo "not installed, as dkms failed for:$$failed" >&2; exit 1; }
	@[ ! -e $(dkms-source)/selftest-failed ] || \
		{ echo "installed, but the selftest failed" >&2; exit 1; }

dkms-uninstall:
	if $(DKMS) status $(dkms-module) | grep -q .; then \
		$(DKMS) remove $(dkms-module) --all; fi
	rm -rf $(dkms-source)
	$(MAKE) -C tools uninstall

# Seeing and testing

demo:
	tests/demo/run

check:
	tests/run

check-quick:
	tests/run --quick

soak:
	tests/soak

bench:
	tests/bench/run

lint:
	tests/lint

.PHONY: all help module tools clean deps install uninstall load unload \
	dkms-install dkms-uninstall demo check check-quick soak bench lint

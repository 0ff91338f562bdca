# SPDX-License-Identifier: GPL-2.0
"""A file system on a disk, a file in memory, that can be frozen: fsfreeze(8)."""
import contextlib
import fcntl
import os
import subprocess

MOUNT = '/run/disk'
FIFREEZE, FITHAW = 0xc0045877, 0xc0045878


def can_freeze():
    """Tells whether this kernel has what disk() needs."""
    with open('/proc/filesystems') as file:
        return '\text4\n' in file.read() and os.path.exists('/dev/loop-control')


class Disk:
    path = MOUNT

    def __init__(self):
        self.root = os.open(MOUNT, os.O_RDONLY)

    def freeze(self):
        fcntl.ioctl(self.root, FIFREEZE, 0)

    def thaw(self):
        fcntl.ioctl(self.root, FITHAW, 0)


@contextlib.contextmanager
def disk():
    """Mounts an empty ext4; thaws and unmounts it in the end."""
    image = '/tmp/disk.img'
    with open(image, 'wb') as file:
        file.truncate(8 << 20)
    subprocess.run(['mke2fs', '-q', '-F', '-t', 'ext4', image], check=True)
    os.makedirs(MOUNT, exist_ok=True)
    subprocess.run(['mount', '-o', 'loop', image, MOUNT], check=True)
    mounted = Disk()
    try:
        yield mounted
    finally:
        with contextlib.suppress(OSError):
            mounted.thaw()
        os.close(mounted.root)
        subprocess.run(['umount', MOUNT], check=True)
        os.unlink(image)

# SPDX-License-Identifier: GPL-2.0
"""podman and containers of it, without a registry and without a network."""
from lib import write
from stuck.engine import APP, command, make_rootfs


class Podman:
    """
    podman with one of its runtimes. `before` are words that precede the command;
    `folder` is where it may write; `owner` is who runs it.
    """

    def __init__(self, runtime, before=(), folder='/run', owner=0):
        self.runtime, self.folder, self.owner = runtime, folder, owner
        self.words = (*before, 'podman', '--cgroup-manager=cgroupfs',
                      '--events-backend=file', f'--runtime={runtime}',
                      '--storage-driver=vfs')

    def __call__(self, *words, before=()):
        """Runs it; returns its output. conmon would keep a pipe open."""
        out, err = f'{self.folder}/podman.out', f'{self.folder}/podman.err'
        write(out, '')
        command('sh', '-c', f'"$@" >{out} 2>{err} || {{ cat {err} >&2; exit 1; }}',
                'sh', *before, *self.words, *words)
        with open(out) as file:
            return file.read().strip()

    def run(self, name, *words, options=(), before=()):
        """
        Starts a container, in which /usr is that of the guest; returns its id, and
        the pid of its main process.
        """
        rootfs = f'{self.folder}/rootfs-{name}'
        make_rootfs(rootfs)
        command('chown', '-R', str(self.owner), rootfs)
        container = self('run', '-d', '-v', '/usr:/usr:ro', '-v',
                         f'{APP}:/app:ro', *options, '--rootfs', rootfs, *words,
                         before=before)
        main = self('inspect', '-f', '{{.State.Pid}}', container)
        return container, int(main)

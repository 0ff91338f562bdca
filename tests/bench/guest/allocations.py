# SPDX-License-Identifier: GPL-2.0
"""Memory allocations in the death of a parent, with and without the module."""
import os
import re
import subprocess

from figures import figure, say
from watchers import TRACING, HOOKS, Absent, module, nothing, read, write

CHILDREN = 1000


def of_last_death():
    subprocess.run(['bench/dying', '-m', '1', str(CHILDREN)],
                   check=True, stdout=subprocess.DEVNULL)
    lines = read(f'{TRACING}/trace').splitlines()
    last, pid = [(number, found[1]) for number, line in enumerate(lines)
                 if (found := re.search(r': dying (\d+)$', line))][-1]
    return [line for line in lines[last + 1:]
            if re.match(rf'\s*\S+-{pid}\s', line)]


def measure():
    """allocations.WATCHER: allocations of a parent from its _exit() on."""
    kinds = [name for name in os.listdir(f'{TRACING}/events/kmem')
             if re.match('kmalloc|kmem_cache_alloc|mm_page_alloc$', name)]
    watchers = {'nothing': nothing}
    watchers.update((hook, lambda hook=hook: module(hook)) for hook in HOOKS)
    for name, watcher in watchers.items():
        try:
            with watcher():
                write(f'{TRACING}/trace', '')
                for kind in kinds:
                    write(f'{TRACING}/events/kmem/{kind}/enable', '1')
                found = of_last_death()
                for kind in kinds:
                    write(f'{TRACING}/events/kmem/{kind}/enable', '0')
        except Absent as absent:
            say(absent)
            continue
        for line in found[:20]:
            say(line)
        figure(f'allocations.{name}', len(found))
    write(f'{TRACING}/trace', '')

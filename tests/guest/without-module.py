# SPDX-License-Identifier: GPL-2.0
# in turn:
# slow:
# boot: --virtual-clock --append module.sig_enforce=1
"""
Where the module cannot be loaded, explain, teardowns, list and tree say what /proc
tells, and never more: a verdict is right, or it says that the record is missing.
"""
from lib import *
from stuck import teardown
from stuck.expect import explain, explained_once, listed
from waits import disk, fuse, handles, left, stopped, throttled, tracers, zombies
from waits.harness import going_on, named

UNKNOWN = 'not known without the module'
# What cannot be told from a container that was not asked to end.
NEEDS_RECORD = {'healthy', 'init-stopped'}


def told(case):
    """Tells whether the answer was right, not only free of what is wrong."""
    found = explain(case.container)
    if not found:
        return False
    how = f'{case.name}:'
    right = found['verdict'] in case.verdicts
    ok(right or (found['state'] == 'alive' and found['verdict'] in NEEDS_RECORD and
                 UNKNOWN in found['text']),
       f'{how} the verdict is right, or the record is missing', found['verdict'],
       f'wanted {case.verdicts}', found['text'])
    for pattern in case.unsaid:
        ok(not re.search(pattern, found['text']), f'{how} does not say {pattern}',
           found['text'])
    equal(named(found) & set(case.bystanders), set(),
          f'{how} no bystander is named')
    remedy = found.get('remedy')
    if right and remedy and isinstance(case.remedy, str):
        ok(re.search(case.remedy, remedy), f'{how} a command that helps', remedy,
           f'wanted {case.remedy}')
    return right


def catalogues():
    made = right = 0
    for make in (*disk.CASES, *fuse.CASES, *stopped.CASES, *tracers.CASES,
                 *zombies.CASES, *left.CASES, *throttled.CASES, *handles.CASES):
        with going_on(f'{make.__module__}.{make.__name__} can be made and undone'):
            with make() as case:
                made += 1
                right += told(case)
    print(f'# {right} of {made} were told from /proc alone')
    for make in teardown.CASES:
        with make() as case:
            explained_once(case)
            listed(case)


def commands():
    """Each warns once, first, and says what there is."""
    pid = namespace(sleeper)
    for words in (('list', '-a'), ('teardowns',), ('tree',), ('explain',),
                  ('explain', str(pid))):
        done = run(TOOL, *words)
        ok(done.returncode == 0 and done.stderr.count('\n') == 1 and
           re.match(r'nsorphan: the module is not loaded, so .* (is|are) not known: '
                    r'the kernel takes only modules signed', done.stderr),
           f'{" ".join(words)}: it says what is missing', done.returncode, done.stderr)
    found = json.loads(run(TOOL, 'explain', '-j', str(pid)).stdout)
    ok('the record: the module is not loaded' in found['unread'] and
       UNKNOWN in found['text'], 'in JSON, too', found)
    for words in (('watch',), ('log',), ('stops',), ('signals',), ('status',)):
        equal(run(TOOL, *words).returncode, 1, f'{words[0]} fails')
    refused = run('setpriv', '--reuid=65534', '--clear-groups', '--bounding-set=-all',
                  TOOL, 'list')
    equal((refused.returncode, refused.stdout, refused.stderr.count('\n')), (1, '', 1),
          'without the right to read processes, one line')
    kill(pid)
    os.waitpid(pid, 0)


ok(insmod().returncode, 'a module that is not signed is refused')
commands()
catalogues()
done()

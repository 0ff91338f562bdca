# SPDX-License-Identifier: GPL-2.0
# clock: virtual
"""explain without a target: all that are not healthy, worst first."""
from lib import *
from stuck.program import CHILD, HANDLES, SLEEPS, Container, end, run_until_ready


def explained(*words):
    done = run(TOOL, 'explain', *words)
    equal((done.returncode, done.stderr), (0, ''), f'explain {" ".join(words)}')
    return done.stdout


def objects():
    return [json.loads(line) for line in explained('-j').splitlines()]


def timeless(explanation):
    return re.sub(r'[0-9.]+ (ms|s) ago', 'ago', explanation['text'])


def fine():
    equal(explained(), 'No container runs here.\n', 'no container')
    container = Container('web')
    main = container.start(HANDLES)
    equal(explained(), 'The only container is healthy.\n', 'one is healthy')
    bare = run_until_ready(HANDLES, namespace)
    equal(explained(), 'All 2 containers and pid namespaces are healthy.\n',
          'a pid namespace alone is counted')
    equal(explained('-j'), '', 'in JSON nothing is said of these')
    end(main, bare)
    container.remove()


def troubled():
    """One of each severity, and their order, whatever they are called."""
    paused, ignores, fine, left = (Container(name) for name in ('a', 'b', 'c', 'd'))
    paused_main, ignores_main = paused.start(HANDLES), ignores.start(SLEEPS)
    fine_main = fine.start(HANDLES)
    left_main = left.start_without_namespace(CHILD)
    child, = children(left_main)
    bare = run_until_ready(SLEEPS, namespace)
    write(f'{paused.dir}/cgroup.freeze', 1)
    for pid in ignores_main, bare:
        os.kill(pid, signal.SIGTERM)
    kill(left_main)
    os.waitpid(left_main, 0)
    # It is adopted by this process, or by init.
    dying = Container('e')
    dying_main = dying.start(HANDLES)
    joined = Joiner(dying_main)
    kill(dying_main)
    wait_for(lambda: of_namespace(pidns_of(joined.joined)))

    wanted = [('e', 'teardown-outside-parent'), ('d', 'left-behind'),
              ('b', 'init-ignores-signal'), (None, 'init-ignores-signal'),
              ('a', 'init-stopped')]
    found = objects()
    equal([(one.get('container_name'), one['verdict']) for one in found], wanted,
          'worst first, and none that is healthy')
    equal([timeless(one) for one in found if one.get('container_name') == 'd'],
          [timeless(json.loads(explained('-j', 'd')))], 'each as explain of it says')
    text = explained()
    paragraphs = text.split('\n\n')
    equal((len(paragraphs), paragraphs[-1], [one.count('\n') for one in paragraphs[:-1]]),
          (len(wanted) + 1, '', [1] * len(wanted)),
          'in text a line and a paragraph of each')
    equal([re.match(r'(\S+) ', one)[1] for one in paragraphs[:-1]],
          [verdict for _, verdict in wanted], 'in the same order')

    write(f'{paused.dir}/cgroup.freeze', 0)
    joined.end()
    os.waitpid(dying_main, 0)
    kill(child)
    end(paused_main, ignores_main, fine_main, bare)


refused = run(TOOL, 'explain', '-f', 'xml')
equal(refused.returncode, 2, 'a format that there is not')
with module():
    fine()
    troubled()
done()

// SPDX-License-Identifier: GPL-2.0
/*
 * Prints TAP: names are looked up once, kept when a container is gone, and
 * looked up again when another one has got them. The look-up and the clock are
 * imaginary: linked with -Wl,--wrap=names_lookup,--wrap=clock_boot_ns.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/util.h"
#include "proc/names-cache.h"
#include "proc/names-lookup.h"
#include "proc/task.h"

typeof(names_lookup) __wrap_names_lookup;
typeof(clock_boot_ns) __wrap_clock_boot_ns;

static int tests, failed;

/* What the imaginary engines say, by the last digits of an id. */
static char engine[4000][CONTAINER_SIZE];
static unsigned int hanging;	/* the user whose files hang; 0: nobody */
static bool everybody;		/* all users' files hang but root's */
static unsigned int lookups;	/* containers that were asked for */
static unsigned int processes;	/* in which they were looked up */
static unsigned long long now = 1;

static void ok(bool ok, const char *what)
{
	printf("%sok %d - %s\n", ok ? "" : "not ", ++tests, what);
	failed += !ok;
}

size_t __wrap_names_lookup(const struct names_query *queries, size_t count,
			   struct container_names *names, int *error)
{
	unsigned long number;
	size_t i;

	processes++;
	for (i = 0; i < count; i++) {
		lookups++;
		if ((hanging && queries[i].user == hanging) ||
		    (everybody && queries[i].user)) {
			*error = -ETIMEDOUT;
			return i;
		}
		number = strtoul(queries[i].id + 48, NULL, 16);
		names[i] = (struct container_names){ 0 };
		snprintf(names[i].name, CONTAINER_SIZE, "%s", engine[number]);
	}
	*error = 0;
	return count;
}

uint64_t __wrap_clock_boot_ns(void)
{
	return now;
}

/* Returns the name of container @number of @user, in a buffer of this file. */
static const char *name_of(unsigned int number, unsigned int user)
{
	static struct container container;
	char id[CONTAINER_SIZE];

	snprintf(id, sizeof(id), "%064x", number);
	if (!names_of_id(id, user, &container))
		return "failed";
	return container.names.name;
}

static bool is(unsigned int number, unsigned int user, const char *name)
{
	return !strcmp(name_of(number, user), name);
}

/* Whether just @count containers were looked up since the last call. */
static bool looked_up(unsigned int count)
{
	bool right = lookups == count;

	lookups = 0;
	return right;
}

static void set(unsigned int number, const char *name)
{
	snprintf(engine[number], CONTAINER_SIZE, "%s", name);
}

static void test_names(void)
{
	struct container container;

	set(1, "web");
	ok(is(1, 0, "web") && looked_up(1), "a name is looked up");
	ok(is(1, 0, "web") && looked_up(0), "but once");
	set(1, "");
	ok(is(1, 0, "web") && looked_up(0), "the container is gone");
	ok(!names_of_id(NULL, 0, &container), "no container has no names");
	ok(names_of_id("web", 0, &container) &&
	   !strcmp(container.names.name, "web") && looked_up(0),
	   "the name of LXC needs no look-up");
	set(2, "users");
	ok(is(2, 5, "users") && looked_up(1), "a user's");
	set(2, "roots");
	ok(is(2, 0, "roots") && looked_up(1), "root's with the same id");
	ok(is(2, 5, "users") && looked_up(0), "they stay apart");
}

static void test_retries(void)
{
	int i, count = 0;

	ok(is(10, 0, "") && looked_up(1), "no name yet");
	ok(is(10, 0, "") && looked_up(0), "not again at once");
	set(10, "late");
	now += NS_PER_SEC;
	ok(is(10, 0, "late") && looked_up(1), "after a second it has one");
	for (i = 0; i < 1000; i++) {
		now += NS_PER_SEC;
		name_of(11, 0);
	}
	count = (int)lookups;
	lookups = 0;
	ok(count > 7 && count < 18, "who has no name is asked for ever less");
}

static void test_renaming(void)
{
	set(20, "blue");
	set(21, "green");
	ok(is(20, 0, "blue") && is(21, 0, "green") && looked_up(2), "two");
	set(20, "old");
	set(22, "blue");
	ok(is(22, 0, "blue") && looked_up(1), "a third has the name of the first");
	ok(is(20, 0, "old") && looked_up(1), "which was renamed");
	ok(is(21, 0, "green") && is(22, 0, "blue") && looked_up(0),
	   "the others are not looked up again");
	set(22, "");
	set(23, "blue");
	ok(is(23, 0, "blue") && looked_up(1), "a fourth");
	ok(is(22, 0, "blue") && looked_up(1), "the third is gone, with its name");
	ok(is(22, 0, "blue") && looked_up(0), "and is not looked up again");
	set(24, "blue");
	ok(is(24, 0, "blue") && is(23, 0, "blue") && looked_up(2) &&
	   is(24, 0, "blue") && is(23, 0, "blue") && looked_up(0),
	   "two that live have one name");
	ok(is(24, 5, "blue") && is(24, 0, "blue") && looked_up(1),
	   "so has one of another user");
}

static void test_hanging(void)
{
	hanging = 7;
	ok(is(30, 7, "") && looked_up(1), "a user's files hang");
	ok(is(31, 7, "") && is(30, 7, "") && looked_up(0),
	   "none of his containers is looked up again");
	set(30, "mine");
	ok(is(30, 0, "mine") && looked_up(1), "but those of others are");
	hanging = 0;
	now += 29 * NS_PER_SEC;
	ok(is(30, 7, "") && looked_up(0), "29 s later not yet");
	now += NS_PER_SEC;
	ok(is(30, 7, "mine") && looked_up(1), "30 s later they are");
	hanging = 7;
	is(33, 7, "");
	looked_up(1);
	now += 59 * NS_PER_SEC;
	is(33, 7, "");
	ok(looked_up(0), "the next time it takes twice as long");
}

static void test_tasks(void)
{
	static char ids[6][CONTAINER_SIZE];
	struct task tasks[8] = { 0 };
	int i;

	for (i = 0; i < 6; i++) {
		snprintf(ids[i], CONTAINER_SIZE, "%064x", 40 + i / 2);
		tasks[i].container = ids[i];
		set(40 + (unsigned int)i / 2, i < 4 ? "many" : "");
	}
	tasks[6].container = (char []){ "lxc" };
	processes = 0;
	names_find_tasks(tasks, ARRAY_SIZE(tasks));
	ok(looked_up(3) && processes == 1,
	   "all containers of processes are looked up in one process");
	ok(is(40, 0, "many") && is(42, 0, ""), "and then known");
	looked_up(0);

	hanging = 9;
	now += 1000 * NS_PER_SEC;
	tasks[0].container_user = 9;
	tasks[1].container_user = 9;
	set(42, "late");
	names_find_tasks(tasks, ARRAY_SIZE(tasks));
	ok(looked_up(2) && is(42, 0, "late"),
	   "a user whose files hang does not stop the others");
	hanging = 0;
	for (i = 0; i < 6; i++)
		tasks[i].container_user = 20 + (unsigned int)i;
	hanging = 21;
	names_find_tasks(tasks, ARRAY_SIZE(tasks));
	ok(looked_up(6), "one user of six hangs: five are looked up");
	everybody = true;
	now += 1000 * NS_PER_SEC;
	for (i = 0; i < 6; i++)
		tasks[i].container_user = 30 + (unsigned int)i;
	tasks[5].container_user = 0;
	snprintf(ids[5], CONTAINER_SIZE, "%064x", 43);
	set(43, "roots");
	names_find_tasks(tasks, ARRAY_SIZE(tasks));
	ok(looked_up(3) && is(43, 0, "roots"),
	   "after two that hang it is over, and root came first");
	everybody = false;
	hanging = 0;
}

static void test_many(void)
{
	unsigned int i;

	for (i = 0; i < 2 * NAMES_MAX; i++) {
		snprintf(engine[100 + i], CONTAINER_SIZE, "n%u", i);
		name_of(100 + i, 0);
		name_of(1, 0);
	}
	lookups = 0;
	ok(is(1, 0, "web") && looked_up(0),
	   "who is in use is kept, whoever comes");
	name_of(100 + 2 * NAMES_MAX - 1, 0);
	name_of(100 + NAMES_MAX + 100, 0);
	ok(looked_up(0), "so are the last ones");
	name_of(100, 0);
	ok(looked_up(1), "but not all of them");

	for (i = 0; i < 100; i++)
		name_of(100 + i, 11);
	for (i = 0; i < 2 * NAMES_MAX; i++)
		name_of(100 + i, 12);
	lookups = 0;
	for (i = 0; i < 100; i++)
		name_of(100 + i, 11);
	ok(looked_up(0), "a user with many containers pushes out his own");
	for (i = 0; i < 1000; i++)
		name_of(3000 + i, 12);
	lookups = 0;
	name_of(100 + 2 * NAMES_MAX - 1, 12);
	ok(looked_up(0), "and those without a name first");
}

int main(void)
{
	test_names();
	test_retries();
	test_renaming();
	test_hanging();
	test_tasks();
	test_many();
	printf("1..%d\n", tests);
	return failed > 0;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * A forest of processes that carry out orders, for forest.py.
 *
 * Every process and every thread is an actor with a slot in shared memory, where it
 * waits for its next order. The director (the first process) reads orders from
 * stdin, a line each with a name and numbers; actors are named by their slots:
 *
 *	base S			begin a forest: S becomes a child of the director
 *	fork A S FLAGS		A clones S with these flags of clone(2)
 *	thread A S		A's process gets another thread
 *	exec A			A's process executes this program again
 *	unshare A		A's next child begins a pid namespace
 *	setns A S		A's next children are born in S's pid namespace
 *	subreaper A 0|1		prctl(PR_SET_CHILD_SUBREAPER)
 *	sigchld A 0|1|2		default, ignored, SA_NOCLDWAIT
 *	pdeath A SIGNAL		prctl(PR_SET_PDEATHSIG)
 *	setuid A UID		real, effective and saved
 *	trace A S HOW		see enum tracing
 *	go A S			PTRACE_CONT
 *	detach A S		PTRACE_DETACH
 *	reap A S		wait4(S, WNOHANG)
 *	exit A CODE		the process ends
 *	leave A CODE		the thread ends
 *	kill S SIGNAL		the director sends it
 *	cpus MASK		where the forest runs from its next base on
 *	hold			the next orders are given all at once
 *	settle			wait until no actor runs; report what has changed
 *	end			reap the base, forget all actors
 *
 * and answers on stdout:
 *
 *	born SLOT LEADER TGID TID PPID LEVEL PIDNS START UID COMM NSPID...
 *	status SLOT STATUS	the status from wait4
 *	failed ACTOR ERRNO	its last order failed
 *	is SLOT STATE EXITING PPID TRACER CODE	as /proc shows it, if changed
 *	gone SLOT		it is not in /proc any more
 *	settled BOOTTIME RUNNABLE	ends the answer to settle and end
 *
 * START is in clock ticks, BOOTTIME in nanoseconds, CODE the exit code of a
 * zombie. All pids are those of the initial pid namespace, except NSPID, one per
 * level.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <stdnoreturn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SLOTS		1024
#define LEVELS		33	/* MAX_PID_NS_LEVEL + 1 */
#define STACK		(64 * 1024)
#define SHARED_FD	3
#define PATIENCE	300	/* seconds: only a hang takes that long */
#define PF_EXITING	0x4	/* include/linux/sched.h */

enum order {
	NOTHING, FORK, THREAD, EXEC, UNSHARE, SETNS, SUBREAPER, SIGCHLD_IS,
	PDEATH, SETUID, TRACE, GO, DETACH, REAP, EXIT, LEAVE,
};

enum tracing {
	SEIZE, SEIZE_EXITKILL, SEIZE_INTERRUPT, ATTACH,
};

struct slot {
	unsigned int order;	/* a futex: the actor waits for it */
	int argument[2];
	int pid;		/* of argument[0], in the actor's namespace */
	unsigned int ready;	/* the actor waits, or soon will */
	unsigned int answered;
	int answer;		/* -errno, or 0 */
	int status;		/* of REAP */
	int tgid, tid;
};

static struct shared {
	unsigned int bell;	/* a futex: the director waits for it */
	char program[256];
	struct slot slots[SLOTS];
} *shared;

static long futex(unsigned int *word, int operation, unsigned int value,
		  const struct timespec *timeout)
{
	return syscall(SYS_futex, word, operation, value, timeout, NULL, 0);
}

static void ring(void)
{
	__atomic_fetch_add(&shared->bell, 1, __ATOMIC_SEQ_CST);
	futex(&shared->bell, FUTEX_WAKE, 1, NULL);
}

static void map_shared(void)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED,
		      SHARED_FD, 0);
	if (shared == MAP_FAILED) {
		perror("forest: mmap");
		exit(1);
	}
}

/*
 * The actors. Threads are made by clone(2): libc does not know them, and they share
 * one errno. So actors make only system calls.
 */

/* Tells the director that the actor exists and takes orders. */
static void announce(int number)
{
	struct slot *slot = &shared->slots[number];
	char link[64], name[16];
	ssize_t length;

	/* A dying parent can send an ignored signal, too. */
	signal(SIGUSR1, SIG_IGN);
	/* The pid in the initial namespace, which /proc belongs to. */
	length = readlink("/proc/thread-self", link, sizeof(link) - 1);
	link[length < 0 ? 0 : length] = '\0';
	if (sscanf(link, "%d/task/%d", &slot->tgid, &slot->tid) != 2)
		_exit(99);
	snprintf(name, sizeof(name), "a%d", number);
	prctl(PR_SET_NAME, name);
	__atomic_store_n(&slot->ready, 1, __ATOMIC_SEQ_CST);
	ring();
}

static noreturn void actor(int number);

static long set_sigchld(int how)
{
	struct sigaction action = {
		.sa_handler = how == 1 ? SIG_IGN : SIG_DFL,
		.sa_flags = how == 2 ? SA_NOCLDWAIT : 0,
	};

	return sigaction(SIGCHLD, &action, NULL);
}

static int be_thread(void *number)
{
	actor((int)(intptr_t)number);
}

static int be_process(void *number)
{
	/* The child inherits ignored signals. */
	set_sigchld(0);
	actor((int)(intptr_t)number);
}

static long clone_on_own_stack(int (*be)(void *), int number, int flags)
{
	char *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (stack == MAP_FAILED)
		return -1;
	return clone(be, stack + STACK, flags, (void *)(intptr_t)number);
}

static long join_namespace(int tgid)
{
	char path[64];
	long failed;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/pid", tgid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	failed = setns(fd, CLONE_NEWPID);
	close(fd);
	return failed;
}

static long trace(int pid, enum tracing how)
{
	if (how == ATTACH)
		return ptrace(PTRACE_ATTACH, pid, 0, 0);
	if (ptrace(PTRACE_SEIZE, pid, 0,
		   how == SEIZE_EXITKILL ? PTRACE_O_EXITKILL : 0))
		return -1;
	return how == SEIZE_INTERRUPT ? ptrace(PTRACE_INTERRUPT, pid, 0, 0) : 0;
}

static long execute(int number)
{
	char text[16];
	char * const environment[] = { NULL };

	snprintf(text, sizeof(text), "%d", number);
	return execle(shared->program, "forest", text, (char *)NULL,
		      environment);
}

static long reap(struct slot *slot)
{
	long pid = wait4(slot->pid, &slot->status, WNOHANG | __WALL, NULL);

	if (!pid)
		errno = EAGAIN;
	return pid > 0 ? 0 : -1;
}

static long obey(struct slot *slot, enum order order)
{
	int first = slot->argument[0], second = slot->argument[1];

	switch (order) {
	case THREAD:
		return clone_on_own_stack(be_thread, first,
					  CLONE_VM | CLONE_FS | CLONE_FILES |
					  CLONE_SIGHAND | CLONE_THREAD |
					  CLONE_SYSVSEM);
	case EXEC:
		return execute(first);
	case UNSHARE:
		return unshare(CLONE_NEWPID);
	case SETNS:
		return join_namespace(shared->slots[first].tgid);
	case SUBREAPER:
		return prctl(PR_SET_CHILD_SUBREAPER, first, 0, 0, 0);
	case SIGCHLD_IS:
		return set_sigchld(first);
	case PDEATH:
		return prctl(PR_SET_PDEATHSIG, first, 0, 0, 0);
	case SETUID:
		/* Not setresuid(3), which would change all threads of libc. */
		return syscall(SYS_setresuid, first, first, first);
	case TRACE:
		return trace(slot->pid, second);
	case GO:
		return ptrace(PTRACE_CONT, slot->pid, 0, 0);
	case DETACH:
		return ptrace(PTRACE_DETACH, slot->pid, 0, 0);
	case REAP:
		return reap(slot);
	case EXIT:
		return syscall(SYS_exit_group, first);
	case LEAVE:
		return syscall(SYS_exit, first);
	case NOTHING:
	case FORK:
		break;
	}
	errno = EINVAL;
	return -1;
}

static void actor(int number)
{
	struct slot *slot = &shared->slots[number];
	enum order order;
	long result;

	announce(number);
	for (;;) {
		while (!__atomic_load_n(&slot->order, __ATOMIC_SEQ_CST))
			futex(&slot->order, FUTEX_WAIT, 0, NULL);
		order = slot->order;
		slot->order = NOTHING;
		if (order != FORK) {
			result = obey(slot, order);
		} else if (slot->argument[1] & CLONE_VM) {
			result = clone_on_own_stack(be_process,
						    slot->argument[0],
						    slot->argument[1]);
		} else {
			result = syscall(SYS_clone, slot->argument[1], 0, 0, 0,
					 0);
			if (!result)
				be_process((void *)(intptr_t)slot->argument[0]);
		}
		slot->answer = result < 0 ? -errno : 0;
		__atomic_store_n(&slot->answered, 1, __ATOMIC_SEQ_CST);
		ring();
	}
}

/* The director. */

struct seen {
	int ppid, tracer, code;
	char state;		/* as in /proc/PID/stat; 0: gone */
	bool exiting;
};

static struct view {
	int fd;			/* /proc/TGID/task/TID/stat, or -1 */
	int leader;		/* slot */
	int level;
	int nspid[LEVELS];
	bool vforking;
	bool traced;		/* or was */
	struct seen now, reported;
} views[SLOTS];

static int alive[SLOTS], nr_alive;	/* slots, in order of birth */
static int base_pid;
static cpu_set_t cpus;
static int loadavg;		/* /proc/loadavg */
static int executing = -1;	/* the slot that was ordered to */

static noreturn void quit(const char *why, int number)
{
	printf("stuck %d %s: %s\n", number, why, strerror(errno));
	fflush(stdout);
	exit(1);
}

/*
 * With the policy "idle" the director runs when the forest has nothing more to do;
 * as a real-time process it gives many orders at once. On one processor all actors
 * are real-time processes, and run in the order in which they were woken up. They
 * run round robin, with a slice that none uses up, because the kernel has loops that
 * wait for other tasks (shrink_dcache_parent()). A slice is the time that a process
 * runs in all.
 */
static void set_policy(int policy)
{
	struct sched_param param = { .sched_priority = policy == SCHED_RR };

	if (sched_setscheduler(0, policy, &param))
		quit("sched_setscheduler", 0);
}

static bool on_one_cpu(void)
{
	return CPU_COUNT(&cpus) == 1;
}

static void wait_for_bell(unsigned int heard, int number)
{
	struct timespec timeout = { .tv_sec = PATIENCE };

	if (futex(&shared->bell, FUTEX_WAIT, heard, &timeout) &&
	    errno == ETIMEDOUT)
		quit("no answer", number);
}

static void give(int number, enum order order, int first, int second)
{
	struct slot *slot = &shared->slots[number];

	slot->argument[0] = first;
	slot->argument[1] = second;
	if (order == TRACE || order == GO || order == DETACH || order == REAP)
		slot->pid = views[first].nspid[views[number].level];
	slot->answered = 0;
	__atomic_store_n(&slot->order, order, __ATOMIC_SEQ_CST);
	futex(&slot->order, FUTEX_WAKE, 1, NULL);
}

static bool is_set(unsigned int *word)
{
	return __atomic_load_n(word, __ATOMIC_SEQ_CST);
}

/* Waits for the answer, and reports a failure. */
static bool succeeds(int number)
{
	struct slot *slot = &shared->slots[number];
	unsigned int heard;

	for (;;) {
		heard = __atomic_load_n(&shared->bell, __ATOMIC_SEQ_CST);
		if (is_set(&slot->answered))
			break;
		wait_for_bell(heard, number);
	}
	if (slot->answer)
		printf("failed %d %d\n", number, -slot->answer);
	return !slot->answer;
}

/*
 * Waits until a new actor is ready. Returns false if its maker failed; the parent of
 * a vfork does not answer yet.
 */
static bool arrives(int number, int maker)
{
	struct slot *slot = &shared->slots[number];
	unsigned int heard;

	for (;;) {
		heard = __atomic_load_n(&shared->bell, __ATOMIC_SEQ_CST);
		if (is_set(&slot->ready))
			return true;
		if (maker >= 0 && is_set(&shared->slots[maker].answered) &&
		    shared->slots[maker].answer)
			return succeeds(maker);
		wait_for_bell(heard, number);
	}
}

static ssize_t read_text(int fd, char *text, size_t size)
{
	ssize_t length = pread(fd, text, size - 1, 0);

	text[length < 0 ? 0 : length] = '\0';
	return length;
}

static int open_proc(int number, const char *name)
{
	struct slot *slot = &shared->slots[number];
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/%s", slot->tgid,
		 slot->tid, name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* What follows a field's name in /proc/PID/status; NULL if that is gone. */
static const char *read_status(int number, const char *field)
{
	static char text[4096];
	int fd = open_proc(number, "status");
	char *found;

	if (fd < 0)
		return NULL;
	read_text(fd, text, sizeof(text));
	close(fd);
	found = strstr(text, field);
	return found ? found + strlen(field) : NULL;
}

/*
 * Splits a text from /proc/PID/stat behind the name, which may hold anything:
 * returns what follows, field 3 of proc(5) first.
 */
static char *after_name(char *text)
{
	char *end = strrchr(text, ')');

	*end = '\0';
	return end + 2;
}

static long long stat_field(const char *rest, int field)
{
	for (; field > 3; field--)
		rest = strchr(rest, ' ') + 1;
	return strtoll(rest, NULL, 10);
}

static long long own_namespace(int number)
{
	struct slot *slot = &shared->slots[number];
	char path[64];
	struct stat ns;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/ns/pid", slot->tgid,
		 slot->tid);
	if (stat(path, &ns))
		quit(path, number);
	return ns.st_ino;
}

static void report_birth(int number)
{
	struct slot *slot = &shared->slots[number];
	struct view *view = &views[number];
	char text[1024], *rest, *end;
	const char *uid, *nspids;
	int level;

	uid = read_status(number, "\nUid:\t");
	if (!uid || read_text(view->fd, text, sizeof(text)) < 0)
		quit("it died too early", number);
	rest = after_name(text);
	nspids = strstr(uid, "\nNSpid:") + strlen("\nNSpid:");
	for (level = 0; *nspids == '\t' && level < LEVELS; level++) {
		view->nspid[level] = strtol(nspids + 1, &end, 10);
		nspids = end;
	}
	view->level = level - 1;

	printf("born %d %d %d %d %lld %d %lld %lld %ld %s", number,
	       view->leader, slot->tgid, slot->tid, stat_field(rest, 4),
	       view->level, own_namespace(number), stat_field(rest, 22),
	       strtol(uid, NULL, 10), strchr(text, '(') + 1);
	for (level = 0; level <= view->level; level++)
		printf(" %d", view->nspid[level]);
	putchar('\n');
}

static void enter(int number, int leader)
{
	struct view *view = &views[number];

	*view = (struct view){ .leader = leader };
	view->fd = open_proc(number, "stat");
	if (view->fd < 0)
		quit("it is not in /proc", number);
	alive[nr_alive++] = number;
	report_birth(number);
}

/* Reads an actor's state from /proc. Returns false if the state will change. */
static bool look(int number)
{
	struct view *view = &views[number];
	struct seen *now = &view->now;
	char text[1024], *rest;
	const char *tracer;

	if (view->vforking && is_set(&shared->slots[number].answered))
		view->vforking = false;
	if (read_text(view->fd, text, sizeof(text)) <= 0) {
		memset(now, 0, sizeof(*now));
		return true;
	}
	rest = after_name(text);
	memset(now, 0, sizeof(*now));
	now->state = *rest;
	now->ppid = stat_field(rest, 4);
	now->exiting = stat_field(rest, 9) & PF_EXITING;
	if (now->state == 'Z')
		now->code = atoi(strrchr(rest, ' ') + 1);
	if (view->traced) {
		tracer = read_status(number, "\nTracerPid:\t");
		if (!tracer)
			return false;
		now->tracer = atoi(tracer);
	}
	switch (now->state) {
	case 'D':
		return view->vforking && !now->exiting;
	case 'R':
	case 'X':
		return false;
	}
	return true;
}

/* Reads all states. Returns false if an actor is about to run, and which. */
static bool look_at_all(bool *changed, int *mover)
{
	static bool runs[SLOTS];
	bool still = true;
	struct view *view;
	struct seen was;
	int i;

	*changed = false;
	memset(runs, 0, sizeof(runs));
	for (i = 0; i < nr_alive; i++) {
		view = &views[alive[i]];
		was = view->now;
		if (!look(alive[i])) {
			*mover = alive[i];
			still = false;
		}
		*changed |= memcmp(&was, &view->now, sizeof(was));
		if (view->now.state && view->now.state != 'Z')
			runs[view->leader] = true;
	}
	/* Zombies that the guest's init is about to reap. */
	for (i = 0; i < nr_alive; i++) {
		view = &views[alive[i]];
		if (view->now.state == 'Z' && view->now.ppid == 1 &&
		    !view->now.tracer && !runs[alive[i]]) {
			*mover = alive[i];
			still = false;
		}
	}
	return still;
}

static void report_changes(void)
{
	struct view *view;
	struct seen *now;
	int i, kept = 0;

	for (i = 0; i < nr_alive; i++) {
		view = &views[alive[i]];
		now = &view->now;
		if (!now->state) {
			printf("gone %d\n", alive[i]);
			close(view->fd);
			continue;
		}
		if (memcmp(now, &view->reported, sizeof(*now)))
			printf("is %d %c %d %d %d %d\n", alive[i], now->state,
			       now->exiting, now->ppid, now->tracer, now->code);
		view->reported = *now;
		alive[kept++] = alive[i];
	}
	nr_alive = kept;
}

/* Returns how many tasks of the guest are runnable, without this one. */
static int runnable(void)
{
	char text[64];

	read_text(loadavg, text, sizeof(text));
	return atoi(strrchr(strtok(text, "/"), ' ') + 1) - 1;
}

static void report_settled(int running)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	printf("settled %lld%09ld %d\n", (long long)now.tv_sec, now.tv_nsec,
	       running);
	fflush(stdout);
}

static void report_failed_exec(void)
{
	if (executing >= 0 && is_set(&shared->slots[executing].answered))
		succeeds(executing);
	executing = -1;
}

static noreturn void quit_unsettled(int mover, int running)
{
	struct view *view = &views[mover];
	char why[128];

	snprintf(why, sizeof(why),
		 "it never settles: state %c, exiting %d, below %d, %d runnable",
		 view->now.state ?: '-', view->now.exiting, view->now.ppid,
		 running);
	errno = 0;
	quit(why, mover);
}

/*
 * Waits until no actor runs any more: two looks at all find the same states, and none
 * about to change. On one processor a single look suffices if only the director was
 * runnable when it began.
 */
static void settle(void)
{
	const struct timespec moment = { .tv_nsec = 200000 };
	const time_t end = time(NULL) + PATIENCE;
	bool was_still = false, still, changed;
	int tries = 0, running, mover = 0;

	set_policy(SCHED_IDLE);
	for (;;) {
		while ((running = runnable()) > 0 && ++tries % 50)
			nanosleep(&moment, NULL);
		still = look_at_all(&changed, &mover);
		if (still && ((on_one_cpu() && !running) || (was_still && !changed)))
			break;
		was_still = still;
		if (time(NULL) > end)
			quit_unsettled(mover, running);
		nanosleep(&moment, NULL);
	}
	report_failed_exec();
	report_changes();
	report_settled(running);
}

static void order_base(int number)
{
	memset(shared->slots, 0, sizeof(shared->slots));
	nr_alive = 0;
	set_policy(on_one_cpu() ? SCHED_RR : SCHED_OTHER);
	base_pid = fork();
	if (!base_pid) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		close(null);
		if (sched_setaffinity(0, sizeof(cpus), &cpus))
			_exit(98);
		actor(number);
	}
	arrives(number, -1);
	enter(number, number);
}

static void order_fork(int maker, int number, int flags)
{
	give(maker, FORK, number, flags);
	views[maker].vforking = flags & CLONE_VFORK;
	if (arrives(number, maker) &&
	    (views[maker].vforking || succeeds(maker)))
		enter(number, number);
}

static void order_thread(int maker, int number)
{
	give(maker, THREAD, number, 0);
	if (arrives(number, maker) && succeeds(maker))
		enter(number, views[maker].leader);
}

/*
 * The thread continues as the leader. That may never happen, if it has to die after
 * one of the other threads, so there is no wait for an answer.
 */
static void order_exec(int number)
{
	give(number, EXEC, views[number].leader, 0);
	executing = number;
}

static void order_reap(int number, int child)
{
	give(number, REAP, child, 0);
	if (succeeds(number))
		printf("status %d %d\n", child, shared->slots[number].status);
}

static void order_end(void)
{
	int status;

	while (waitpid(base_pid, &status, 0) < 0 && errno == EINTR)
		;
	while (nr_alive)
		close(views[alive[--nr_alive]].fd);
	report_settled(runnable());
}

static void order_trace(int number, int tracee, int how)
{
	give(number, TRACE, tracee, how);
	if (succeeds(number))
		views[tracee].traced = true;
}

static void order_setuid(int number, int uid)
{
	give(number, SETUID, uid, 0);
	if (succeeds(number))
		report_birth(number);
}

/* Orders that need only an answer, or have none. */
static const struct {
	const char *name;
	enum order order;
	bool answered;
} orders[] = {
	{ "unshare", UNSHARE, true },
	{ "setns", SETNS, true },
	{ "subreaper", SUBREAPER, true },
	{ "sigchld", SIGCHLD_IS, true },
	{ "pdeath", PDEATH, true },
	{ "go", GO, true },
	{ "detach", DETACH, true },
	{ "exit", EXIT, false },
	{ "leave", LEAVE, false },
};

static bool order_actor(const char *name, int number, int first, int second)
{
	size_t i;

	for (i = 0; i < sizeof(orders) / sizeof(*orders); i++) {
		if (strcmp(name, orders[i].name))
			continue;
		give(number, orders[i].order, first, second);
		if (orders[i].answered)
			succeeds(number);
		return true;
	}
	return false;
}

static void direct(const char *name, int a, int b, int c)
{
	if (a < 0 || a >= SLOTS)
		quit("no such slot", a);
	if (!strcmp(name, "base"))
		order_base(a);
	else if (!strcmp(name, "fork"))
		order_fork(a, b, c);
	else if (!strcmp(name, "thread"))
		order_thread(a, b);
	else if (!strcmp(name, "exec"))
		order_exec(a);
	else if (!strcmp(name, "trace"))
		order_trace(a, b, c);
	else if (!strcmp(name, "setuid"))
		order_setuid(a, b);
	else if (!strcmp(name, "reap"))
		order_reap(a, b);
	else if (!strcmp(name, "kill"))
		kill(shared->slots[a].tgid, b);
	else if (!strcmp(name, "hold"))
		set_policy(SCHED_RR);
	else if (!strcmp(name, "settle"))
		settle();
	else if (!strcmp(name, "end"))
		order_end();
	else if (!order_actor(name, a, b, c))
		quit(name, a);
}

static void choose_cpus(unsigned long mask)
{
	int cpu;

	CPU_ZERO(&cpus);
	for (cpu = 0; mask; cpu++, mask >>= 1)
		if (mask & 1)
			CPU_SET(cpu, &cpus);
}

int main(int argc, char **argv)
{
	char line[128], name[16];
	int a, b, c, fd;

	if (argc > 1) {
		map_shared();
		actor(atoi(argv[1]));
	}
	fd = memfd_create("forest", 0);
	if (fd < 0 || ftruncate(fd, sizeof(*shared)) ||
	    (fd != SHARED_FD && dup2(fd, SHARED_FD) != SHARED_FD)) {
		perror("forest: memfd");
		return 1;
	}
	map_shared();
	if (!realpath(argv[0], shared->program)) {
		perror(argv[0]);
		return 1;
	}
	loadavg = open("/proc/loadavg", O_RDONLY | O_CLOEXEC);
	choose_cpus(1);
	if (loadavg < 0 || sched_setaffinity(0, sizeof(cpus), &cpus)) {
		perror("forest: setup");
		return 1;
	}
	while (fgets(line, sizeof(line), stdin)) {
		a = 0;
		b = 0;
		c = 0;
		if (sscanf(line, "%15s %d %d %d", name, &a, &b, &c) < 1)
			continue;
		if (!strcmp(name, "cpus"))
			choose_cpus(a);
		else
			direct(name, a, b, c);
	}
	return 0;
}

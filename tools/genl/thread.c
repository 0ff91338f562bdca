// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>

#include "genl/thread.h"
#include "lib/array.h"
#include "lib/util.h"
#include "nsorphan-names.h"

const char *thread_flag_name(unsigned int bit)
{
	return bit < ARRAY_SIZE(nsorphan_task_flag_names) ?
		       nsorphan_task_flag_names[bit] : NULL;
}

int threads_add(struct threads *threads, const struct thread *thread)
{
	struct thread *added = array_add(&threads->list, &threads->count,
					 sizeof(*added));

	if (!added)
		return -ENOMEM;
	*added = *thread;
	return 0;
}

static int by_tid(const void *one, const void *other)
{
	uint32_t a = thread_tid(one), b = thread_tid(other);

	return (a > b) - (a < b);
}

void threads_sort(struct threads *threads)
{
	if (threads->count)
		qsort(threads->list, threads->count, sizeof(*threads->list),
		      by_tid);
}

const struct thread *threads_find(const struct threads *threads, uint32_t pid,
				  uint32_t tid)
{
	struct thread key = { .process = { .pid = tid } };
	const struct thread *found = NULL;

	if (threads->count)
		found = bsearch(&key, threads->list, threads->count,
				sizeof(*threads->list), by_tid);
	return found && found->process.pid == pid ? found : NULL;
}

void threads_free(struct threads *threads)
{
	free(threads->list);
	*threads = (struct threads){ .count = 0 };
}

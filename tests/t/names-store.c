// SPDX-License-Identifier: GPL-2.0
/*
 * Writes and reads the store of names in the folder $FAKE_ENGINES: see
 * fake-engines.c.
 *
 * usage: names-store write COUNT	containers with names of all kinds
 *        names-store read		prints what there is, or the error
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proc/names-store.h"

/* Makes container @number, whose names have any bytes. */
static void make(unsigned int number, struct container *container)
{
	struct container_names *names = &container->names;
	size_t i;

	*container = (struct container){ .user = number % 3 ? number : 0 };
	snprintf(container->id, CONTAINER_SIZE, "%064x", number);
	if (number % 4)
		for (i = 0; i < (number * 7) % 255 + 1; i++)
			names->name[i] = (char)((number + i) % 255 + 1);
	if (number % 2 || !names->name[0]) {
		snprintf(names->pod, CONTAINER_SIZE, "pod\"\\/%u", number);
		memset(names->pod_namespace, 1 + number % 30, 255);
	}
	if (container->user)
		snprintf(names->user, CONTAINER_SIZE, "\xff\n%u", number);
	names->stop_signal = number % 65;
}

static int write_containers(unsigned int count)
{
	struct container *containers = calloc(count, sizeof(*containers));
	const struct container **list = calloc(count, sizeof(*list));
	unsigned int i;
	int error;

	if (!containers || !list)
		exit(1);
	for (i = 0; i < count; i++) {
		make(i, &containers[i]);
		list[i] = &containers[i];
	}
	error = names_store_write(list, count);
	free(list);
	free(containers);
	if (error)
		printf("error %s\n", strerror(-error));
	return error < 0;
}

static int read_containers(void)
{
	struct container *list, expected;
	size_t count, i, right = 0;
	int error = names_store_read(&list, &count);

	for (i = 0; i < count; i++) {
		make((unsigned int)i, &expected);
		right += !memcmp(&list[i], &expected, sizeof(expected));
	}
	if (error)
		printf("error %s\n", strerror(-error));
	else
		printf("%zu containers, %zu as they were\n", count, right);
	free(list);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "write"))
		return write_containers((unsigned int)atoi(argv[2]));
	return argc == 2 ? read_containers() : 2;
}

// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "proc/reading.h"

static struct reading own;
static struct reading *notes = &own;

void reading_note_in(struct reading *reading)
{
	notes = reading ? reading : &own;
}

/* The end of a path tells more than its start. */
static void set_file(struct reading_file *file, uint32_t pid, const char *name)
{
	size_t len = strlen(name);

	if (len >= sizeof(file->name))
		name += len - (sizeof(file->name) - 1);
	file->pid = pid;
	memcpy(file->name, name, strlen(name) + 1);
}

static bool is_given_up(const struct reading_file *file)
{
	const struct reading_file *other = notes->given_up;
	size_t i;

	for (i = 0; i < notes->nr_given_up; i++, other++)
		if (other->pid == file->pid && !strcmp(other->name, file->name))
			return true;
	return false;
}

/* The supervisor reads the file only where @calls is odd, and stays so. */
bool reading_begin(uint32_t pid, const char *name)
{
	set_file(&notes->file, pid, name);
	if (notes->nr_given_up && is_given_up(&notes->file))
		return false;
	__atomic_store_n(&notes->calls, notes->calls + 1, __ATOMIC_RELEASE);
	return true;
}

void reading_end(void)
{
	__atomic_store_n(&notes->calls, notes->calls + 1, __ATOMIC_RELEASE);
}

void reading_give_up(struct reading *reading)
{
	if (reading->nr_given_up < READING_GIVEN_UP_MAX)
		reading->given_up[reading->nr_given_up++] = reading->file;
}

const struct reading_file *reading_given_up(size_t *count)
{
	*count = notes->nr_given_up;
	return notes->given_up;
}

void reading_path(const struct reading_file *file, char path[READING_PATH_SIZE])
{
	if (file->pid)
		snprintf(path, READING_PATH_SIZE, "/proc/%u/%s", file->pid,
			 file->name);
	else
		snprintf(path, READING_PATH_SIZE, "%s", file->name);
}

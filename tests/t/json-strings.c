// SPDX-License-Identifier: GPL-2.0
/*
 * Reads strings, each with a NUL behind it, and prints for each a line of JSON
 * with the string in every place where output/json-writer.h puts one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/poll.h"
#include "lib/process.h"
#include "output/json-writer.h"
#include "output/stdout.h"

static void put_line(const char *string)
{
	struct json_object kept;
	char comm[COMM_MAX];

	snprintf(comm, sizeof(comm), "%s", string);
	json_begin_line();
	json_string("string", string);

	json_begin_object(&kept);
	json_string("comm", comm);
	json_number("pid", UINT64_MAX);
	json_end_object();

	json_object("process", &kept);
	json_open_map("again");
	json_object("process", &kept);
	json_open_array("list");
	json_begin_object(&kept);
	json_end_object();
	json_open_map(NULL);
	json_close_map();
	json_open_array(NULL);
	json_object_element(&kept);
	json_object_element(&kept);
	json_string_element(string);
	json_word_element("word");
	json_string_element(string);
	json_number_element(0);
	json_bool_element(false);
	json_close_array();
	json_close_array();
	json_bool("last", true);
	json_close_map();
	json_open_array("none");
	json_close_array();
	json_end_line();
}

int main(void)
{
	char *string = NULL;
	size_t size = 0;

	stdout_init();
	if (poll_init())
		return EXIT_STATUS_FAILED;
	while (getdelim(&string, &size, '\0', stdin) > 0) {
		put_line(string);
		if (!stdout_commit())
			break;
	}
	free(string);
	return stdout_finish(EXIT_STATUS_DONE);
}

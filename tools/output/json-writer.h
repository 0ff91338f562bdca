/* SPDX-License-Identifier: GPL-2.0 */
/* JSON on standard output, one object a line; strings may hold any bytes. */
#ifndef NSORPHAN_JSON_H
#define NSORPHAN_JSON_H

#include <stdbool.h>

#include "genl/event.h"

/* The object that a line is; committing it is left to the caller. */
void json_begin_line(void);
void json_end_line(void);

/* Members of an object. A word is one of ours: it needs no escaping. */
void json_word(const char *key, const char *word);
void json_string(const char *key, const char *s);
void json_number(const char *key, unsigned long long n);
void json_bool(const char *key, bool value);

/* Without @key where it is an element of an array. */
void json_open_map(const char *key);
void json_close_map(void);
void json_open_array(const char *key);
void json_close_array(void);

/* Elements of an array. */
void json_element(const char *word);
void json_number_element(unsigned long long n);

/* Those of a process, into an object that is open. */
void json_process_members(const struct process *process);

/* The process as a member; none, where it is not there. */
void json_process(const char *key, const struct process *process);

/* Those of an event, in print-json.c; @container may be NULL. */
void json_event_members(const struct event *event, const char *container);

/* A process, at little cost where it was the last one in this role, too. */
void json_known_process(const char *key, const struct process *process,
			enum role role);

#endif

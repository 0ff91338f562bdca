// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "cmd/session.h"
#include "command.h"
#include "explain/step.h"
#include "explain/stop.h"
#include "genl/client.h"
#include "genl/life.h"
#include "lib/array.h"
#include "options.h"
#include "output/output.h"
#include "output/stdout.h"

/* Time between two looks at the ledger: it tells nobody of a change. */
#define INTERVAL_MS	1000

/* What was printed of a life. */
struct printed {
	struct process	main;
	uint64_t	asked_ns;
	uint64_t	ended_ns;
};

/* What --follow has printed of the lives that are in the ledger. */
struct printed_stops {
	struct printed	*list;
	size_t		count;
};

/* The stops that the ledger has, in order; the pointers go into the rest. */
struct stops {
	struct lives	lives;
	struct container *containers;
	struct container_stop *list;
	size_t		count;
};

static void stops_free(struct stops *stops)
{
	free(stops->list);
	free(stops->containers);
	lives_free(&stops->lives);
}

static int by_time(const void *one, const void *other)
{
	uint64_t a = stop_time_ns(one), b = stop_time_ns(other);

	return (a > b) - (a < b);
}

/*
 * Adds the stop of life number @i, if there is one and @filter lets it pass. Returns
 * 0 or a negative errno.
 */
static int add_stop(struct client *client, const struct filter *filter,
		    struct stops *stops, size_t i)
{
	struct container_stop *stop = &stops->list[stops->count];
	const struct container *container = &stops->containers[i];
	const struct life *life = &stops->lives.list[i];
	bool is_step;
	int error;

	*stop = (struct container_stop){
		.life = life,
		.container = container->id[0] ? container : NULL,
	};
	if (!stop_of_life(life, container->names.stop_signal, &stop->stop) ||
	    !filter_passes_life(filter, life, stop->container) ||
	    !filter_passes_time(filter, stop_time_ns(stop)))
		return 0;
	error = step_find(client, &stops->lives, life, &is_step);
	if (!error && !is_step)
		stops->count++;
	return error;
}

/* Returns 0 or a negative errno; @stops is for stops_free() either way. */
static int read_stops(struct client *client, const struct filter *filter,
		      struct stops *stops)
{
	int error;
	size_t i;

	*stops = (struct stops){ .count = 0 };
	error = client_lives(client, &stops->lives);
	if (error)
		return error;
	stops->containers = lives_containers(&stops->lives);
	stops->list = calloc(stops->lives.count + 1, sizeof(*stops->list));
	if (!stops->containers || !stops->list)
		error_no_memory();
	for (i = 0; !error && i < stops->lives.count; i++)
		error = add_stop(client, filter, stops, i);
	if (stops->count)
		qsort(stops->list, stops->count, sizeof(*stops->list), by_time);
	return error;
}

/* Whether @stop was printed as it is now. */
static bool was_printed(const struct printed_stops *printed,
			const struct container_stop *stop)
{
	const struct printed *one;
	size_t i;

	for (i = 0; i < printed->count; i++) {
		one = &printed->list[i];
		if (process_same(&one->main, &stop->life->main))
			return one->asked_ns == stop->stop.asked_ns &&
			       one->ended_ns == stop->stop.ended_ns;
	}
	return false;
}

static void note(struct printed_stops *printed,
		 const struct container_stop *stop)
{
	struct printed *one = array_add(&printed->list, &printed->count,
					sizeof(*one));

	if (one)
		*one = (struct printed){
			.main = stop->life->main,
			.asked_ns = stop->stop.asked_ns,
			.ended_ns = stop->stop.ended_ns,
		};
	else
		error_no_memory();
}

/* Leaves in @stops those that were not printed, and notes all of them. */
static void keep_new(struct stops *stops, struct printed_stops *printed)
{
	struct printed_stops all = { .count = 0 };
	struct container_stop *stop;
	size_t i, kept = 0;

	for (i = 0; i < stops->count; i++) {
		stop = &stops->list[i];
		note(&all, stop);
		if (!was_printed(printed, stop))
			stops->list[kept++] = *stop;
	}
	stops->count = kept;
	free(printed->list);
	*printed = all;
}

static int print_once(struct client *client, const struct options *options)
{
	struct stops stops;
	int error;

	error = read_stops(client, &options->filter, &stops);
	if (!error) {
		options->format->stops(stops.list, stops.count, true);
		stdout_commit();
	}
	stops_free(&stops);
	return error;
}

static int follow(struct client *client, const struct options *options)
{
	struct printed_stops printed = { .count = 0 };
	bool heading = true;
	struct stops stops;
	int error;

	do {
		error = read_stops(client, &options->filter, &stops);
		if (!error) {
			keep_new(&stops, &printed);
			if (heading || stops.count)
				options->format->stops(stops.list, stops.count,
						       heading);
			heading = false;
		}
		stops_free(&stops);
	} while (!error && stdout_commit() && stdout_flush() &&
		 stdout_wait_input(-1, INTERVAL_MS));
	free(printed.list);
	return error;
}

static enum exit_status stops(const struct options *options)
{
	struct client *client;
	int error;

	client = session_open();
	if (!client)
		return EXIT_STATUS_FAILED;
	error = options->follow ? follow(client, options) :
				  print_once(client, options);
	client_close(client);
	return error ? session_failed(error) : EXIT_STATUS_DONE;
}

const struct command command_stops = {
	.name		= "stops",
	.summary	= "print which containers ended, how, and by whom",
	.help		=
		"Print the containers that ended or were asked to end: how they ended, who\n"
		"asked or killed them, and how long it took. Those that are gone are known,\n"
		"too: the module keeps the last ones, whether anybody reads or not.\n",
	.options	= OPTIONS_FORMAT | OPTIONS_NAMESPACE | OPTIONS_TIMES |
			  OPTIONS_FOLLOW,
	.run		= stops,
};

// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "explain/waits/waits.h"
#include "proc/descriptors.h"

const struct descriptors *waits_descriptors(struct wait_context *context)
{
	if (!context->descriptors)
		context->descriptors = descriptors_read(context->snapshot);
	return context->descriptors;
}

void wait_context_free(struct wait_context *context)
{
	descriptors_free(context->descriptors);
	context->descriptors = NULL;
	free(context->cpu_file);
	context->cpu_file = NULL;
}

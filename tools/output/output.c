// SPDX-License-Identifier: GPL-2.0
#include "output/output.h"

const struct output_format *const output_formats[] = {
	&output_text,
	&output_json,
	NULL
};

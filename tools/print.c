// SPDX-License-Identifier: GPL-2.0
#include "print.h"

const struct printer *const printers[] = { &print_text, &print_json, NULL };

/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* Runs libFuzzer with these arguments; `callback` is called with each input, which is valid for that
 * call. Returns when the runs, the time or the corpus that the arguments name are done; a crash ends the
 * process. */
int tally_fuzz(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));

/* SPDX-License-Identifier: Apache-2.0 */
/* The files that `tally plugin new` writes, embedded in the binary: an installed Tally has no sources. */
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef struct tally_template {
    /* Of a template: its path under Templates. Of a file of Tally's own: its path under Sources. */
    const char *path;
    const uint8_t *bytes;
    size_t length;
} tally_template;

/* NULL behind the last one. */
const tally_template *tally_template_at(size_t index);

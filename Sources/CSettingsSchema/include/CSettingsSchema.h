/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    TALLY_SCHEMA_FITS = 0,
    /* `text` says where, and what was expected; one line for each finding. */
    TALLY_SCHEMA_DIFFERS = 1,
    /* The schema itself cannot be used; `text` says why. */
    TALLY_SCHEMA_UNUSABLE = 2
};

/* Whether JSON text fits a JSON Schema (draft 7), itself JSON text. `text` is ended by NUL and cut to
   `text_size`. Only references within the schema are followed. */
int tally_check_settings(const char *schema, size_t schema_size, const char *settings,
                         size_t settings_size, char *text, size_t text_size);

#ifdef __cplusplus
}
#endif

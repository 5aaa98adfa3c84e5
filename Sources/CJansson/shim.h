/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <jansson.h>

/* json_error_code is both an enum and a function: the importer would have to choose. */
static inline int tally_json_error_code(const json_error_t *error) {
    return (int)json_error_code(error);
}

/* json_typeof is a macro, which the importer leaves out. */
static inline int tally_json_type(const json_t *value) { return (int)json_typeof(value); }

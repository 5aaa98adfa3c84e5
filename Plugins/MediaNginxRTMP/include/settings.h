/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MEDIA_SETTINGS_H
#define MEDIA_SETTINGS_H

#include "address_ranges.h"
#include "callback.h"
#include "stream_key.h"

#include <jansson.h>

#pragma GCC visibility push(hidden)

#define MEDIA_URL_LIMIT 512

typedef struct media_settings {
    address_list callers;
    char app[MEDIA_APP_LIMIT + 1];
    char control_url[MEDIA_URL_LIMIT + 1]; /* without "/" at its end; empty: none */
    bool has_callback_secret;
    uint8_t callback_secret[MEDIA_DIGEST_SIZE]; /* its digest */
    int64_t silence_ms; /* a publisher that nginx did not speak of for this long is gone */
    int64_t hold_ms;    /* after a stop, nobody publishes the stream back into life for this long */
} media_settings;

/* JSON Schema of the manifest's `settings`. */
extern const char media_settings_schema[];

/* Reads settings that fit the schema, and the file that they name. False with a text in `error`. */
bool media_settings_read(const json_t *value, media_settings *settings, char *error,
                         size_t error_size);

#pragma GCC visibility pop

#endif

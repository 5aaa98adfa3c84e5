/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies in application/x-www-form-urlencoded, as nginx sends them. */
#ifndef MEDIA_FORM_H
#define MEDIA_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

/* nginx sends 12 and appends the publisher's own: room for some. */
#define MEDIA_FORM_FIELD_LIMIT 64
/* Bytes of a body. nginx's come from RTMP strings of the publisher, each below 1 KiB. */
#define MEDIA_FORM_SIZE_LIMIT 16384

typedef struct media_form_field {
    const char *key;
    const char *value;
} media_form_field;

/* Its fields point into its own text: do not copy it. */
typedef struct media_form {
    size_t count;
    media_form_field fields[MEDIA_FORM_FIELD_LIMIT];
    char text[MEDIA_FORM_SIZE_LIMIT + 1];
} media_form;

typedef enum media_form_result {
    MEDIA_FORM_READ,
    MEDIA_FORM_TOO_LARGE,
    MEDIA_FORM_TOO_MANY_FIELDS,
    MEDIA_FORM_BAD_ESCAPE, /* % without two hexadecimal digits */
    MEDIA_FORM_NUL,        /* a NUL, plain or escaped: it would hide what comes after it */
} media_form_result;

media_form_result media_form_read(const uint8_t *bytes, size_t count, media_form *form);

/* The first value of this key, or NULL. */
const char *media_form_value(const media_form *form, const char *key);

/* How often the key is there. */
size_t media_form_occurrences(const media_form *form, const char *key);

#pragma GCC visibility pop

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What nginx's RTMP module asks or tells, read from its form. */
#ifndef MEDIA_CALLBACK_H
#define MEDIA_CALLBACK_H

#include "form.h"

#pragma GCC visibility push(hidden)

/* Bytes without the NUL. Tally's stream ids have at most 64 characters. */
#define MEDIA_STREAM_LIMIT 64
#define MEDIA_APP_LIMIT 64
/* A number of nginx's, 64 bits. */
#define MEDIA_CLIENT_LIMIT 20
#define MEDIA_KEY_LIMIT 128

typedef enum media_callback_kind {
    MEDIA_CALLBACK_PUBLISH,
    MEDIA_CALLBACK_UPDATE,
    MEDIA_CALLBACK_DONE,
    /* One whose answer decides nothing that is ours: players' updates, what has ended. */
    MEDIA_CALLBACK_OTHER,
} media_callback_kind;

typedef struct media_callback {
    media_callback_kind kind;
    char app[MEDIA_APP_LIMIT + 1];
    char stream[MEDIA_STREAM_LIMIT + 1];
    char client[MEDIA_CLIENT_LIMIT + 1];
    char key[MEDIA_KEY_LIMIT + 1]; /* empty: none was given */
} media_callback;

typedef enum media_callback_result {
    MEDIA_CALLBACK_READ,
    MEDIA_CALLBACK_UNKNOWN_CALL,
    /* A name of nginx's own, or the key, twice: the publisher's arguments come after nginx's, and
     * must not be taken for them. */
    MEDIA_CALLBACK_REPEATED_FIELD,
    MEDIA_CALLBACK_BAD_APP,
    MEDIA_CALLBACK_BAD_STREAM,
    MEDIA_CALLBACK_BAD_CLIENT,
    MEDIA_CALLBACK_BAD_KEY,
} media_callback_result;

media_callback_result media_callback_read(const media_form *form, media_callback *callback);

/* Of a result, for the log. */
const char *media_callback_words(media_callback_result result);

/* [a-z0-9][a-z0-9_-]{0,63} */
bool media_is_stream(const char *text);

#pragma GCC visibility pop

#endif

/* SPDX-License-Identifier: Apache-2.0 */

#include "callback.h"

#include <string.h>

/* The names that ngx_rtmp_notify_module gives to its own fields, in any of its calls, and ours. */
static const char *const RESERVED[] = {
    "app",  "flashver", "swfurl",    "tcurl", "pageurl",  "addr",  "clientid", "call",
    "name", "type",     "start",     "time",  "duration", "reset", "timestamp", "epoch",
    "path", "recorder", "key",
};

static const struct {
    const char *call;
    media_callback_kind kind;
} CALLS[] = {
    {"publish", MEDIA_CALLBACK_PUBLISH},     {"update_publish", MEDIA_CALLBACK_UPDATE},
    {"publish_done", MEDIA_CALLBACK_DONE},   {"update_play", MEDIA_CALLBACK_OTHER},
    {"play_done", MEDIA_CALLBACK_OTHER},     {"done", MEDIA_CALLBACK_OTHER},
    {"disconnect", MEDIA_CALLBACK_OTHER},    {"record_done", MEDIA_CALLBACK_OTHER},
};

static const char LOWER_CASE_AND_DIGITS[] = "abcdefghijklmnopqrstuvwxyz0123456789";

bool media_is_stream(const char *text)
{
    size_t length = strlen(text);
    return length >= 1 && length <= MEDIA_STREAM_LIMIT
        && strchr(LOWER_CASE_AND_DIGITS, text[0]) != NULL
        && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-") == length;
}

static bool is_app(const char *text)
{
    size_t length = strlen(text);
    return length >= 1 && length <= MEDIA_APP_LIMIT
        && strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == length;
}

static bool is_client(const char *text)
{
    size_t length = strlen(text);
    return length >= 1 && length <= MEDIA_CLIENT_LIMIT && strspn(text, "0123456789") == length;
}

static bool repeats_a_reserved_field(const media_form *form)
{
    for (size_t i = 0; i < sizeof RESERVED / sizeof RESERVED[0]; i++)
        if (media_form_occurrences(form, RESERVED[i]) > 1)
            return true;
    return false;
}

static bool read_kind(const char *call, media_callback_kind *kind)
{
    for (size_t i = 0; i < sizeof CALLS / sizeof CALLS[0]; i++) {
        if (strcmp(call, CALLS[i].call) == 0) {
            *kind = CALLS[i].kind;
            return true;
        }
    }
    return false;
}

static const char *value_or_empty(const media_form *form, const char *key)
{
    const char *value = media_form_value(form, key);
    return value != NULL ? value : "";
}

media_callback_result media_callback_read(const media_form *form, media_callback *callback)
{
    memset(callback, 0, sizeof *callback);
    if (repeats_a_reserved_field(form))
        return MEDIA_CALLBACK_REPEATED_FIELD;
    if (!read_kind(value_or_empty(form, "call"), &callback->kind))
        return MEDIA_CALLBACK_UNKNOWN_CALL;
    if (callback->kind == MEDIA_CALLBACK_OTHER)
        return MEDIA_CALLBACK_READ;

    const char *app = value_or_empty(form, "app");
    const char *stream = value_or_empty(form, "name");
    const char *client = value_or_empty(form, "clientid");
    const char *key = value_or_empty(form, "key");
    if (!is_app(app))
        return MEDIA_CALLBACK_BAD_APP;
    if (!media_is_stream(stream))
        return MEDIA_CALLBACK_BAD_STREAM;
    if (!is_client(client))
        return MEDIA_CALLBACK_BAD_CLIENT;
    if (strlen(key) > MEDIA_KEY_LIMIT)
        return MEDIA_CALLBACK_BAD_KEY;
    /* Each was found to fit with its NUL. */
    memcpy(callback->app, app, strlen(app) + 1);
    memcpy(callback->stream, stream, strlen(stream) + 1);
    memcpy(callback->client, client, strlen(client) + 1);
    memcpy(callback->key, key, strlen(key) + 1);
    return MEDIA_CALLBACK_READ;
}

const char *media_callback_words(media_callback_result result)
{
    switch (result) {
    case MEDIA_CALLBACK_READ: return "well";
    case MEDIA_CALLBACK_UNKNOWN_CALL: return "a call that this plugin does not answer";
    case MEDIA_CALLBACK_REPEATED_FIELD: return "a reserved field is there twice";
    case MEDIA_CALLBACK_BAD_APP: return "app is no name";
    case MEDIA_CALLBACK_BAD_STREAM: return "name is no stream id";
    case MEDIA_CALLBACK_BAD_CLIENT: return "clientid is no number";
    case MEDIA_CALLBACK_BAD_KEY: return "key is too long";
    }
    return "";
}

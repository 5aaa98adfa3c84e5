/* SPDX-License-Identifier: Apache-2.0 */

#include "settings.h"

#include "secret_file.h"

#include <stdio.h>
#include <string.h>

const char media_settings_schema[] =
    "{\"$schema\": \"http://json-schema.org/draft-07/schema#\","
    " \"type\": \"object\", \"additionalProperties\": false,"
    " \"properties\": {"
    "  \"app\": {\"type\": \"string\", \"pattern\": \"^[A-Za-z0-9_-]{1,64}$\"},"
    "  \"callers\": {\"type\": \"array\", \"minItems\": 1, \"maxItems\": 64,"
    "   \"items\": {\"type\": \"string\"}},"
    "  \"callback_secret_file\": {\"type\": \"string\", \"minLength\": 1, \"maxLength\": 1024},"
    "  \"control_url\": {\"type\": \"string\", \"pattern\": \"^https?://\", \"maxLength\": 512},"
    "  \"silence_seconds\": {\"type\": \"integer\", \"minimum\": 2, \"maximum\": 3600},"
    "  \"hold_seconds\": {\"type\": \"integer\", \"minimum\": 0, \"maximum\": 86400}"
    " }}";

/* Three of nginx's updates at the documented `notify_update_timeout 10s`: one may be lost. */
static const json_int_t DEFAULT_SILENCE_SECONDS = 30;
/* OBS tries again every 10 s: it must not bring back at once what the studio has just stopped. */
static const json_int_t DEFAULT_HOLD_SECONDS = 30;

static int64_t milliseconds(const json_t *value, const char *key, json_int_t default_seconds)
{
    const json_t *seconds = json_object_get(value, key);
    return 1000 * (seconds != NULL ? json_integer_value(seconds) : default_seconds);
}

static const char *text(const json_t *value, const char *key, const char *otherwise)
{
    const char *given = json_string_value(json_object_get(value, key));
    return given != NULL ? given : otherwise;
}

static bool read_callers(const json_t *list, address_list *callers, char *error, size_t error_size)
{
    callers->count = 0;
    if (list == NULL)
        return address_list_add(callers, "127.0.0.0/8") && address_list_add(callers, "::1");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *range = json_string_value(json_array_get(list, i));
        if (range == NULL || !address_list_add(callers, range)) {
            snprintf(error, error_size, "callers: \"%s\" is no address and no range like 10.0.0.0/8",
                     range != NULL ? range : "");
            return false;
        }
    }
    return true;
}

static bool read_control_url(const char *url, media_settings *settings)
{
    size_t length = strlen(url);
    if (length > MEDIA_URL_LIMIT || strpbrk(url, "?# ") != NULL)
        return false;
    memcpy(settings->control_url, url, length + 1);
    while (length > 0 && settings->control_url[length - 1] == '/')
        settings->control_url[--length] = '\0';
    return true;
}

bool media_settings_read(const json_t *value, media_settings *settings, char *error,
                         size_t error_size)
{
    memset(settings, 0, sizeof *settings);
    if (!read_callers(json_object_get(value, "callers"), &settings->callers, error, error_size))
        return false;
    snprintf(settings->app, sizeof settings->app, "%s", text(value, "app", "live"));
    if (!read_control_url(text(value, "control_url", ""), settings)) {
        snprintf(error, error_size, "control_url: a URL without \"?\", \"#\" and blanks is needed");
        return false;
    }
    settings->silence_ms = milliseconds(value, "silence_seconds", DEFAULT_SILENCE_SECONDS);
    settings->hold_ms = milliseconds(value, "hold_seconds", DEFAULT_HOLD_SECONDS);

    const char *file = text(value, "callback_secret_file", NULL);
    if (file != NULL) {
        char secret[MEDIA_SECRET_LIMIT + 1];
        if (!media_secret_read(file, secret, error, error_size))
            return false;
        media_digest(secret, settings->callback_secret);
        explicit_bzero(secret, sizeof secret);
        settings->has_callback_secret = true;
    }
    return true;
}

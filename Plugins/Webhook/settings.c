/* SPDX-License-Identifier: Apache-2.0 */

#include "webhook_settings.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

typedef struct complaint {
    char *text;
    size_t size;
} complaint;

static json_int_t number(const json_t *value, const char *key, json_int_t otherwise)
{
    const json_t *given = json_object_get(value, key);
    return given != NULL ? json_integer_value(given) : otherwise;
}

static bool copy(const json_t *value, const char *key, char *text, size_t limit)
{
    const char *given = json_string_value(json_object_get(value, key));
    if (given == NULL)
        return json_object_get(value, key) == NULL;
    if (strlen(given) > limit)
        return false;
    memcpy(text, given, strlen(given) + 1);
    return true;
}

static uint32_t bits(const json_t *list, const char *const *names, size_t count)
{
    uint32_t found = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *wanted = json_string_value(json_array_get(list, i));
        for (size_t name = 0; wanted != NULL && name < count; name++)
            if (strcmp(names[name], wanted) == 0)
                found |= 1u << name;
    }
    return found;
}

/* One part of a URL that libcurl has understood; whether it is there. */
static bool has_part(CURLU *url, CURLUPart part)
{
    char *text = NULL;
    bool is_there = curl_url_get(url, part, &text, 0) == CURLUE_OK;
    curl_free(text);
    return is_there;
}

static const char *trouble_with_url(const char *text, const webhook_settings *settings)
{
    CURLU *url = curl_url();
    const char *trouble = NULL;
    if (url == NULL || curl_url_set(url, CURLUPART_URL, text, 0) != CURLUE_OK)
        trouble = "it is no URL";
    else if (has_part(url, CURLUPART_USER) || has_part(url, CURLUPART_PASSWORD))
        trouble = "a name or password has no place in it; requests are signed";
    else if (has_part(url, CURLUPART_FRAGMENT))
        trouble = "what follows # is never sent";
    else if (strncmp(text, "https://", 8) != 0 && !settings->allows_plain_http)
        trouble = "only https:// is allowed, or set allow_plain_http";
    curl_url_cleanup(url);
    return trouble;
}

static bool read_endpoint(const json_t *value, webhook_settings *settings, complaint say)
{
    webhook_endpoint_settings *endpoint = &settings->endpoints[settings->endpoint_count];
    char secret_file[WEBHOOK_PATH_LIMIT + 1] = "";
    if (!copy(value, "name", endpoint->name, WEBHOOK_NAME_LIMIT)
        || !copy(value, "url", endpoint->url, WEBHOOK_URL_LIMIT)
        || !copy(value, "ca_file", endpoint->ca_file, WEBHOOK_PATH_LIMIT)
        || !copy(value, "secret_file", secret_file, WEBHOOK_PATH_LIMIT)) {
        snprintf(say.text, say.size, "an endpoint's text is too long");
        return false;
    }
    for (size_t i = 0; i < settings->endpoint_count; i++) {
        if (strcmp(settings->endpoints[i].name, endpoint->name) == 0) {
            snprintf(say.text, say.size, "two endpoints are called %s", endpoint->name);
            return false;
        }
    }
    const char *trouble = trouble_with_url(endpoint->url, settings);
    if (trouble != NULL) {
        snprintf(say.text, say.size, "the url of %s: %s", endpoint->name, trouble);
        return false;
    }
    endpoint->events =
        bits(json_object_get(value, "events"), webhook_event_names, WEBHOOK_EVENT_COUNT);
    endpoint->decisions =
        bits(json_object_get(value, "decisions"), webhook_decision_names, WEBHOOK_DECISION_COUNT);
    const char *on_failure = json_string_value(json_object_get(value, "on_failure"));
    endpoint->allows_on_failure = on_failure != NULL && strcmp(on_failure, "allow") == 0;
    endpoint->timeout_ms = number(value, "timeout_ms", 5000);
    settings->endpoint_count++;
    return webhook_secrets_read(secret_file, &endpoint->secrets, say.text, say.size);
}

static bool read_endpoints(const json_t *list, webhook_settings *settings, complaint say)
{
    for (size_t i = 0; i < json_array_size(list) && i < WEBHOOK_ENDPOINT_LIMIT; i++)
        if (!read_endpoint(json_array_get(list, i), settings, say))
            return false;
    uint32_t decided = 0;
    for (size_t i = 0; i < settings->endpoint_count; i++) {
        uint32_t decisions = settings->endpoints[i].decisions;
        if ((decided & decisions) != 0) {
            snprintf(say.text, say.size, "%s decides what another endpoint decides, too",
                     settings->endpoints[i].name);
            return false;
        }
        decided |= decisions;
    }
    return true;
}

static bool read_allowed(const json_t *list, webhook_settings *settings, complaint say)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *range = json_string_value(json_array_get(list, i));
        if (range == NULL || !address_list_add(&settings->allowed, range)) {
            snprintf(say.text, say.size,
                     "allow_addresses: \"%s\" is no address and no range like 10.0.0.0/8",
                     range != NULL ? range : "");
            return false;
        }
    }
    return true;
}

bool webhook_settings_read(const json_t *value, webhook_settings *settings, char *error,
                           size_t error_size)
{
    complaint say = {error, error_size};
    memset(settings, 0, sizeof *settings);
    settings->allows_plain_http = json_is_true(json_object_get(value, "allow_plain_http"));
    settings->tells_addresses = json_is_true(json_object_get(value, "client_addresses"));
    settings->queue_limit = (size_t)number(value, "queue", 10000);
    settings->queue_bytes_limit = (size_t)number(value, "queue_bytes", 16 * 1024 * 1024);
    settings->first_retry_ms = number(value, "first_retry_ms", 500);
    settings->longest_retry_ms = number(value, "longest_retry_ms", 30000);
    settings->give_up_ms = 1000 * number(value, "give_up_seconds", 900);
    settings->breaker_failures = (unsigned)number(value, "breaker_failures", 5);
    settings->breaker_first_ms = number(value, "breaker_first_ms", 1000);
    settings->breaker_longest_ms = number(value, "breaker_longest_ms", 30000);
    settings->drain_ms = number(value, "drain_ms", 500);
    return read_allowed(json_object_get(value, "allow_addresses"), settings, say)
        && read_endpoints(json_object_get(value, "endpoints"), settings, say);
}

const webhook_endpoint_settings *webhook_decider(const webhook_settings *settings,
                                                 webhook_decision decision)
{
    for (size_t i = 0; i < settings->endpoint_count; i++)
        if ((settings->endpoints[i].decisions & (1u << decision)) != 0)
            return &settings->endpoints[i];
    return NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* POST /plugins/media-nginx-rtmp/hook: nginx's callbacks. */

#include "media_plugin.h"

#include <stdio.h>
#include <string.h>

static const char PATH[] = "/hook";

static tally_verdict respond(tally_answer *answer, int32_t status)
{
    answer->http_status = status;
    answer->http_content_type = "text/plain";
    answer->http_body = (const uint8_t *)"";
    answer->http_body_length = 0;
    return TALLY_REPLACE;
}

static bool may_call(const media_plugin *plugin, const tally_call *call)
{
    address caller;
    return address_parse(call->address, &caller)
        && address_list_contains(&plugin->settings.callers, &caller);
}

/* The value of `secret` in a query; false when it is not there, twice, or too long. */
static bool read_secret(const char *query, char secret[MEDIA_SECRET_LIMIT + 1])
{
    static const char name[] = "secret=";
    bool is_there = false;
    while (*query != '\0') {
        size_t length = strcspn(query, "&");
        if (strncmp(query, name, sizeof name - 1) == 0) {
            size_t value_length = length - (sizeof name - 1);
            if (is_there || value_length > MEDIA_SECRET_LIMIT)
                return false;
            memcpy(secret, query + sizeof name - 1, value_length);
            secret[value_length] = '\0';
            is_there = true;
        }
        query += length + (query[length] == '&');
    }
    return is_there;
}

static bool knows_secret(const media_plugin *plugin, const char *query)
{
    if (!plugin->settings.has_callback_secret)
        return true;
    char secret[MEDIA_SECRET_LIMIT + 1];
    uint8_t digest[MEDIA_DIGEST_SIZE];
    if (!read_secret(query, secret))
        return false;
    media_digest(secret, digest);
    return media_digests_equal(digest, plugin->settings.callback_secret);
}

static tally_verdict deny(media_plugin *plugin, tally_answer *answer, const char *why)
{
    media_log(plugin, TALLY_WARNING, why, NULL);
    media_count(plugin, "refused_calls");
    return respond(answer, 403);
}

static tally_verdict answer_callback(media_plugin *plugin, const tally_call *call,
                                     const media_callback *callback, tally_answer *answer)
{
    switch (callback->kind) {
    case MEDIA_CALLBACK_PUBLISH:
    case MEDIA_CALLBACK_UPDATE:
        if (plugin->open_requests == MEDIA_REQUEST_LIMIT)
            /* An update is let through: no answer to it may drop a publisher that does well. */
            return respond(answer, callback->kind == MEDIA_CALLBACK_UPDATE ? 204 : 503);
        if (callback->kind == MEDIA_CALLBACK_PUBLISH)
            media_publish(plugin, call->ticket, callback);
        else
            media_update(plugin, call->ticket, callback);
        return TALLY_PENDING;
    case MEDIA_CALLBACK_DONE:
        media_leave(plugin, callback->stream, callback->client);
        return respond(answer, 204);
    case MEDIA_CALLBACK_OTHER: break;
    }
    return respond(answer, 204);
}

tally_verdict media_http(void *instance, const tally_call *call, tally_answer *answer)
{
    media_plugin *plugin = instance;
    const tally_http_request *request = call->http;
    if (request == NULL || strcmp(request->path, PATH) != 0)
        return respond(answer, 404);
    if (!may_call(plugin, call))
        return deny(plugin, answer, "a callback from an address that is not among the callers");
    if (!knows_secret(plugin, request->query))
        return deny(plugin, answer, "a callback without the secret");
    if (strcmp(request->method, "POST") != 0)
        return respond(answer, 405);

    media_form form;
    if (media_form_read(request->body, request->body_length, &form) != MEDIA_FORM_READ)
        return deny(plugin, answer, "a callback that is no form");
    media_callback callback;
    media_callback_result result = media_callback_read(&form, &callback);
    if (result != MEDIA_CALLBACK_READ)
        return deny(plugin, answer, media_callback_words(result));
    if (callback.kind != MEDIA_CALLBACK_OTHER && strcmp(callback.app, plugin->settings.app) != 0)
        return deny(plugin, answer, "a callback of another app");
    return answer_callback(plugin, call, &callback, answer);
}

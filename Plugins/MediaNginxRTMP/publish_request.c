/* SPDX-License-Identifier: Apache-2.0 */

#include "publish_request.h"

#include <stdlib.h>

/* nginx waits 10 s for an answer, and so does an encoder. */
static const uint64_t PUBLISH_GUARD_MS = 4000;
/* nginx sends the next update whatever becomes of this one: nothing is gained by waiting longer. */
static const uint64_t UPDATE_GUARD_MS = 1000;

int32_t media_request_in_doubt(const media_request *request)
{
    return request->callback.kind == MEDIA_CALLBACK_UPDATE ? 204 : 503;
}

static void guard_fired(void *context)
{
    media_request *request = context;
    request->guard = 0;
    media_log(request->plugin, TALLY_WARNING, "no answer from the hub in time",
              request->callback.stream);
    media_request_answer(request, media_request_in_doubt(request));
}

media_request *media_request_open(media_plugin *plugin, uint64_t ticket,
                                  const media_callback *callback)
{
    media_request *request = calloc(1, sizeof *request);
    if (request == NULL)
        abort();
    request->plugin = plugin;
    request->ticket = ticket;
    request->callback = *callback;
    plugin->open_requests++;
    uint64_t guard_ms =
        callback->kind == MEDIA_CALLBACK_UPDATE ? UPDATE_GUARD_MS : PUBLISH_GUARD_MS;
    tally_host *host = plugin->host;
    /* Without a timer the manifest's deadline is there still. */
    if (host->start_timer(host, guard_ms, 0, guard_fired, request, &request->guard) != TALLY_OK)
        request->guard = 0;
    return request;
}

void media_request_answer(media_request *request, int32_t http_status)
{
    if (request->is_answered)
        return;
    request->is_answered = true;
    tally_host *host = request->plugin->host;
    if (request->guard != 0)
        host->cancel_timer(host, request->guard);
    request->guard = 0;
    tally_answer answer = {
        .struct_size = sizeof answer,
        .http_status = http_status,
        .http_content_type = "text/plain",
        .http_body = (const uint8_t *)"",
    };
    host->answer(host, request->ticket, TALLY_REPLACE, &answer);
    if (request->callback.kind == MEDIA_CALLBACK_PUBLISH)
        media_count(request->plugin, http_status < 300 ? "publish_allowed" : "publish_denied");
}

void media_request_close(media_request *request, int32_t http_status)
{
    media_request_answer(request, http_status);
    request->plugin->open_requests--;
    free(request);
}

void media_request_ask(media_request *request, const char *method, json_t *given_parameters,
                       tally_done done)
{
    tally_host *host = request->plugin->host;
    tally_status status = host->call(host, method, given_parameters, done, request);
    json_decref(given_parameters);
    if (status != TALLY_OK)
        media_request_close(request, media_request_in_doubt(request));
}

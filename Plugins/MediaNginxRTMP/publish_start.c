/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A publisher that knows its key: its name is noted first, then the stream started or resumed, then that is
 * noted. So whoever stops the stream at the same time either finds the publisher, or is found.
 */

#include "publish_request.h"

#include <string.h>

static const int32_t UNKNOWN_STREAM = 404;
static const int32_t ALREADY_LIVE = 401;

static json_t *stream_of(const media_request *request)
{
    return json_pack("{s:s}", "stream", request->callback.stream);
}

/* ---------------------------------------------------------------- the end of those that fail */

static media_edit_verdict remove_again(media_broadcast *broadcast, void *context)
{
    media_request *request = context;
    if (!media_broadcast_remove(broadcast, request->callback.client))
        return MEDIA_EDIT_KEEP;
    return MEDIA_EDIT_SAVE;
}

static void was_removed(void *context, int32_t error, const media_broadcast *broadcast)
{
    media_request *request = context;
    if (error == 0)
        media_settle(request->plugin, request->callback.stream, broadcast);
    media_request_close(request, media_request_in_doubt(request));
}

/* Leaves no trace of one that does not get on air. */
static void give_up(media_request *request, int32_t http_status)
{
    media_request_answer(request, http_status);
    media_edit_broadcast(request->plugin, request->callback.stream, remove_again, was_removed,
                         request);
}

/* ---------------------------------------------------------------- noting that it is on air */

static media_edit_verdict confirm(media_broadcast *broadcast, void *context)
{
    media_request *request = context;
    request->is_denied = broadcast->state == MEDIA_STATE_STOPPED;
    if (request->is_denied)
        return MEDIA_EDIT_KEEP;
    if (request->generation != 0)
        broadcast->generation = request->generation;
    media_broadcast_see(broadcast, request->callback.client, media_now());
    media_broadcast_enter(broadcast, MEDIA_STATE_ON, media_now());
    return MEDIA_EDIT_SAVE;
}

static void was_confirmed(void *context, int32_t error, const media_broadcast *broadcast)
{
    (void)broadcast;
    media_request *request = context;
    if (error != 0 || request->is_answered) {
        give_up(request, media_request_in_doubt(request));
    } else if (request->is_denied) {
        give_up(request, 403);
    } else {
        media_log(request->plugin, TALLY_INFO, "a publisher is on air", request->callback.stream);
        media_request_close(request, 204);
    }
}

static void is_on_air(void *context, int32_t error, const char *message, const json_t *result)
{
    (void)message;
    media_request *request = context;
    if ((error != 0 && error != ALREADY_LIVE) || request->is_answered) {
        give_up(request, media_request_in_doubt(request));
        return;
    }
    json_int_t generation = json_integer_value(json_object_get(result, "generation"));
    request->generation = generation > 0 ? (uint64_t)generation : 0;
    media_edit_broadcast(request->plugin, request->callback.stream, confirm, was_confirmed, request);
}

/* ---------------------------------------------------------------- starting or resuming */

static void state_was_read(void *context, int32_t error, const char *message, const json_t *result)
{
    media_request *request = context;
    if ((error != 0 && error != UNKNOWN_STREAM) || request->is_answered) {
        give_up(request, media_request_in_doubt(request));
        return;
    }
    const char *state = json_string_value(json_object_get(result, "state"));
    if (state != NULL && strcmp(state, "live") == 0) {
        is_on_air(request, 0, message, result);
    } else if (state != NULL && strcmp(state, "interrupted") == 0) {
        media_request_ask(request, "live.resume", stream_of(request), is_on_air);
    } else {
        json_t *parameters = stream_of(request);
        json_object_set_new(parameters, "keep", json_true());
        media_request_ask(request, "live.start", parameters, is_on_air);
    }
}

void media_request_bring_on_air(media_request *request)
{
    media_request_ask(request, "live.get", stream_of(request), state_was_read);
}

/* ---------------------------------------------------------------- taking its place */

static media_edit_verdict take_place(media_broadcast *broadcast, void *context)
{
    media_request *request = context;
    int64_t now = media_now();
    bool was_stopped = broadcast->state == MEDIA_STATE_STOPPED && broadcast->changed_at != 0;
    bool is_held = was_stopped
        && now - broadcast->changed_at < request->plugin->settings.hold_ms;
    request->is_denied = is_held && !request->ignores_hold;
    if (request->is_denied)
        return MEDIA_EDIT_KEEP;
    if (was_stopped)
        broadcast->count = 0; /* they were dropped; nobody of them comes back */
    memcpy(broadcast->app, request->callback.app, sizeof broadcast->app);
    media_broadcast_see(broadcast, request->callback.client, now);
    media_broadcast_enter(broadcast, MEDIA_STATE_ON, now);
    return MEDIA_EDIT_SAVE;
}

/* A stream that was stopped a moment ago may have been started again by its studio. */
static void hold_was_checked(void *context, int32_t error, const char *message, const json_t *result)
{
    (void)message;
    media_request *request = context;
    const char *state = json_string_value(json_object_get(result, "state"));
    bool is_over = error != 0 || state == NULL || strcmp(state, "offline") == 0;
    if (is_over || request->is_answered) {
        media_log(request->plugin, TALLY_INFO, "a publisher of a stream that was just stopped",
                  request->callback.stream);
        media_request_close(request, 403);
        return;
    }
    request->ignores_hold = true;
    media_request_take_place(request);
}

static void place_was_taken(void *context, int32_t error, const media_broadcast *broadcast)
{
    (void)broadcast;
    media_request *request = context;
    if (error != 0 || request->is_answered)
        media_request_close(request, media_request_in_doubt(request));
    else if (request->is_denied)
        media_request_ask(request, "live.get", stream_of(request), hold_was_checked);
    else
        media_request_bring_on_air(request);
}

void media_request_take_place(media_request *request)
{
    media_edit_broadcast(request->plugin, request->callback.stream, take_place, place_was_taken,
                         request);
}

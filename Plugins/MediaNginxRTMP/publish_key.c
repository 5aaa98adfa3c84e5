/* SPDX-License-Identifier: Apache-2.0 */
/* First step of a publisher: does it know the stream's key? And what comes before it for an update. */

#include "publish_request.h"

#include <stdio.h>

static void key_was_read(void *context, int32_t error, const char *message, const json_t *result)
{
    (void)message;
    media_request *request = context;
    media_key_set keys;
    if (error != 0 || request->is_answered
        || !media_key_set_read(json_object_get(result, "value"), &keys)) {
        media_request_close(request, media_request_in_doubt(request));
        return;
    }
    if (!media_key_set_admits(&keys, request->callback.key, media_now())) {
        const char *why = keys.count == 0 ? "a publisher of a stream that has no key"
                                          : "a publisher with a wrong key";
        media_log(request->plugin, TALLY_WARNING, why, request->callback.stream);
        media_request_close(request, 403);
        return;
    }
    media_request_take_place(request);
}

void media_request_check_key(media_request *request)
{
    char key[MEDIA_STREAM_LIMIT + 8];
    snprintf(key, sizeof key, "key/%s", request->callback.stream);
    media_request_ask(request, "store.get", json_pack("{s:s}", "key", key), key_was_read);
}

void media_publish(media_plugin *plugin, uint64_t ticket, const media_callback *callback)
{
    media_request_check_key(media_request_open(plugin, ticket, callback));
}

/* Whether it is as it was: then the update says no more than that it goes on. */
static media_edit_verdict see_again(media_broadcast *broadcast, void *context)
{
    media_request *request = context;
    const char *client = request->callback.client;
    bool goes_on = broadcast->state == MEDIA_STATE_ON && media_broadcast_has(broadcast, client);
    request->is_denied = broadcast->state == MEDIA_STATE_STOPPED && broadcast->changed_at != 0
        && media_broadcast_has(broadcast, client);
    if (!goes_on)
        return MEDIA_EDIT_KEEP;
    /* From here on the answer is known: storing the time must not make nginx wait. */
    media_request_answer(request, 204);
    media_broadcast_see(broadcast, client, media_now());
    return MEDIA_EDIT_SAVE;
}

static void was_seen(void *context, int32_t error, const media_broadcast *broadcast)
{
    (void)broadcast;
    media_request *request = context;
    if (request->is_denied) {
        media_log(request->plugin, TALLY_INFO, "refused the update of a stopped stream's publisher",
                  request->callback.stream);
        media_request_close(request, 403);
    } else if (error != 0 || request->is_answered) {
        media_request_close(request, 204);
    } else {
        /* One that was taken for gone, and is not. */
        media_request_check_key(request);
    }
}

void media_update(media_plugin *plugin, uint64_t ticket, const media_callback *callback)
{
    media_request *request = media_request_open(plugin, ticket, callback);
    media_edit_broadcast(plugin, callback->stream, see_again, was_seen, request);
}

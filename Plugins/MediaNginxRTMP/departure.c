/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A publisher's end, and what follows when it was the last.
 *
 * Between the removal and the interruption another worker may have let a new publisher in, which found the
 * stream live and had nothing to do. So what is stored is read again after the interruption, and a
 * publisher that is there by then resumes the stream.
 */

#include "media_plugin.h"

#include <stdlib.h>
#include <string.h>

typedef struct departure {
    media_plugin *plugin;
    char stream[MEDIA_STREAM_LIMIT + 1];
    char client[MEDIA_CLIENT_LIMIT + 1];
    uint64_t generation;
} departure;

static departure *depart(media_plugin *plugin, const char *stream)
{
    departure *leaving = calloc(1, sizeof *leaving);
    if (leaving == NULL)
        abort();
    leaving->plugin = plugin;
    memcpy(leaving->stream, stream, strlen(stream) + 1);
    return leaving;
}

static json_t *stream_parameters(const departure *leaving)
{
    json_t *parameters = json_pack("{s:s}", "stream", leaving->stream);
    if (leaving->generation != 0)
        json_object_set_new(parameters, "generation", json_integer((json_int_t)leaving->generation));
    return parameters;
}

static media_edit_verdict mark_gone(media_broadcast *broadcast, void *context)
{
    (void)context;
    if (broadcast->count > 0 || broadcast->state != MEDIA_STATE_ON)
        return MEDIA_EDIT_KEEP;
    media_broadcast_enter(broadcast, MEDIA_STATE_GONE, media_now());
    return MEDIA_EDIT_SAVE;
}

static void was_marked(void *context, int32_t error, const media_broadcast *broadcast)
{
    departure *leaving = context;
    if (error == 0 && broadcast->count > 0 && broadcast->state == MEDIA_STATE_ON) {
        tally_host *host = leaving->plugin->host;
        json_t *parameters = stream_parameters(leaving);
        host->call(host, "live.resume", parameters, NULL, NULL);
        json_decref(parameters);
    }
    free(leaving);
}

static void was_interrupted(void *context, int32_t error, const char *message, const json_t *result)
{
    (void)message;
    (void)result;
    departure *leaving = context;
    /* An error says that the stream is stopped, or a later one: its media is gone all the same. What
     * is temporary leaves the state as it is, and the next sweep tries again. */
    if (error == 100 || error == 108 || error == 410 || error == 111) {
        free(leaving);
        return;
    }
    if (error == 0) {
        media_log(leaving->plugin, TALLY_INFO, "the media is gone", leaving->stream);
        media_count(leaving->plugin, "interruptions");
    }
    media_edit_broadcast(leaving->plugin, leaving->stream, mark_gone, was_marked, leaving);
}

void media_settle(media_plugin *plugin, const char *stream, const media_broadcast *broadcast)
{
    if (broadcast->count > 0 || broadcast->state != MEDIA_STATE_ON || broadcast->changed_at == 0)
        return;
    departure *leaving = depart(plugin, stream);
    leaving->generation = broadcast->generation;
    json_t *parameters = stream_parameters(leaving);
    tally_host *host = plugin->host;
    tally_status status =
        host->call(host, "live.interrupt", parameters, was_interrupted, leaving);
    json_decref(parameters);
    if (status != TALLY_OK)
        free(leaving);
}

static media_edit_verdict remove_client(media_broadcast *broadcast, void *context)
{
    const departure *leaving = context;
    return media_broadcast_remove(broadcast, leaving->client) ? MEDIA_EDIT_SAVE : MEDIA_EDIT_KEEP;
}

static void was_removed(void *context, int32_t error, const media_broadcast *broadcast)
{
    departure *leaving = context;
    if (error == 0)
        media_settle(leaving->plugin, leaving->stream, broadcast);
    free(leaving);
}

void media_leave(media_plugin *plugin, const char *stream, const char *client)
{
    departure *leaving = depart(plugin, stream);
    memcpy(leaving->client, client, strlen(client) + 1);
    media_edit_broadcast(plugin, stream, remove_client, was_removed, leaving);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A stream was stopped: whoever publishes it is dropped. */

#include "media_plugin.h"

#include <stdlib.h>
#include <string.h>

/* The hub's own stop, after a grace period without media. */
static const char GRACE_IS_OVER[] = "interrupted";

typedef struct stop_run {
    media_plugin *plugin;
    uint64_t ticket;
    uint64_t generation;
    bool is_of_the_hub;
    char stream[MEDIA_STREAM_LIMIT + 1];
} stop_run;

static void finish(void *context)
{
    stop_run *run = context;
    tally_host *host = run->plugin->host;
    host->answer(host, run->ticket, TALLY_ALLOW, NULL);
    free(run);
}

static media_edit_verdict mark_stopped(media_broadcast *broadcast, void *context)
{
    const stop_run *run = context;
    bool is_unknown = broadcast->changed_at == 0;
    /* Told twice, or late: what is on air now is another. */
    bool is_older = broadcast->generation > run->generation;
    if (is_unknown || is_older || broadcast->state == MEDIA_STATE_STOPPED)
        return MEDIA_EDIT_KEEP;
    /* Then its encoder is to find an open door when it comes back. */
    if (run->is_of_the_hub && broadcast->count == 0)
        return MEDIA_EDIT_DELETE;
    media_broadcast_enter(broadcast, MEDIA_STATE_STOPPED, media_now());
    return MEDIA_EDIT_SAVE;
}

static void was_marked(void *context, int32_t error, const media_broadcast *broadcast)
{
    stop_run *run = context;
    bool is_published = error == 0 && broadcast->state == MEDIA_STATE_STOPPED
        && broadcast->count > 0 && broadcast->generation <= run->generation;
    if (is_published)
        media_drop(run->plugin, broadcast->app, run->stream, finish, run);
    else
        finish(run);
}

tally_verdict media_stopped(void *instance, const tally_call *call, tally_answer *answer)
{
    (void)answer;
    media_plugin *plugin = instance;
    const char *event = json_string_value(json_object_get(call->data, "event"));
    if (event == NULL || strcmp(event, "live.stopped") != 0 || !media_is_stream(call->stream))
        return TALLY_ALLOW;
    stop_run *run = calloc(1, sizeof *run);
    if (run == NULL)
        abort();
    const json_t *snapshot = json_object_get(call->data, "snapshot");
    const char *reason = json_string_value(json_object_get(call->data, "reason"));
    run->plugin = plugin;
    run->ticket = call->ticket;
    run->generation = (uint64_t)json_integer_value(json_object_get(snapshot, "generation"));
    run->is_of_the_hub = reason != NULL && strcmp(reason, GRACE_IS_OVER) == 0;
    memcpy(run->stream, call->stream, strlen(call->stream) + 1);
    media_edit_broadcast(plugin, run->stream, mark_stopped, was_marked, run);
    return TALLY_PENDING;
}

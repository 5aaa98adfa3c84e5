/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds publishers whose end was not told: nginx was killed, or Tally was down at that moment.
 *
 * One worker does it for all. It waits for a whole silence first: what was not heard of while Tally was
 * down gets its chance to be heard of again.
 */

#include "media_plugin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A page of stored keys. */
static const json_int_t PAGE = 100;
static const char PREFIX[] = "on-air/";

typedef struct sweep {
    media_plugin *plugin;
    json_t *keys;
    size_t next;
    bool has_more;
    char stream[MEDIA_STREAM_LIMIT + 1];
} sweep;

static void look_at_next(sweep *run);
static void list_after(sweep *run, const char *key);

static void finish(sweep *run)
{
    json_decref(run->keys);
    free(run);
}

static media_edit_verdict expire(media_broadcast *broadcast, void *context)
{
    const sweep *run = context;
    const media_settings *settings = &run->plugin->settings;
    int64_t now = media_now();
    bool has_changed = media_broadcast_expire(broadcast, now - settings->silence_ms);
    if (media_broadcast_is_over(broadcast, now, settings->hold_ms))
        return MEDIA_EDIT_DELETE;
    return has_changed ? MEDIA_EDIT_SAVE : MEDIA_EDIT_KEEP;
}

static void was_looked_at(void *context, int32_t error, const media_broadcast *broadcast)
{
    sweep *run = context;
    if (error != 0) {
        finish(run);
        return;
    }
    media_settle(run->plugin, run->stream, broadcast);
    look_at_next(run);
}

static void look_at_next(sweep *run)
{
    size_t count = json_array_size(run->keys);
    if (run->next == count) {
        const char *last = json_string_value(json_array_get(run->keys, count - 1));
        if (run->has_more && last != NULL)
            list_after(run, last);
        else
            finish(run);
        return;
    }
    const char *key = json_string_value(json_array_get(run->keys, run->next++));
    bool is_ours = key != NULL && strncmp(key, PREFIX, sizeof PREFIX - 1) == 0
        && media_is_stream(key + sizeof PREFIX - 1);
    if (!is_ours) {
        finish(run);
        return;
    }
    memcpy(run->stream, key + sizeof PREFIX - 1, strlen(key) - (sizeof PREFIX - 1) + 1);
    media_edit_broadcast(run->plugin, run->stream, expire, was_looked_at, run);
}

static void was_listed(void *context, int32_t error, const char *message, const json_t *result)
{
    (void)message;
    sweep *run = context;
    if (error != 0) {
        finish(run);
        return;
    }
    json_decref(run->keys);
    run->keys = json_deep_copy(json_object_get(result, "keys"));
    run->next = 0;
    run->has_more = json_is_true(json_object_get(result, "more"));
    look_at_next(run);
}

static void list_after(sweep *run, const char *key)
{
    json_t *parameters = json_pack("{s:s, s:I}", "prefix", PREFIX, "limit", PAGE);
    if (key != NULL)
        json_object_set_new(parameters, "after", json_string(key));
    tally_host *host = run->plugin->host;
    tally_status status = host->call(host, "store.list", parameters, was_listed, run);
    json_decref(parameters);
    if (status != TALLY_OK)
        finish(run);
}

static void start(void *context)
{
    sweep *run = calloc(1, sizeof *run);
    if (run == NULL)
        abort();
    run->plugin = context;
    list_after(run, NULL);
}

bool media_sweep_start(media_plugin *plugin)
{
    tally_host *host = plugin->host;
    if (host->worker_index(host) != 0)
        return true;
    uint64_t silence = (uint64_t)plugin->settings.silence_ms;
    uint64_t timer;
    return host->start_timer(host, silence, silence / 4, start, plugin, &timer) == TALLY_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Hooks that endpoints are told of. */

#include "webhook_plugin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A full queue is told of once in this time, not with every event. */
static const int64_t TOLD_EVERY_MS = 60000;

static uint32_t listeners(const webhook_plugin *plugin, webhook_event event)
{
    uint32_t endpoints = 0;
    for (size_t i = 0; i < plugin->settings.endpoint_count; i++)
        if ((plugin->settings.endpoints[i].events & (1u << event)) != 0)
            endpoints |= 1u << i;
    return endpoints;
}

static void was_lost(webhook_plugin *plugin)
{
    tally_host *host = plugin->host;
    host->add_to_counter(host, "lost", 1);
    int64_t now = webhook_now();
    if (plugin->told_of_loss_at != 0 && now - plugin->told_of_loss_at < TOLD_EVERY_MS)
        return;
    plugin->told_of_loss_at = now;
    host->log(host, TALLY_ERROR, "the queue is full; events are lost", NULL);
}

/* A message about a call. What keeps its order: the stream, else the channel, else the client. */
static webhook_message *message_of(webhook_plugin *plugin, webhook_event event,
                                   const tally_call *call)
{
    json_t *data = webhook_subject(plugin, call);
    json_t *own = json_deep_copy(call->data);
    json_object_update(data, own);
    json_decref(own);
    webhook_message *message =
        webhook_message_make(webhook_body(webhook_event_names[event], call->time, data));
    const char *lane = call->stream[0] != '\0' ? call->stream
        : call->channel[0] != '\0'             ? call->channel
                                               : call->client;
    size_t length = strnlen(lane, WEBHOOK_LANE_LIMIT);
    memcpy(message->lane, lane, length);
    message->lane[length] = '\0';
    message->endpoints = listeners(plugin, event);
    message->expires_at = webhook_now() + plugin->settings.give_up_ms;
    return message;
}

static bool send(webhook_plugin *plugin, webhook_message *message, const char *prefix, const char *id)
{
    if (!webhook_message_name(message, prefix, id)) {
        webhook_message_free(message);
        was_lost(plugin);
        return false;
    }
    if (!webhook_courier_take(plugin->courier, message)) {
        was_lost(plugin);
        return false;
    }
    return true;
}

static tally_verdict tell(webhook_plugin *plugin, webhook_event event, const tally_call *call)
{
    if (listeners(plugin, event) != 0)
        send(plugin, message_of(plugin, event, call), "event_", NULL);
    return TALLY_ALLOW;
}

tally_verdict webhook_subscribed(void *plugin, const tally_call *call, tally_answer *answer)
{
    (void)answer;
    return tell(plugin, WEBHOOK_SUBSCRIBED, call);
}

tally_verdict webhook_unsubscribed(void *plugin, const tally_call *call, tally_answer *answer)
{
    (void)answer;
    return tell(plugin, WEBHOOK_UNSUBSCRIBED, call);
}

tally_verdict webhook_disconnected(void *plugin, const tally_call *call, tally_answer *answer)
{
    (void)answer;
    return tell(plugin, WEBHOOK_DISCONNECTED, call);
}

tally_verdict webhook_commented(void *instance, const tally_call *call, tally_answer *answer)
{
    (void)answer;
    webhook_plugin *plugin = instance;
    if (listeners(plugin, WEBHOOK_COMMENTED) == 0)
        return TALLY_ALLOW;
    /* The comment's own place, so that a receiver can tell that it has it. */
    const char *epoch = json_string_value(json_object_get(call->data, "epoch"));
    json_int_t offset = json_integer_value(json_object_get(call->data, "offset"));
    char id[WEBHOOK_ID_LIMIT + 1];
    int length = snprintf(id, sizeof id, "%s_%s_%" JSON_INTEGER_FORMAT, call->stream,
                          epoch != NULL ? epoch : "", offset);
    bool is_named = epoch != NULL && length > 0 && (size_t)length < sizeof id - 16;
    send(plugin, message_of(plugin, WEBHOOK_COMMENTED, call), "comment_", is_named ? id : NULL);
    return TALLY_ALLOW;
}

tally_verdict webhook_viewers(void *instance, const tally_call *call, tally_answer *answer)
{
    (void)answer;
    webhook_plugin *plugin = instance;
    if (listeners(plugin, WEBHOOK_VIEWERS) == 0)
        return TALLY_ALLOW;
    webhook_message *message = message_of(plugin, WEBHOOK_VIEWERS, call);
    message->is_conflated = true;
    send(plugin, message, "event_", NULL);
    return TALLY_ALLOW;
}

static bool event_of(const tally_call *call, webhook_event *event)
{
    const char *name = json_string_value(json_object_get(call->data, "event"));
    for (int i = WEBHOOK_STARTED; name != NULL && i <= WEBHOOK_STOPPED; i++) {
        if (strcmp(webhook_event_names[i], name) == 0) {
            *event = (webhook_event)i;
            return true;
        }
    }
    return false;
}

/* `started` and `stopped`: kept by the hub until every endpoint has it, and named by the hub's id, so that
 * a second worker that is told of it sends it under the same one. */
tally_verdict webhook_stream_changed(void *instance, const tally_call *call, tally_answer *answer)
{
    (void)answer;
    webhook_plugin *plugin = instance;
    webhook_event event;
    if (!event_of(call, &event) || listeners(plugin, event) == 0)
        return TALLY_ALLOW;
    const json_t *id = json_object_get(call->data, "id");
    json_t *snapshot = json_object_get(call->data, "snapshot");
    json_int_t generation = json_integer_value(json_object_get(snapshot, "generation"));
    json_int_t number = json_integer_value(id);
    char name[WEBHOOK_ID_LIMIT + 1];
    char number_text[24];
    snprintf(number_text, sizeof number_text, "%" JSON_INTEGER_FORMAT, number);
    const char *id_text = json_is_string(id) ? json_string_value(id) : number_text;
    int length = snprintf(name, sizeof name, "%s_%" JSON_INTEGER_FORMAT "_%s", call->stream,
                          generation, id_text);
    bool is_named = length > 0 && (size_t)length < sizeof name - 16;
    webhook_message *message = message_of(plugin, event, call);
    message->ticket = call->ticket;
    return send(plugin, message, "stream_", is_named ? name : NULL) ? TALLY_PENDING : TALLY_ALLOW;
}

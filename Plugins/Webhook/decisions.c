/* SPDX-License-Identifier: Apache-2.0 */
/* Hooks that an endpoint decides. */

#include "webhook_plugin.h"

#include <stdio.h>
#include <string.h>

/* Of a call's time, for the answer's own way back. */
static const int64_t MARGIN_MS = 50;

static tally_verdict without_decision(const webhook_endpoint_settings *decider, tally_answer *answer)
{
    if (decider->allows_on_failure)
        return TALLY_ALLOW;
    answer->message = "no decision";
    return TALLY_REJECT;
}

static tally_verdict decide(webhook_plugin *plugin, webhook_decision decision,
                            const tally_call *call, tally_answer *answer)
{
    const webhook_endpoint_settings *decider = webhook_decider(&plugin->settings, decision);
    if (decider == NULL)
        return TALLY_ALLOW;
    char type[32];
    snprintf(type, sizeof type, "ask.%s", webhook_decision_names[decision]);
    json_t *data = webhook_subject(plugin, call);
    json_object_set_new(data, "asked", json_deep_copy(call->data));
    webhook_message *message = webhook_message_make(webhook_body(type, call->time, data));
    message->is_question = true;
    message->endpoints = 1u << (decider - plugin->settings.endpoints);
    message->ticket = call->ticket;
    message->expires_at = webhook_now() + (call->deadline - call->time) - MARGIN_MS;
    if (!webhook_message_name(message, "ask_", NULL)) {
        webhook_message_free(message);
        return without_decision(decider, answer);
    }
    if (!webhook_courier_take(plugin->courier, message)) {
        plugin->host->add_to_counter(plugin->host, "undecided", 1);
        return without_decision(decider, answer);
    }
    return TALLY_PENDING;
}

tally_verdict webhook_connect(void *plugin, const tally_call *call, tally_answer *answer)
{
    return decide(plugin, WEBHOOK_CONNECT, call, answer);
}

tally_verdict webhook_subscribe(void *plugin, const tally_call *call, tally_answer *answer)
{
    return decide(plugin, WEBHOOK_SUBSCRIBE, call, answer);
}

tally_verdict webhook_live_start(void *plugin, const tally_call *call, tally_answer *answer)
{
    return decide(plugin, WEBHOOK_LIVE_START, call, answer);
}

tally_verdict webhook_live_stop(void *plugin, const tally_call *call, tally_answer *answer)
{
    return decide(plugin, WEBHOOK_LIVE_STOP, call, answer);
}

tally_verdict webhook_live_update(void *plugin, const tally_call *call, tally_answer *answer)
{
    return decide(plugin, WEBHOOK_LIVE_UPDATE, call, answer);
}

tally_verdict webhook_comment(void *plugin, const tally_call *call, tally_answer *answer)
{
    return decide(plugin, WEBHOOK_COMMENT, call, answer);
}

tally_verdict webhook_publish(void *plugin, const tally_call *call, tally_answer *answer)
{
    return decide(plugin, WEBHOOK_PUBLISH, call, answer);
}

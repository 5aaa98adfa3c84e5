/* SPDX-License-Identifier: Apache-2.0 */
/* The instance, and its hooks. */
#ifndef WEBHOOK_PLUGIN_H
#define WEBHOOK_PLUGIN_H

#include "courier.h"

#pragma GCC visibility push(hidden)

typedef struct webhook_plugin {
    tally_host *host;
    webhook_settings settings;
    webhook_courier *courier;
    int64_t told_of_loss_at; /* milliseconds of the monotonic clock */
} webhook_plugin;

/* Who and where, of a call; a new reference. */
json_t *webhook_subject(const webhook_plugin *plugin, const tally_call *call);

/* {"type", "timestamp", "data"} as text that free() ends; takes `given_data`. */
char *webhook_body(const char *type, int64_t unix_milliseconds, json_t *given_data);

tally_verdict webhook_connect(void *plugin, const tally_call *call, tally_answer *answer);
tally_verdict webhook_subscribe(void *plugin, const tally_call *call, tally_answer *answer);
tally_verdict webhook_live_start(void *plugin, const tally_call *call, tally_answer *answer);
tally_verdict webhook_live_stop(void *plugin, const tally_call *call, tally_answer *answer);
tally_verdict webhook_live_update(void *plugin, const tally_call *call, tally_answer *answer);
tally_verdict webhook_comment(void *plugin, const tally_call *call, tally_answer *answer);
tally_verdict webhook_publish(void *plugin, const tally_call *call, tally_answer *answer);

tally_verdict webhook_subscribed(void *plugin, const tally_call *call, tally_answer *answer);
tally_verdict webhook_unsubscribed(void *plugin, const tally_call *call, tally_answer *answer);
tally_verdict webhook_disconnected(void *plugin, const tally_call *call, tally_answer *answer);
tally_verdict webhook_commented(void *plugin, const tally_call *call, tally_answer *answer);
tally_verdict webhook_stream_changed(void *plugin, const tally_call *call, tally_answer *answer);
tally_verdict webhook_viewers(void *plugin, const tally_call *call, tally_answer *answer);

#pragma GCC visibility pop

#endif

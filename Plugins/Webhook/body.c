/* SPDX-License-Identifier: Apache-2.0 */
/* What a request's body says; docs/plugins/webhook.md describes it to receivers. */

#include "webhook_plugin.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const struct {
    uint32_t bit;
    const char *name;
} PERMISSIONS[] = {
    {TALLY_MAY_SUBSCRIBE, "sub"},     {TALLY_MAY_PUBLISH, "pub"},
    {TALLY_MAY_READ_HISTORY, "hst"},  {TALLY_MAY_READ_PRESENCE, "prs"},
    {TALLY_MAY_CONTROL, "ctl"},       {TALLY_MAY_MODERATE, "mod"},
};

static void set_text(json_t *object, const char *key, const char *text)
{
    if (text[0] != '\0')
        json_object_set_new(object, key, json_string(text));
}

json_t *webhook_subject(const webhook_plugin *plugin, const tally_call *call)
{
    json_t *subject = json_object();
    set_text(subject, "user", call->user);
    set_text(subject, "client", call->client);
    set_text(subject, "name", call->name);
    if (plugin->settings.tells_addresses)
        set_text(subject, "address", call->address);
    if (call->info != NULL)
        json_object_set_new(subject, "info", json_deep_copy(call->info));
    set_text(subject, "channel", call->channel);
    set_text(subject, "stream", call->stream);
    if (call->session != 0 && call->channel[0] != '\0') {
        json_t *permissions = json_array();
        for (size_t i = 0; i < sizeof PERMISSIONS / sizeof PERMISSIONS[0]; i++)
            if ((call->permissions & PERMISSIONS[i].bit) != 0)
                json_array_append_new(permissions, json_string(PERMISSIONS[i].name));
        json_object_set_new(subject, "permissions", permissions);
    }
    return subject;
}

char *webhook_body(const char *type, int64_t unix_milliseconds, json_t *given_data)
{
    time_t seconds = (time_t)(unix_milliseconds / 1000);
    struct tm utc;
    char day[32], timestamp[40];
    gmtime_r(&seconds, &utc);
    strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(timestamp, sizeof timestamp, "%s.%03dZ", day, (int)(unix_milliseconds % 1000));
    json_t *body =
        json_pack("{s:s, s:s, s:o}", "type", type, "timestamp", timestamp, "data", given_data);
    char *text = json_dumps(body, JSON_COMPACT);
    json_decref(body);
    if (text == NULL)
        abort();
    return text;
}

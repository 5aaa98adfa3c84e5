/* SPDX-License-Identifier: Apache-2.0 */

#include "verdict.h"

#include <string.h>
#include <tally_plugin.h>

/* Codes of plugins; "rejected by a plugin" is what a refusal without one is. */
enum { FIRST_CODE = 1000, LAST_CODE = 1999, REJECTED_BY_A_PLUGIN = 405 };

static bool read_refusal(const json_t *reply, webhook_verdict *verdict)
{
    const json_t *code = json_object_get(reply, "code");
    const json_t *message = json_object_get(reply, "message");
    verdict->verdict = TALLY_REJECT;
    verdict->code = REJECTED_BY_A_PLUGIN;
    if (code != NULL) {
        json_int_t value = json_integer_value(code);
        bool is_ours = value >= FIRST_CODE && value <= LAST_CODE;
        if (!json_is_integer(code) || (!is_ours && value != REJECTED_BY_A_PLUGIN))
            return false;
        verdict->code = (int32_t)value;
    }
    if (message != NULL) {
        size_t length = json_string_length(message);
        if (!json_is_string(message) || length > WEBHOOK_MESSAGE_LIMIT)
            return false;
        memcpy(verdict->message, json_string_value(message), length);
    }
    return true;
}

static bool read_reply(const json_t *reply, webhook_verdict *verdict)
{
    const char *name = json_string_value(json_object_get(reply, "verdict"));
    if (name == NULL)
        return false;
    if (strcmp(name, "allow") == 0) {
        verdict->verdict = TALLY_ALLOW;
        return true;
    }
    if (strcmp(name, "reject") == 0)
        return read_refusal(reply, verdict);
    json_t *data = json_object_get(reply, "data");
    if (strcmp(name, "replace") != 0 || !json_is_object(data))
        return false;
    verdict->verdict = TALLY_REPLACE;
    verdict->data = json_incref(data);
    return true;
}

bool webhook_verdict_read(const char *bytes, size_t count, webhook_verdict *verdict)
{
    memset(verdict, 0, sizeof *verdict);
    if (count > WEBHOOK_REPLY_LIMIT)
        return false;
    json_t *reply = json_loadb(bytes, count, JSON_REJECT_DUPLICATES, NULL);
    bool is_read = read_reply(reply, verdict);
    json_decref(reply);
    return is_read;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * example-c: the smallest plugin that viewers notice. Who comments "!hello" is greeted, privately, by a
 * message of the server's; the comment itself goes nowhere.
 */
#include <stdlib.h>
#include <string.h>

#include "tally_plugin.h"

typedef struct example {
    tally_host *host;
    /* Borrowed from the settings, which outlive the instance. */
    const char *greeting;
} example;

static void *create(tally_host *host, char *error, size_t error_size) {
    example *plugin = calloc(1, sizeof *plugin);
    if (!plugin) {
        strncpy(error, "out of memory", error_size);
        return NULL;
    }
    plugin->host = host;
    plugin->greeting = json_string_value(json_object_get(host->settings(host), "greeting"));
    if (!plugin->greeting) plugin->greeting = "Hello";
    return plugin;
}

static void destroy(void *plugin) { free(plugin); }

static tally_verdict comment(void *context, const tally_call *call, tally_answer *answer) {
    example *plugin = context;
    const char *text = json_string_value(json_object_get(call->data, "text"));
    if (!text || strcmp(text, "!hello") != 0) return TALLY_ALLOW;

    json_t *message = json_pack("{s:s, s:s, s:s}", "type", "hello", "text", plugin->greeting,
                                "name", *call->name ? call->name : call->user);
    plugin->host->send(plugin->host, call->session, message);
    plugin->host->add_to_counter(plugin->host, "greeted", 1);
    json_decref(message);

    answer->code = 1000;
    answer->message = "greeted";
    return TALLY_REJECT;
}

static const tally_plugin_descriptor descriptor = {
    .struct_size = sizeof descriptor,
    .abi_major = TALLY_PLUGIN_ABI_MAJOR,
    .abi_minor = TALLY_PLUGIN_ABI_MINOR,
    .name = "example-c",
    .version = "1.0.0",
    .summary = "Greets who comments \"!hello\".",
    .settings_schema = "{\"type\": \"object\", \"additionalProperties\": false, \"properties\":"
                       " {\"greeting\": {\"type\": \"string\", \"minLength\": 1, \"maxLength\": 200}}}",
    .create = create,
    .destroy = destroy,
    .comment = comment,
};

const tally_plugin_descriptor *tally_plugin(void) { return &descriptor; }

/* SPDX-License-Identifier: Apache-2.0 */
/* crash-test: everything that a plugin must not do, when it is told to. For tests only.
 *
 * A comment "!WORD" or "!WORD NUMBER" does it in the `comment` hook, the method crash-test.do with
 * {"what": WORD, "number"?: NUMBER} in `rpc`; the settings `create`, `tick` and `comment` in every such
 * call. Words are those of crash_faults.h, and in `comment` and `rpc`
 *
 *   reject    rejects with code 1000
 *   wait      answers after NUMBER milliseconds
 *   never     never answers
 *   twice     answers twice, and once for a ticket that it made up */

#include "crash_faults.h"
#include "tally_plugin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Benchmarks build several, each under a name of its own. */
#ifndef CRASH_TEST_NAME
#define CRASH_TEST_NAME "crash-test"
#endif

static const char settings_schema[] =
    "{\"type\": \"object\", \"additionalProperties\": false, \"properties\": {"
    "\"create\": {\"type\": \"string\"}, \"tick\": {\"type\": \"string\"},"
    "\"comment\": {\"type\": \"string\"},"
    "\"number\": {\"type\": \"integer\", \"minimum\": 0},"
    "\"while_file\": {\"type\": \"string\"}}}";

typedef struct crash_test {
    tally_host *host;
    const char *create, *tick, *comment, *while_file;
    uint64_t number;
} crash_test;

/* A pending call that is to be answered. */
typedef struct waiting_call {
    tally_host *host;
    uint64_t ticket;
} waiting_call;

static const char *text_setting(const json_t *settings, const char *name)
{
    const char *text = json_string_value(json_object_get(settings, name));
    return text != NULL ? text : "";
}

/* Faults that the settings ask for wait for their file, so that a check is passed without. */
static bool may_fail(const crash_test *plugin)
{
    return plugin->while_file[0] == 0 || access(plugin->while_file, F_OK) == 0;
}

static void answer_now(void *argument)
{
    waiting_call *call = argument;
    call->host->answer(call->host, call->ticket, TALLY_ALLOW, NULL);
    free(call);
}

static tally_verdict wait_for(crash_test *plugin, const tally_call *call, uint64_t milliseconds)
{
    waiting_call *waiting = malloc(sizeof *waiting);
    uint64_t timer;
    if (waiting == NULL) return TALLY_ALLOW;
    *waiting = (waiting_call){.host = plugin->host, .ticket = call->ticket};
    if (plugin->host->start_timer(plugin->host, milliseconds > 0 ? milliseconds : 1, 0, answer_now,
                                  waiting, &timer) == TALLY_OK)
        return TALLY_PENDING;
    free(waiting);
    return TALLY_ALLOW;
}

static tally_verdict act(crash_test *plugin, const tally_call *call, tally_answer *answer,
                         const char *word, uint64_t number)
{
    if (strcmp(word, "reject") == 0) {
        answer->code = 1000;
        answer->message = "as you wish";
        return TALLY_REJECT;
    }
    if (strcmp(word, "wait") == 0) return wait_for(plugin, call, number);
    if (strcmp(word, "never") == 0) return TALLY_PENDING;
    if (strcmp(word, "twice") == 0) {
        plugin->host->answer(plugin->host, call->ticket + 1000, TALLY_ALLOW, NULL);
        plugin->host->answer(plugin->host, call->ticket, TALLY_ALLOW, NULL);
        plugin->host->answer(plugin->host, call->ticket, TALLY_REJECT, NULL);
        return TALLY_PENDING;
    }
    crash_fault(word, number);
    return TALLY_ALLOW;
}

static tally_verdict comment(void *instance, const tally_call *call, tally_answer *answer)
{
    crash_test *plugin = instance;
    const char *text = json_string_value(json_object_get(call->data, "text"));
    plugin->host->add_to_counter(plugin->host, "comments", 1);
    char word[32];
    unsigned long long number = 0;
    if (text != NULL && sscanf(text, "!%31s %llu", word, &number) >= 1)
        return act(plugin, call, answer, word, number);
    if (plugin->comment[0] == 0 || !may_fail(plugin)) return TALLY_ALLOW;
    return act(plugin, call, answer, plugin->comment, plugin->number);
}

static tally_verdict rpc(void *instance, const tally_call *call, tally_answer *answer)
{
    const json_t *data = json_object_get(call->data, "data");
    const json_int_t number = json_integer_value(json_object_get(data, "number"));
    return act(instance, call, answer, text_setting(data, "what"), (uint64_t)number);
}

static tally_verdict tick(void *instance, const tally_call *call, tally_answer *answer)
{
    crash_test *plugin = instance;
    (void)call;
    (void)answer;
    if (may_fail(plugin)) crash_fault(plugin->tick, plugin->number);
    return TALLY_ALLOW;
}

static void *create(tally_host *host, char *error, size_t error_size)
{
    crash_test *plugin = calloc(1, sizeof *plugin);
    if (plugin == NULL) {
        snprintf(error, error_size, "no memory");
        return NULL;
    }
    const json_t *settings = host->settings(host);
    plugin->host = host;
    plugin->create = text_setting(settings, "create");
    plugin->tick = text_setting(settings, "tick");
    plugin->comment = text_setting(settings, "comment");
    plugin->while_file = text_setting(settings, "while_file");
    plugin->number = (uint64_t)json_integer_value(json_object_get(settings, "number"));
    if (may_fail(plugin)) crash_fault(plugin->create, plugin->number);
    return plugin;
}

static void destroy(void *instance) { free(instance); }

TALLY_PLUGIN_EXPORT const tally_plugin_descriptor *tally_plugin(void)
{
    static tally_plugin_descriptor descriptor = {
        .struct_size = sizeof descriptor,
        .abi_major = TALLY_PLUGIN_ABI_MAJOR,
        .abi_minor = TALLY_PLUGIN_ABI_MINOR,
        .name = CRASH_TEST_NAME,
        .version = "1.0.0",
        .summary = "Everything that a plugin must not do, when it is told to.",
        .settings_schema = settings_schema,
        .create = create,
        .destroy = destroy,
        .comment = comment,
        .rpc = rpc,
        .tick = tick,
    };
    return &descriptor;
}

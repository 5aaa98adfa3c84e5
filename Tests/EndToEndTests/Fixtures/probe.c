/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plugin for tests: what a client says tells it what to do, and every notification leaves a line in
 * the file that its settings name.
 */
#define _GNU_SOURCE
#include <tally_plugin.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct probe {
    tally_host *host;
    int log;
};

/* A pending call that a timer, or what the node says, will answer. */
struct pending {
    struct probe *probe;
    uint64_t ticket;
};

static void note(struct probe *probe, const char *hook, const tally_call *call, const char *detail) {
    char line[512];
    int length = snprintf(line, sizeof line, "%s %u %s %s %s\n", hook,
                          probe->host->worker_index(probe->host),
                          call->stream[0] ? call->stream : call->user, detail, call->address);
    /* One write of less than a page to a file in append mode: whole lines, whoever writes. */
    if (probe->log >= 0 && write(probe->log, line, (size_t)length) < 0) abort();
}

static const char *text_of(const json_t *object, const char *key) {
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static void allow_later(void *argument) {
    struct pending *pending = argument;
    pending->probe->host->answer(pending->probe->host, pending->ticket, TALLY_ALLOW, NULL);
    free(pending);
}

static tally_verdict wait_for(struct probe *probe, const tally_call *call, uint64_t milliseconds) {
    struct pending *pending = malloc(sizeof *pending);
    uint64_t timer;
    if (!pending) abort();
    pending->probe = probe;
    pending->ticket = call->ticket;
    if (probe->host->start_timer(probe->host, milliseconds, 0, allow_later, pending, &timer))
        abort();
    return TALLY_PENDING;
}

static tally_verdict reject(tally_answer *answer, int32_t code, const char *message) {
    answer->code = code;
    answer->message = message;
    return TALLY_REJECT;
}

/* What a text asks for. */
static tally_verdict obey(struct probe *probe, const tally_call *call, tally_answer *answer,
                          const char *text, const char *key) {
    if (!strcmp(text, "reject")) return reject(answer, 1234, "not today");
    if (!strcmp(text, "refuse")) return reject(answer, 0, "never");
    if (!strcmp(text, "mask")) {
        answer->data = json_pack("{s:s}", key, "***");
        return TALLY_REPLACE;
    }
    if (!strcmp(text, "who")) {
        answer->data = json_pack("{s:s}", key, call->address);
        return TALLY_REPLACE;
    }
    if (!strncmp(text, "slow", 4)) return wait_for(probe, call, 300);
    if (!strncmp(text, "long", 4)) return wait_for(probe, call, 3000);
    if (!strcmp(text, "forgotten")) return TALLY_PENDING;
    return TALLY_ALLOW;
}

static tally_verdict on_comment(void *plugin, const tally_call *call, tally_answer *answer) {
    return obey(plugin, call, answer, text_of(call->data, "text"), "text");
}

static tally_verdict on_publish(void *plugin, const tally_call *call, tally_answer *answer) {
    return obey(plugin, call, answer, text_of(call->data, "data"), "data");
}

static tally_verdict on_live_start(void *plugin, const tally_call *call, tally_answer *answer) {
    return obey(plugin, call, answer, text_of(call->data, "title"), "title");
}

static tally_verdict on_live_stop(void *plugin, const tally_call *call, tally_answer *answer) {
    return obey(plugin, call, answer, text_of(call->data, "reason"), "reason");
}

static tally_verdict on_subscribe(void *plugin, const tally_call *call, tally_answer *answer) {
    const char *wanted = strrchr(call->channel, ':');
    return obey(plugin, call, answer, wanted ? wanted + 1 : call->channel, "data");
}

static tally_verdict on_connect(void *plugin, const tally_call *call, tally_answer *answer) {
    const json_t *data = json_object_get(call->data, "data");
    const char *user = text_of(data, "as");
    if (user[0]) {
        answer->data = json_pack("{s:s, s:[{s:[s], s:s, s:[s,s]}], s:{s:b}, s:[s]}", "user", user, "caps",
                                 "channels", "live:*", "match", "wildcard", "allow", "sub", "pub", "data",
                                 "welcome", 1, "channels", "news:all");
        return TALLY_REPLACE;
    }
    return obey(plugin, call, answer, text_of(data, "do"), "user");
}

static void called(void *context, int32_t error, const char *message, const json_t *result) {
    struct pending *pending = context;
    tally_host *host = pending->probe->host;
    tally_answer answer = {.struct_size = sizeof answer};
    if (error) {
        answer.code = error >= 1000 ? error : 1500;
        answer.message = message;
        host->answer(host, pending->ticket, TALLY_REJECT, &answer);
    } else {
        answer.data = json_deep_copy(result);
        host->answer(host, pending->ticket, TALLY_REPLACE, &answer);
    }
    free(pending);
}

/* `probe.<method of the node>` calls it; `probe.echo` answers what it got; the rest acts on the asker. */
static tally_verdict on_rpc(void *plugin, const tally_call *call, tally_answer *answer) {
    struct probe *probe = plugin;
    const char *method = text_of(call->data, "method");
    const json_t *data = json_object_get(call->data, "data");
    if (!strcmp(method, "echo")) {
        answer->data = json_deep_copy(call->data);
        return TALLY_REPLACE;
    }
    if (!strcmp(method, "message")) {
        probe->host->send(probe->host, call->session, data);
        return TALLY_ALLOW;
    }
    if (!strcmp(method, "leave")) {
        return probe->host->unsubscribe(probe->host, call->session, text_of(data, "channel"))
                   ? reject(answer, 1404, "not subscribed")
                   : TALLY_ALLOW;
    }
    if (!strcmp(method, "out")) {
        probe->host->disconnect(probe->host, call->session, 4321, "out");
        return TALLY_ALLOW;
    }
    struct pending *pending = malloc(sizeof *pending);
    if (!pending) abort();
    pending->probe = probe;
    pending->ticket = call->ticket;
    if (probe->host->call(probe->host, method, data, called, pending)) abort();
    return TALLY_PENDING;
}

static tally_verdict on_http(void *plugin, const tally_call *call, tally_answer *answer) {
    const tally_http_request *request = call->http;
    if (!strcmp(request->path, "/slow")) return wait_for(plugin, call, 200);
    /* Later than a request may wait. */
    if (!strcmp(request->path, "/late")) return wait_for(plugin, call, 1500);
    if (!strcmp(request->path, "/forgotten")) return TALLY_PENDING;
    if (!strcmp(request->path, "/denied")) return reject(answer, 1403, "denied");
    if (!strcmp(request->path, "/nothing")) return TALLY_ALLOW;
    answer->http_status = 201;
    answer->data = json_pack("{s:s, s:s, s:s, s:s, s:s%}", "address", call->address, "method", request->method,
                             "path", request->path, "query", request->query, "body", request->body ? (const char *)request->body : "",
                             request->body_length);
    return TALLY_REPLACE;
}

static tally_verdict on_started(void *plugin, const tally_call *call, tally_answer *answer) {
    (void)answer;
    note(plugin, text_of(call->data, "event"), call, text_of(call->data, "id"));
    /* A stream of this name is never done with: whoever is told it after a worker's death, is told. */
    return strncmp(call->stream, "held", 4) ? TALLY_ALLOW : TALLY_PENDING;
}

static tally_verdict on_viewers(void *plugin, const tally_call *call, tally_answer *answer) {
    char count[32];
    (void)answer;
    snprintf(count, sizeof count, "%lld",
             (long long)json_integer_value(json_object_get(call->data, "viewers")));
    note(plugin, "viewers", call, count);
    return TALLY_ALLOW;
}

static tally_verdict on_subscribed(void *plugin, const tally_call *call, tally_answer *answer) {
    (void)answer;
    note(plugin, "subscribed", call, call->user);
    return TALLY_ALLOW;
}

static tally_verdict on_unsubscribed(void *plugin, const tally_call *call, tally_answer *answer) {
    char code[16];
    (void)answer;
    snprintf(code, sizeof code, "%d", (int)json_integer_value(json_object_get(call->data, "code")));
    note(plugin, "unsubscribed", call, code);
    return TALLY_ALLOW;
}

static tally_verdict on_disconnected(void *plugin, const tally_call *call, tally_answer *answer) {
    char code[16];
    (void)answer;
    snprintf(code, sizeof code, "%d", (int)json_integer_value(json_object_get(call->data, "code")));
    note(plugin, "disconnected", call, code);
    return TALLY_ALLOW;
}

static tally_verdict on_commented(void *plugin, const tally_call *call, tally_answer *answer) {
    (void)answer;
    note(plugin, "commented", call, text_of(call->data, "text"));
    return TALLY_ALLOW;
}

static void *create(tally_host *host, char *error, size_t error_size) {
    struct probe *probe = calloc(1, sizeof *probe);
    const char *log = text_of(host->settings(host), "log");
    if (!probe) return NULL;
    probe->host = host;
    probe->log = log[0] ? open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    if (log[0] && probe->log < 0) {
        snprintf(error, error_size, "cannot open the log");
        free(probe);
        return NULL;
    }
    return probe;
}

static void destroy(void *plugin) {
    struct probe *probe = plugin;
    if (probe->log >= 0) close(probe->log);
    free(probe);
}

static const tally_plugin_descriptor descriptor = {
    .struct_size = sizeof(tally_plugin_descriptor),
    .abi_major = TALLY_PLUGIN_ABI_MAJOR,
    .abi_minor = TALLY_PLUGIN_ABI_MINOR,
    .name = "probe",
    .version = "1",
    .summary = "Does what it is told.",
    .settings_schema = "{\"type\":\"object\"}",
    .create = create,
    .destroy = destroy,
    .connect = on_connect,
    .subscribe = on_subscribe,
    .live_start = on_live_start,
    .live_update = on_live_start,
    .live_stop = on_live_stop,
    .comment = on_comment,
    .publish = on_publish,
    .rpc = on_rpc,
    .http = on_http,
    .subscribed = on_subscribed,
    .unsubscribed = on_unsubscribed,
    .disconnected = on_disconnected,
    .commented = on_commented,
    .started = on_started,
    .stopped = on_started,
    .viewers = on_viewers,
};

TALLY_PLUGIN_EXPORT const tally_plugin_descriptor *tally_plugin(void) { return &descriptor; }

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plugin that does what the test asks for in `data.do`. What a library can be wrong about is chosen by
 * a macro when it is compiled.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tally_plugin.h>
#include <unistd.h>

/* Each has at least a byte too many. */
#define LONG "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#ifdef LONG_NAME
#define NAME LONG
#endif
#ifdef LONG_VERSION
#define VERSION LONG
#endif
#ifndef NAME
#define NAME "scripted"
#endif

static tally_host *host;
/* What the functions that were called later have seen. */
static json_t *notes;

static void note(const char *text) { json_array_append_new(notes, json_string(text)); }
static void note_status(const char *text, tally_status status) {
    char line[128];
    snprintf(line, sizeof line, "%s %d", text, status);
    note(line);
}

/* ------------------------------------------------ things to do */

struct thread_work {
    uint64_t ticket;
    tally_status status;
    int what;
};

enum { ANSWER, CALL_LOOP_FUNCTIONS };

static tally_status call_loop_functions(void) {
    uint64_t timer;
    json_t *empty = json_object();
    tally_status all[] = {
        host->run_off_loop(host, (void (*)(void *))free, NULL, NULL),
        host->start_timer(host, 1, 0, (void (*)(void *))free, NULL, &timer),
        host->cancel_timer(host, 1),
        host->call(host, "live.list", NULL, NULL, NULL),
        host->send(host, 1, empty),
        host->disconnect(host, 1, 3000, "x"),
        host->unsubscribe(host, 1, "x"),
    };
    json_decref(empty);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (all[i] != TALLY_WRONG_THREAD) return 100 + (tally_status)i;
    }
    return host->settings(host) == NULL ? TALLY_WRONG_THREAD : 99;
}

static void *thread_main(void *argument) {
    struct thread_work *work = argument;
    if (work->what == ANSWER) {
        tally_answer answer = {.struct_size = sizeof answer};
        answer.data = json_pack("{s:s}", "text", "from a thread");
        work->status = host->answer(host, work->ticket, TALLY_REPLACE, &answer);
    } else {
        work->status = call_loop_functions();
    }
    return work;
}

static tally_status on_thread(int what, uint64_t ticket) {
    struct thread_work work = {.ticket = ticket, .what = what, .status = -1};
    pthread_t thread;
    if (pthread_create(&thread, NULL, thread_main, &work) != 0) abort();
    pthread_join(thread, NULL);
    return work.status;
}

static uint64_t last_ticket;
static uint64_t last_timer;

static void timer_fired(void *argument) { note(argument); }
static void cancels_itself(void *argument) {
    (void)argument;
    note_status("cancelled", host->cancel_timer(host, last_timer));
}
static void ran(void *argument) { note(argument); }
static void works(void *argument) { *(int *)argument = 1; }
static void blocks(void *argument) { usleep(1000 * (useconds_t)(uintptr_t)argument); }
static void worked(void *argument) {
    note(*(int *)argument ? "worked" : "not worked");
    free(argument);
}
static void answered(void *context, int32_t error, const char *message, const json_t *result) {
    char line[256];
    char *text = result == NULL ? NULL : json_dumps(result, JSON_COMPACT);
    snprintf(line, sizeof line, "%s %d %s %s", (const char *)context, error, message,
             text == NULL ? "-" : text);
    free(text);
    note(line);
}

static const char *text_of(const tally_call *call, const char *name) {
    const char *text = json_string_value(json_object_get(call->data, name));
    return text == NULL ? "" : text;
}
static json_int_t number_of(const tally_call *call, const char *name) {
    return json_integer_value(json_object_get(call->data, name));
}

static tally_verdict result(tally_answer *answer, json_t *data) {
    answer->data = data;
    return TALLY_REPLACE;
}

static json_t *describe(const tally_call *call) {
    json_t *info = call->info == NULL ? json_null() : json_deep_copy(call->info);
    json_t *data = json_pack(
        "{s:I,s:s,s:s,s:s,s:s,s:o,s:s,s:s,s:i,s:b,s:b}", "session", (json_int_t)call->session,
        "user", call->user, "client", call->client, "name", call->name, "address", call->address,
        "info", info, "channel", call->channel, "stream", call->stream, "permissions",
        (int)call->permissions, "sized", call->struct_size == sizeof *call, "dated",
        call->deadline > call->time && call->time > 1600000000000);
    if (call->http != NULL) {
        json_object_set_new(data, "method", json_string(call->http->method));
        json_object_set_new(data, "path", json_string(call->http->path));
        json_object_set_new(data, "query", json_string(call->http->query));
        json_object_set(data, "headers", (json_t *)call->http->headers);
        json_object_set_new(data, "body",
                            json_stringn((const char *)call->http->body, call->http->body_length));
    }
    return data;
}

static const char *volatile own_name = NAME;
static const char *descriptor_name(void) { return own_name; }

/* ------------------------------------------------ hooks */

static tally_verdict decide(void *plugin, const tally_call *call, tally_answer *answer) {
    (void)plugin;
    const char *what = text_of(call, "do");
    last_ticket = call->ticket;
    if (strcmp(what, "describe") == 0) return result(answer, describe(call));
    if (strcmp(what, "replace") == 0) {
        char text[256];
        snprintf(text, sizeof text, "%s+%s", text_of(call, "text"), descriptor_name());
        return result(answer, json_pack("{s:s,s:s}", "do", "replace", "text", text));
    }
    if (strcmp(what, "replace-with-nothing") == 0) return TALLY_REPLACE;
    if (strcmp(what, "replace-with-number") == 0) return result(answer, json_integer(7));
    if (strcmp(what, "replace-with-much") == 0) {
        size_t size = (size_t)number_of(call, "size");
        char *text = malloc(size + 1);
        memset(text, 'x', size);
        json_t *data = json_object();
        json_object_set_new(data, "t", json_stringn(text, size));
        free(text);
        return result(answer, data);
    }
    if (strcmp(what, "reject") == 0) {
        answer->code = (int32_t)number_of(call, "code");
        answer->message = text_of(call, "message");
        answer->data = json_object();
        return TALLY_REJECT;
    }
    if (strcmp(what, "reject-without-message") == 0) return TALLY_REJECT;
    if (strcmp(what, "verdict") == 0) return (tally_verdict)number_of(call, "verdict");
    if (strcmp(what, "pending") == 0) return TALLY_PENDING;
    if (strcmp(what, "slow") == 0) {
        usleep(1000 * (useconds_t)number_of(call, "milliseconds"));
        return TALLY_ALLOW;
    }
    if (strcmp(what, "pending-in-thread") == 0) {
        note_status("thread", on_thread(ANSWER, call->ticket));
        return TALLY_PENDING;
    }
    if (strcmp(what, "pending-answered-inside") == 0) {
        tally_answer early = {.struct_size = sizeof early, .code = 1234, .message = "early"};
        note_status("first", host->answer(host, call->ticket, TALLY_REJECT, &early));
        note_status("second", host->answer(host, call->ticket, TALLY_ALLOW, NULL));
        return TALLY_PENDING;
    }
    if (strcmp(what, "disconnect-inside") == 0) {
        note_status("disconnect", host->disconnect(host, call->session, 4000, "inside"));
        note("left");
        return TALLY_ALLOW;
    }
    if (strcmp(what, "mutate") == 0) return TALLY_ALLOW;
    return TALLY_ALLOW;
}

/* Host functions; answers {"status": ...}. */
static tally_verdict rpc(void *plugin, const tally_call *call, tally_answer *answer) {
    (void)plugin;
    const char *what = text_of(call, "do");
    tally_status status = -1;
    if (strcmp(what, "notes") == 0) {
        json_t *all = notes;
        notes = json_array();
        return result(answer, all);
    }
    if (strcmp(what, "last-ticket") == 0) {
        return result(answer, json_integer((json_int_t)last_ticket));
    }
    if (strcmp(what, "answer") == 0) {
        tally_answer given = {.struct_size = sizeof given};
        given.struct_size = (uint32_t)(sizeof given + (size_t)number_of(call, "grown"));
        tally_verdict verdict = (tally_verdict)number_of(call, "verdict");
        given.message = "later";
        status = host->answer(host, (uint64_t)number_of(call, "ticket"), verdict, &given);
    } else if (strcmp(what, "answer-null") == 0) {
        status = host->answer(host, (uint64_t)number_of(call, "ticket"), TALLY_ALLOW, NULL);
    } else if (strcmp(what, "wrong-thread") == 0) {
        status = on_thread(CALL_LOOP_FUNCTIONS, 0);
    } else if (strcmp(what, "answer-in-thread") == 0) {
        status = on_thread(ANSWER, (uint64_t)number_of(call, "ticket"));
    } else if (strcmp(what, "timer") == 0) {
        status = host->start_timer(host, (uint64_t)number_of(call, "after"),
                                   (uint64_t)number_of(call, "every"), timer_fired, "timer",
                                   &last_timer);
    } else if (strcmp(what, "self-cancelling-timer") == 0) {
        status = host->start_timer(host, 1, 1, cancels_itself, NULL, &last_timer);
    } else if (strcmp(what, "cancel") == 0) {
        status = host->cancel_timer(host, last_timer);
    } else if (strcmp(what, "many-timers") == 0) {
        int count = 0;
        while ((status = host->start_timer(host, 86400000, 0, timer_fired, "never", &last_timer)) ==
               TALLY_OK) count++;
        return result(answer, json_pack("{s:i,s:i}", "status", status, "count", count));
    } else if (strcmp(what, "run-on-loop") == 0) {
        status = host->run_on_loop(host, ran, "ran");
        note("called");
    } else if (strcmp(what, "many-run-on-loop") == 0) {
        int count = 0;
        while ((status = host->run_on_loop(host, ran, "many")) == TALLY_OK) count++;
        return result(answer, json_pack("{s:i,s:i}", "status", status, "count", count));
    } else if (strcmp(what, "run-off-loop") == 0) {
        status = host->run_off_loop(host, works, worked, calloc(1, sizeof(int)));
    } else if (strcmp(what, "block-off-loop") == 0) {
        void *argument = (void *)(uintptr_t)number_of(call, "milliseconds");
        status = host->run_off_loop(host, blocks, NULL, argument);
    } else if (strcmp(what, "many-jobs") == 0) {
        int count = 0;
        while ((status = host->run_off_loop(host, blocks, NULL, NULL)) == TALLY_OK) count++;
        return result(answer, json_pack("{s:i,s:i}", "status", status, "count", count));
    } else if (strcmp(what, "call") == 0) {
        status = host->call(host, text_of(call, "name"), json_object_get(call->data, "parameters"),
                            answered, (void *)"call");
        note("called");
    } else if (strcmp(what, "many-calls") == 0) {
        int count = 0;
        while ((status = host->call(host, "never", NULL, answered, (void *)"many")) == TALLY_OK)
            count++;
        return result(answer, json_pack("{s:i,s:i}", "status", status, "count", count));
    } else if (strcmp(what, "send") == 0) {
        status = host->send(host, (uint64_t)number_of(call, "session"),
                            json_object_get(call->data, "message"));
    } else if (strcmp(what, "disconnect") == 0) {
        status = host->disconnect(host, (uint64_t)number_of(call, "session"),
                                  (uint16_t)number_of(call, "code"), text_of(call, "reason"));
    } else if (strcmp(what, "unsubscribe") == 0) {
        status = host->unsubscribe(host, (uint64_t)number_of(call, "session"),
                                   text_of(call, "channel"));
    } else if (strcmp(what, "log") == 0) {
        status = host->log(host, (tally_log_level)number_of(call, "level"), text_of(call, "text"),
                           json_object_get(call->data, "fields"));
    } else if (strcmp(what, "count") == 0) {
        status = host->add_to_counter(host, text_of(call, "name"), 1);
    } else if (strcmp(what, "gauge") == 0) {
        status = host->set_gauge(host, text_of(call, "name"), -1);
    } else if (strcmp(what, "extension") == 0) {
        status = host->get_extension(host, "vendor.thing/1") == NULL ? 0 : 1;
    } else if (strcmp(what, "null-arguments") == 0) {
        uint64_t timer;
        tally_status all[] = {
            host->log(host, TALLY_INFO, NULL, NULL),
            host->log(NULL, TALLY_INFO, "x", NULL),
            host->log(host, 9, "x", NULL),
            host->run_on_loop(host, NULL, NULL),
            host->run_off_loop(host, NULL, NULL, NULL),
            host->start_timer(host, 1, 0, NULL, NULL, &timer),
            host->start_timer(host, 1, 0, ran, NULL, NULL),
            host->start_timer(host, 0, 0, ran, NULL, &timer),
            host->start_timer(host, 86400001, 0, ran, NULL, &timer),
            host->start_timer(host, 1, 86400001, ran, NULL, &timer),
            host->call(host, NULL, NULL, NULL, NULL),
            host->call(host, "", NULL, NULL, NULL),
            host->call(host, "x", notes, NULL, NULL),
            host->call(host, "\xff", NULL, NULL, NULL),
            host->send(host, 1, NULL),
            host->disconnect(host, 1, 2999, "x"),
            host->disconnect(host, 1, 5000, "x"),
            host->disconnect(host, 1, 3000, NULL),
            host->disconnect(host, 1, 3000, "\xc3\xa4"),
            host->disconnect(host, 1, 3000, "123456789012345678901234567890123"),
            host->unsubscribe(host, 1, NULL),
            host->unsubscribe(host, 1, ""),
            host->add_to_counter(host, NULL, 1),
            host->add_to_counter(host, "Capital", 1),
            host->set_gauge(host, "", 1),
            host->answer(host, 1, 9, NULL),
            host->answer(host, 1, TALLY_PENDING, NULL),
        };
        for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
            if (all[i] != TALLY_BAD_ARGUMENT) {
                return result(answer, json_pack("{s:i,s:i}", "status", all[i], "at", (int)i));
            }
        }
        status = TALLY_BAD_ARGUMENT;
    } else if (strcmp(what, "worker") == 0) {
        return result(answer, json_pack("[i,i]", host->worker_index(host),
                                        host->worker_count(host)));
    } else if (strcmp(what, "settings") == 0) {
        return result(answer, json_incref((json_t *)host->settings(host)));
    }
    return result(answer, json_pack("{s:i}", "status", status));
}

static tally_verdict http(void *plugin, const tally_call *call, tally_answer *answer) {
    const char *path = call->http->path;
    if (strcmp(path, "/describe") == 0) return result(answer, describe(call));
    if (strcmp(path, "/plain") == 0) {
        answer->http_status = 201;
        answer->http_content_type = "text/plain";
        answer->http_body = (const uint8_t *)"hello";
        answer->http_body_length = 5;
        answer->http_headers = json_pack("{s:s}", "X-Thing", "1");
        return TALLY_REPLACE;
    }
    if (strcmp(path, "/bad-header") == 0) {
        answer->http_headers = json_pack("{s:s}", "X-Thing", "1\r\nX-Other: 2");
        return TALLY_REPLACE;
    }
    if (strcmp(path, "/framing") == 0) {
        answer->http_headers = json_pack("{s:s}", "Content-Length", "1");
        return TALLY_REPLACE;
    }
    if (strcmp(path, "/bad-status") == 0) {
        answer->http_status = 101;
        return TALLY_REPLACE;
    }
    if (strcmp(path, "/reject") == 0) {
        answer->code = 1001;
        answer->message = "no";
        return TALLY_REJECT;
    }
    return decide(plugin, call, answer);
}

static tally_verdict seen(void *plugin, const tally_call *call, tally_answer *answer) {
    (void)plugin;
    (void)answer;
    if (strcmp(text_of(call, "do"), "pending") == 0) {
        last_ticket = call->ticket;
        return TALLY_PENDING;
    }
    char line[128];
    snprintf(line, sizeof line, "%s seen", descriptor_name());
    note(line);
    return TALLY_ALLOW;
}

/* ------------------------------------------------ the instance */

static void *create(tally_host *given, char *error, size_t error_size) {
    host = given;
    notes = json_array();
    const json_t *settings = host->settings(host);
    const char *failure = json_string_value(json_object_get(settings, "fail"));
    if (failure != NULL) {
        snprintf(error, error_size, "%s", failure);
        return NULL;
    }
    if (json_is_true(json_object_get(settings, "crash"))) abort();
    if (json_is_true(json_object_get(settings, "hang"))) for (;;) pause();
    return notes;
}

static void destroy(void *plugin) {
    const json_t *path = json_object_get(host->settings(host), "trace");
    if (json_is_string(path)) {
        FILE *file = fopen(json_string_value(path), "a");
        uint64_t timer;
        fprintf(file, "%s destroyed %d %d", descriptor_name(), host->run_on_loop(host, ran, ""),
                host->start_timer(host, 1, 0, ran, "", &timer));
        for (size_t i = 0; i < json_array_size(notes); i++) {
            fprintf(file, ", %s", json_string_value(json_array_get(notes, i)));
        }
        fprintf(file, "\n");
        fclose(file);
    }
    if (json_is_true(json_object_get(host->settings(host), "hang_at_end"))) for (;;) pause();
    json_decref(plugin);
}

static int32_t self_test(void *plugin, char *error, size_t error_size) {
    (void)plugin;
    const json_t *failure = json_object_get(host->settings(host), "fail_self_test");
    if (!json_is_string(failure)) return 0;
    snprintf(error, error_size, "%s", json_string_value(failure));
    return 3;
}

#ifndef SCHEMA
#define SCHEMA                                                                                     \
    "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"                         \
    "\"fail\":{\"type\":\"string\"},\"fail_self_test\":{\"type\":\"string\"},"                     \
    "\"crash\":{\"type\":\"boolean\"},\"hang\":{\"type\":\"boolean\"},"                            \
    "\"hang_at_end\":{\"type\":\"boolean\"},"                                                       \
    "\"trace\":{\"type\":\"string\"},"                                                             \
    "\"words\":{\"type\":\"array\",\"items\":{\"type\":\"string\",\"minLength\":2}},"              \
    "\"limit\":{\"type\":\"integer\",\"minimum\":1}}}"
#endif
#ifndef SIZE
#define SIZE sizeof(tally_plugin_descriptor)
#endif
#ifndef MAJOR
#define MAJOR TALLY_PLUGIN_ABI_MAJOR
#endif
#ifndef MINOR
#define MINOR TALLY_PLUGIN_ABI_MINOR
#endif
#ifndef CREATE
#define CREATE create
#endif
#ifndef VERSION
#define VERSION "1.2.3"
#endif
#ifndef SYMBOL
#define SYMBOL tally_plugin
#endif

TALLY_PLUGIN_EXPORT const tally_plugin_descriptor *SYMBOL(void) {
#ifdef RETURNS_NULL
    return NULL;
#else
    static const tally_plugin_descriptor descriptor = {
        .struct_size = (uint32_t)(SIZE),
        .abi_major = MAJOR,
        .abi_minor = MINOR,
        .name = NAME,
        .version = VERSION,
        .summary = "Does what a test asks for.",
        .settings_schema = SCHEMA,
        .create = CREATE,
        .destroy = destroy,
        .self_test = self_test,
        .connect = decide,
        .subscribe = NULL,
        .comment = decide,
        .publish = decide,
        .rpc = rpc,
        .http = http,
        .disconnected = seen,
        .started = seen,
    };
    return &descriptor;
#endif
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tally_plugin_test.h: a host for the tests of a plugin written in C. One file, no server.
 *
 * Include it in one C file, link that with the plugin's objects, -ljansson and -pthread:
 *
 *     tally_test *test = tally_test_start("{\"greeting\": \"Hi\"}");
 *     EXPECT(tally_test_comment(test, "hello") == TALLY_REJECT);
 *     EXPECT(strcmp(test->message, "Hi") == 0);
 *     return tally_test_stop(test);
 *
 * The thread that calls these functions is the loop. A call that is pending is waited for, at most 10 s;
 * time stands still until tally_test_advance moves it.
 */
#ifndef TALLY_PLUGIN_TEST_H
#define TALLY_PLUGIN_TEST_H

#include "tally_plugin.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Says what does not hold; tally_test_stop then returns 1. */
#define EXPECT(condition)                                                                        \
    ((condition) ? (void)0                                                                       \
                 : (tally_test_failures++, (void)fprintf(stderr, "%s:%d: %s does not hold\n",    \
                                                         __FILE__, __LINE__, #condition)))

static int tally_test_failures;

/* Something to do on the loop. */
typedef struct tally_test_job {
    struct tally_test_job *next;
    void (*function)(void *argument);
    void *argument;
} tally_test_job;

typedef struct tally_test_timer {
    struct tally_test_timer *next;
    uint64_t number, due, every;
    void (*function)(void *argument);
    void *argument;
} tally_test_timer;

typedef struct tally_test {
    tally_host host; /* first: the plugin's pointer is ours */
    const tally_plugin_descriptor *descriptor;
    void *plugin;

    /* Who calls, and where; change it between calls. */
    uint64_t session;
    const char *user, *client, *name, *address, *stream, *channel;
    uint32_t permissions;
    json_t *info;

    /* What the last call was answered. */
    tally_verdict verdict;
    int32_t code;
    char message[256];
    json_t *data;
    int32_t http_status;
    char http_body[4096];

    /* What the plugin did: the last line that it logged, and all that it asked for, as arrays of
     * {"method", "parameters"}, {"session", "data"}, and counters and gauges by name. */
    char logged[4097];
    json_t *calls, *sent, *figures;
    uint64_t disconnected;
    /* Answers `call`; gives a result, or NULL with *error set. Without it: an empty object. */
    json_t *(*on_call)(const char *method, const json_t *parameters, int32_t *error);

    /* The rest is its own. */
    json_t *settings;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t loop;
    tally_test_job *jobs;
    tally_test_timer *timers;
    uint64_t now, last_timer, ticket;
    int is_waiting, is_stopped;
} tally_test;

#define TALLY_TEST_LOOP(test)                                                                    \
    do {                                                                                         \
        if (!pthread_equal(pthread_self(), (test)->loop)) return TALLY_WRONG_THREAD;             \
    } while (0)

static tally_status tally_test_post(tally_host *host, void (*function)(void *), void *argument) {
    tally_test *test = (tally_test *)host;
    tally_test_job *job = calloc(1, sizeof *job), **end;
    if (!job || !function) abort();
    job->function = function;
    job->argument = argument;
    pthread_mutex_lock(&test->lock);
    for (end = &test->jobs; *end; end = &(*end)->next) {}
    *end = job;
    pthread_cond_signal(&test->changed);
    pthread_mutex_unlock(&test->lock);
    return TALLY_OK;
}

/* Runs what waits for the loop; 0: nothing came within the time. */
static int tally_test_run(tally_test *test, int seconds) {
    struct timespec end;
    tally_test_job *job;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += seconds;
    pthread_mutex_lock(&test->lock);
    while (!test->jobs && seconds > 0)
        if (pthread_cond_timedwait(&test->changed, &test->lock, &end)) break;
    job = test->jobs;
    if (job) test->jobs = job->next;
    pthread_mutex_unlock(&test->lock);
    if (!job) return 0;
    job->function(job->argument);
    free(job);
    return 1;
}

static void tally_test_take(tally_test *test, tally_verdict verdict, const tally_answer *answer) {
    json_decref(test->data);
    test->data = NULL;
    test->verdict = verdict;
    test->code = 0;
    test->message[0] = test->http_body[0] = 0;
    test->http_status = 0;
    if (!answer) return;
    if (verdict == TALLY_REJECT) {
        test->code = answer->code ? answer->code : 405;
        snprintf(test->message, sizeof test->message, "%s", answer->message ? answer->message : "");
    }
    if (verdict == TALLY_REPLACE) {
        test->data = json_incref(answer->data);
        test->http_status = answer->http_status ? answer->http_status : 200;
        if (answer->http_body)
            snprintf(test->http_body, sizeof test->http_body, "%.*s", (int)answer->http_body_length,
                     (const char *)answer->http_body);
    }
    json_decref(answer->data);
    json_decref(answer->http_headers);
}

/* ------------------------------------------------------------ what the plugin calls */

static tally_status tally_test_log(tally_host *host, tally_log_level level, const char *message,
                                   const json_t *fields) {
    tally_test *test = (tally_test *)host;
    char *text = fields ? json_dumps(fields, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    pthread_mutex_lock(&test->lock);
    snprintf(test->logged, sizeof test->logged, "%s%s%s", message, text ? " " : "", text ? text : "");
    pthread_mutex_unlock(&test->lock);
    free(text);
    (void)level;
    return TALLY_OK;
}

static const json_t *tally_test_settings(tally_host *host) { return ((tally_test *)host)->settings; }

static uint32_t tally_test_zero(tally_host *host) { return (void)host, 0; }

static uint32_t tally_test_one(tally_host *host) { return (void)host, 1; }

typedef struct tally_test_answer {
    tally_test *test;
    uint64_t ticket;
    tally_verdict verdict;
    tally_answer answer;
    char message[256];
    uint8_t body[4096];
} tally_test_answer;

static void tally_test_answered(void *argument) {
    tally_test_answer *late = argument;
    if (late->test->is_waiting && late->ticket == late->test->ticket) {
        late->test->is_waiting = 0;
        tally_test_take(late->test, late->verdict, &late->answer);
    } else {
        json_decref(late->answer.data);
        json_decref(late->answer.http_headers);
    }
    free(late);
}

static tally_status tally_test_answer_later(tally_host *host, uint64_t ticket,
                                            tally_verdict verdict, const tally_answer *answer) {
    tally_test_answer *late = calloc(1, sizeof *late);
    if (!late) abort();
    late->test = (tally_test *)host;
    late->ticket = ticket;
    late->verdict = verdict;
    if (answer) late->answer = *answer;
    if (late->answer.message) {
        snprintf(late->message, sizeof late->message, "%s", late->answer.message);
        late->answer.message = late->message;
    }
    if (late->answer.http_body) {
        if (late->answer.http_body_length > sizeof late->body)
            late->answer.http_body_length = sizeof late->body;
        memcpy(late->body, late->answer.http_body, late->answer.http_body_length);
        late->answer.http_body = late->body;
    }
    return tally_test_post(host, tally_test_answered, late);
}

typedef struct tally_test_work {
    tally_test *test;
    void (*work)(void *), (*done)(void *);
    void *argument;
} tally_test_work;

static void *tally_test_work_main(void *argument) {
    tally_test_work *job = argument;
    job->work(job->argument);
    if (job->done) tally_test_post(&job->test->host, job->done, job->argument);
    free(job);
    return NULL;
}

static tally_status tally_test_off_loop(tally_host *host, void (*work)(void *),
                                        void (*done)(void *), void *argument) {
    tally_test *test = (tally_test *)host;
    tally_test_work *job = calloc(1, sizeof *job);
    pthread_t thread;
    TALLY_TEST_LOOP(test);
    if (!job) abort();
    *job = (tally_test_work){test, work, done, argument};
    if (pthread_create(&thread, NULL, tally_test_work_main, job)) abort();
    pthread_detach(thread);
    return TALLY_OK;
}

static tally_status tally_test_start_timer(tally_host *host, uint64_t after, uint64_t every,
                                           void (*function)(void *), void *argument,
                                           uint64_t *number) {
    tally_test *test = (tally_test *)host;
    tally_test_timer *timer = calloc(1, sizeof *timer);
    TALLY_TEST_LOOP(test);
    if (!timer || !after || !function) return free(timer), TALLY_BAD_ARGUMENT;
    *timer = (tally_test_timer){test->timers, ++test->last_timer, test->now + after, every,
                                function,     argument};
    test->timers = timer;
    if (number) *number = timer->number;
    return TALLY_OK;
}

static tally_status tally_test_cancel_timer(tally_host *host, uint64_t number) {
    tally_test *test = (tally_test *)host;
    tally_test_timer **place, *timer;
    TALLY_TEST_LOOP(test);
    for (place = &test->timers; (timer = *place); place = &timer->next)
        if (timer->number == number) {
            *place = timer->next;
            free(timer);
            return TALLY_OK;
        }
    return TALLY_NOT_FOUND;
}

typedef struct tally_test_result {
    tally_done done;
    void *context;
    int32_t error;
    json_t *result;
} tally_test_result;

static void tally_test_done(void *argument) {
    tally_test_result *result = argument;
    if (result->done)
        result->done(result->context, result->error, result->error ? "refused by the test" : "",
                     result->error ? NULL : result->result);
    json_decref(result->result);
    free(result);
}

static tally_status tally_test_node(tally_host *host, const char *method, const json_t *parameters,
                                    tally_done done, void *context) {
    tally_test *test = (tally_test *)host;
    tally_test_result *result = calloc(1, sizeof *result);
    TALLY_TEST_LOOP(test);
    if (!result) abort();
    *result = (tally_test_result){done, context, 0, NULL};
    json_array_append_new(test->calls,
                          json_pack("{s:s, s:o}", "method", method, "parameters",
                                    parameters ? json_deep_copy(parameters) : json_object()));
    result->result = test->on_call ? test->on_call(method, parameters, &result->error) : json_object();
    return tally_test_post(host, tally_test_done, result);
}

static tally_status tally_test_send(tally_host *host, uint64_t session, const json_t *data) {
    tally_test *test = (tally_test *)host;
    TALLY_TEST_LOOP(test);
    json_array_append_new(test->sent, json_pack("{s:I, s:o}", "session", (json_int_t)session, "data",
                                                json_deep_copy(data)));
    return TALLY_OK;
}

static tally_status tally_test_disconnect(tally_host *host, uint64_t session, uint16_t code,
                                          const char *reason) {
    TALLY_TEST_LOOP((tally_test *)host);
    ((tally_test *)host)->disconnected = session;
    return (void)code, (void)reason, TALLY_OK;
}

static tally_status tally_test_unsubscribe(tally_host *host, uint64_t session,
                                           const char *channel) {
    TALLY_TEST_LOOP((tally_test *)host);
    return (void)session, (void)channel, TALLY_OK;
}

static tally_status tally_test_figure(tally_test *test, const char *name, json_int_t value, int add) {
    pthread_mutex_lock(&test->lock);
    if (add) value += json_integer_value(json_object_get(test->figures, name));
    json_object_set_new(test->figures, name, json_integer(value));
    pthread_mutex_unlock(&test->lock);
    return TALLY_OK;
}

static tally_status tally_test_count(tally_host *host, const char *name, uint64_t count) {
    return tally_test_figure((tally_test *)host, name, (json_int_t)count, 1);
}

static tally_status tally_test_gauge(tally_host *host, const char *name, int64_t value) {
    return tally_test_figure((tally_test *)host, name, value, 0);
}

static const void *tally_test_extension(tally_host *host, const char *name) {
    return (void)host, (void)name, NULL;
}

/* ------------------------------------------------------------ what the test calls */

/* Makes an instance; `settings`: JSON text, NULL for none. Ends the test when `create` fails. */
static inline tally_test *tally_test_start(const char *settings) {
    tally_test *test = calloc(1, sizeof *test);
    char error[256] = "";
    if (!test) abort();
    test->host = (tally_host){
        sizeof(tally_host),      TALLY_PLUGIN_ABI_MAJOR,  TALLY_PLUGIN_ABI_MINOR,
        tally_test_log,          tally_test_settings,     tally_test_zero,
        tally_test_one,          tally_test_answer_later, tally_test_post,
        tally_test_off_loop,     tally_test_start_timer,  tally_test_cancel_timer,
        tally_test_node,         tally_test_send,         tally_test_disconnect,
        tally_test_unsubscribe,  tally_test_count,        tally_test_gauge,
        tally_test_extension};
    test->user = "ana", test->client = "client-1", test->name = "Ana";
    test->address = "127.0.0.1", test->stream = "show", test->channel = "live:show";
    test->session = 1, test->permissions = TALLY_MAY_SUBSCRIBE | TALLY_MAY_PUBLISH;
    test->calls = json_array(), test->sent = json_array(), test->figures = json_object();
    test->settings = settings ? json_loads(settings, 0, NULL) : json_object();
    test->loop = pthread_self();
    pthread_mutex_init(&test->lock, NULL);
    pthread_cond_init(&test->changed, NULL);
    test->descriptor = tally_plugin();
    if (test->settings && test->descriptor && test->descriptor->create)
        test->plugin = test->descriptor->create(&test->host, error, sizeof error);
    if (!test->plugin) {
        fprintf(stderr, "the plugin does not start: %s\n",
                test->settings ? error : "the settings are no JSON");
        exit(1);
    }
    return test;
}

/* Calls a hook of `test->descriptor`, with `data` as JSON text. The answer is in `test`. */
static inline tally_verdict tally_test_call(tally_test *test, tally_hook hook, const char *data) {
    tally_answer answer = {.struct_size = sizeof answer};
    json_t *json = json_loads(data, 0, NULL);
    tally_call call = {.struct_size = sizeof call,
                       .ticket = ++test->ticket,
                       .session = test->session,
                       .time = 1700000000000,
                       .deadline = 1700000001000,
                       .user = test->user,
                       .client = test->client,
                       .name = test->name,
                       .address = test->address,
                       .info = test->info,
                       .channel = test->channel,
                       .stream = test->stream,
                       .permissions = test->permissions,
                       .data = json};
    tally_verdict verdict;
    if (!json || !hook) {
        fprintf(stderr, "%s: %s\n", hook ? "not JSON" : "the plugin has no such hook", data);
        exit(1);
    }
    verdict = hook(test->plugin, &call, &answer);
    test->is_waiting = verdict == TALLY_PENDING;
    tally_test_take(test, verdict, &answer);
    while (test->is_waiting && tally_test_run(test, 10)) {}
    while (!test->is_waiting && tally_test_run(test, 0)) {}
    json_decref(json);
    return test->verdict;
}

/* A comment, by its text. */
static inline tally_verdict tally_test_comment(tally_test *test, const char *text) {
    json_t *data = json_pack("{s:s}", "text", text);
    char *dump = data ? json_dumps(data, 0) : NULL;
    tally_verdict verdict = tally_test_call(test, test->descriptor->comment, dump ? dump : "");
    free(dump);
    json_decref(data);
    return verdict;
}

/* Moves the time on, and with it the timers that are due. */
static inline void tally_test_advance(tally_test *test, uint64_t milliseconds) {
    uint64_t end = test->now + milliseconds;
    for (;;) {
        tally_test_timer *timer, *first = NULL;
        void (*function)(void *);
        void *argument;
        for (timer = test->timers; timer; timer = timer->next)
            if (timer->due <= end && (!first || timer->due < first->due)) first = timer;
        if (!first) break;
        function = first->function, argument = first->argument;
        test->now = first->due;
        if (first->every)
            first->due += first->every;
        else
            tally_test_cancel_timer(&test->host, first->number);
        function(argument);
    }
    test->now = end;
    while (tally_test_run(test, 0)) {}
}

/* Ends the instance and the test; returns what `main` is to return. */
static inline int tally_test_stop(tally_test *test) {
    if (test->descriptor->destroy) test->descriptor->destroy(test->plugin);
    while (tally_test_run(test, 0)) {}
    while (test->timers) tally_test_cancel_timer(&test->host, test->timers->number);
    json_decref(test->data);
    json_decref(test->calls);
    json_decref(test->sent);
    json_decref(test->figures);
    json_decref(test->settings);
    json_decref(test->info);
    free(test);
    if (!tally_test_failures) puts("all well");
    return tally_test_failures != 0;
}

#endif

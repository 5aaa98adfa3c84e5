/* SPDX-License-Identifier: Apache-2.0 */
/* What the courier's own files share. All but the inbox belongs to its thread. */
#ifndef WEBHOOK_COURIER_PARTS_H
#define WEBHOOK_COURIER_PARTS_H

#include "courier.h"
#include "lanes.h"
#include "patience.h"
#include "verdict.h"

#include <curl/curl.h>
#include <pthread.h>

#pragma GCC visibility push(hidden)

/* Requests under way to one endpoint: what a small service can take, and enough for some thousand
 * decisions a second of one that answers in 10 ms. */
#define WEBHOOK_IN_FLIGHT_LIMIT 32
/* What waits of notices that the hub keeps for us, beyond the queue's limit: it keeps no more. */
#define WEBHOOK_KEPT_LIMIT 1024

typedef struct webhook_endpoint {
    const webhook_endpoint_settings *settings;
    webhook_courier *courier;
    webhook_breaker breaker;
    webhook_lanes lanes;
    webhook_message *first_question, *last_question;
    unsigned in_flight;
    bool is_gone; /* it has said so: 410 */
} webhook_endpoint;

typedef struct webhook_transfer {
    struct webhook_transfer *earlier, *later;
    webhook_endpoint *endpoint;
    webhook_lane *lane; /* NULL: a question */
    webhook_message *message;
    CURL *curl;
    struct curl_slist *headers;
    bool was_refused; /* the address that its name has */
    bool is_too_long;
    size_t reply_length;
    char *reply; /* WEBHOOK_REPLY_LIMIT bytes, of a question only */
} webhook_transfer;

struct webhook_courier {
    tally_host *host;
    const webhook_settings *settings;
    CURLM *multi;
    pthread_t thread;
    uint64_t random;
    webhook_transfer *transfers;
    size_t endpoint_count;
    webhook_endpoint endpoints[WEBHOOK_ENDPOINT_LIMIT];

    pthread_mutex_t lock; /* of what follows */
    webhook_message *first, *last;
    size_t queued, queued_bytes;
    bool is_stopping;
};

uint64_t webhook_random(webhook_courier *courier);
void webhook_count(webhook_courier *courier, const char *counter);
void webhook_tell(const webhook_endpoint *endpoint, tally_log_level level, const char *message);

/* A delivery's end, good or bad. */
void webhook_message_left(webhook_courier *courier, webhook_message *message);

/* Answers a question as the settings say for one that has no answer. */
void webhook_question_failed(webhook_endpoint *endpoint, webhook_message *message);

/* Puts a message where it waits. */
void webhook_endpoint_add(webhook_endpoint *endpoint, webhook_message *message);

/* Sends what is due. Milliseconds until something will be, at most `longest`. */
int64_t webhook_endpoint_turn(webhook_endpoint *endpoint, int64_t now, int64_t longest);

/* Whether something of it could go out now. */
bool webhook_endpoint_has_due(const webhook_endpoint *endpoint, int64_t now);

/* Lets all go that waits. */
void webhook_endpoint_clear(webhook_endpoint *endpoint);

/* A request's end. `is_success`: it has said 2xx in time. */
void webhook_endpoint_heard(webhook_endpoint *endpoint, webhook_transfer *transfer,
                            bool is_success, long status, int64_t retry_after_ms);

/* False when there is no memory for it. */
bool webhook_transfer_start(webhook_endpoint *endpoint, webhook_lane *lane,
                            webhook_message *message);
void webhook_transfer_finish(webhook_transfer *transfer, CURLcode result);
void webhook_transfer_free(webhook_transfer *transfer);

#pragma GCC visibility pop

#endif

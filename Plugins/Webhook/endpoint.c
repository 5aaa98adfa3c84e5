/* SPDX-License-Identifier: Apache-2.0 */

#include "courier_parts.h"

#include <stdlib.h>

enum { GONE = 410 };

void webhook_question_failed(webhook_endpoint *endpoint, webhook_message *message)
{
    tally_host *host = endpoint->courier->host;
    bool allows = endpoint->settings->allows_on_failure;
    tally_answer answer = {.struct_size = sizeof answer, .message = "no decision"};
    webhook_count(endpoint->courier, "undecided");
    host->answer(host, message->ticket, allows ? TALLY_ALLOW : TALLY_REJECT, &answer);
    webhook_message_left(endpoint->courier, message);
}

void webhook_endpoint_add(webhook_endpoint *endpoint, webhook_message *message)
{
    if (message->is_question) {
        if (endpoint->last_question != NULL)
            endpoint->last_question->next = message;
        else
            endpoint->first_question = message;
        endpoint->last_question = message;
        return;
    }
    webhook_message *older = webhook_lanes_add(&endpoint->lanes, message);
    if (older != NULL)
        webhook_message_left(endpoint->courier, older);
}

static webhook_message *next_question(webhook_endpoint *endpoint)
{
    webhook_message *question = endpoint->first_question;
    endpoint->first_question = question->next;
    if (endpoint->first_question == NULL)
        endpoint->last_question = NULL;
    question->next = NULL;
    return question;
}

static void ask(webhook_endpoint *endpoint, int64_t now)
{
    while (endpoint->first_question != NULL) {
        bool has_room = endpoint->in_flight < WEBHOOK_IN_FLIGHT_LIMIT;
        bool is_late = endpoint->first_question->expires_at <= now;
        bool is_hopeless = endpoint->is_gone || is_late;
        if (!is_hopeless && !has_room)
            return;
        /* The breaker comes last: when it admits a probe, one must go out. */
        webhook_message *question = next_question(endpoint);
        if (is_hopeless || !webhook_breaker_admits(&endpoint->breaker, now)
            || !webhook_transfer_start(endpoint, NULL, question))
            webhook_question_failed(endpoint, question);
    }
}

static void lose_first(webhook_endpoint *endpoint, webhook_lane *lane)
{
    webhook_count(endpoint->courier, "given_up");
    webhook_message_left(endpoint->courier, webhook_lanes_remove_first(&endpoint->lanes, lane));
}

static int64_t sooner(int64_t wait, int64_t until, int64_t now)
{
    int64_t left = until > now ? until - now : 0;
    return left < wait ? left : wait;
}

int64_t webhook_endpoint_turn(webhook_endpoint *endpoint, int64_t now, int64_t longest)
{
    int64_t wait = longest;
    ask(endpoint, now);
    if (endpoint->first_question != NULL)
        wait = sooner(wait, endpoint->first_question->expires_at, now);
    webhook_lane *lane = endpoint->lanes.first;
    while (lane != NULL) {
        webhook_lane *later = lane->later;
        const webhook_delivery *first = lane->first;
        if (lane->is_busy) {
            /* Its end wakes us. */
        } else if (endpoint->is_gone || first->message->expires_at <= now) {
            lose_first(endpoint, lane);
            wait = 0; /* the lane has gone to the end; look at it again */
        } else if (first->due_at > now) {
            wait = sooner(wait, first->due_at, now);
            wait = sooner(wait, first->message->expires_at, now);
        } else if (endpoint->in_flight < WEBHOOK_IN_FLIGHT_LIMIT
                   && webhook_breaker_admits(&endpoint->breaker, now)) {
            if (webhook_transfer_start(endpoint, lane, first->message))
                lane->is_busy = true;
            else
                lose_first(endpoint, lane);
        } else {
            if (endpoint->breaker.is_open && !endpoint->breaker.is_probing)
                wait = sooner(wait, endpoint->breaker.open_until, now);
            wait = sooner(wait, first->message->expires_at, now);
        }
        lane = later;
    }
    return wait;
}

bool webhook_endpoint_has_due(const webhook_endpoint *endpoint, int64_t now)
{
    if (endpoint->is_gone || endpoint->breaker.is_open)
        return false;
    for (const webhook_lane *lane = endpoint->lanes.first; lane != NULL; lane = lane->later)
        if (!lane->is_busy && lane->first->due_at <= now)
            return true;
    return endpoint->first_question != NULL;
}

void webhook_endpoint_clear(webhook_endpoint *endpoint)
{
    while (endpoint->lanes.first != NULL) {
        webhook_message *message =
            webhook_lanes_remove_first(&endpoint->lanes, endpoint->lanes.first);
        /* Not answered: what the hub keeps, it tells another worker. */
        message->ticket = 0;
        webhook_message_left(endpoint->courier, message);
    }
    while (endpoint->first_question != NULL)
        webhook_question_failed(endpoint, next_question(endpoint));
}

static void failed(webhook_endpoint *endpoint, long status)
{
    webhook_courier *courier = endpoint->courier;
    const webhook_settings *settings = courier->settings;
    webhook_count(courier, "failures");
    if (status == GONE && !endpoint->is_gone) {
        endpoint->is_gone = true;
        webhook_tell(endpoint, TALLY_ERROR, "the endpoint is gone (410); nothing is sent until a reload");
    }
    bool has_opened = webhook_breaker_failed(
        &endpoint->breaker, webhook_now(), settings->breaker_failures, settings->breaker_first_ms,
        settings->breaker_longest_ms, webhook_random(courier));
    if (has_opened) {
        webhook_count(courier, "circuit_openings");
        webhook_tell(endpoint, TALLY_WARNING, "the endpoint does not do well; it is left alone for a while");
    }
}

static void succeeded(webhook_endpoint *endpoint)
{
    if (webhook_breaker_succeeded(&endpoint->breaker))
        webhook_tell(endpoint, TALLY_INFO, "the endpoint does well again");
}

void webhook_endpoint_heard(webhook_endpoint *endpoint, webhook_transfer *transfer,
                            bool is_success, long status, int64_t retry_after_ms)
{
    webhook_courier *courier = endpoint->courier;
    const webhook_settings *settings = courier->settings;
    if (is_success)
        succeeded(endpoint);
    else
        failed(endpoint, status);
    if (transfer->lane == NULL)
        return;
    webhook_lane *lane = transfer->lane;
    if (is_success) {
        webhook_count(courier, "delivered");
        webhook_message_left(courier, webhook_lanes_remove_first(&endpoint->lanes, lane));
        return;
    }
    webhook_delivery *delivery = lane->first;
    lane->is_busy = false;
    delivery->attempts++;
    int64_t pause = webhook_pause(delivery->attempts, settings->first_retry_ms,
                                  settings->longest_retry_ms, webhook_random(courier));
    if (retry_after_ms > settings->longest_retry_ms)
        retry_after_ms = settings->longest_retry_ms;
    delivery->due_at = webhook_now() + (retry_after_ms > pause ? retry_after_ms : pause);
}

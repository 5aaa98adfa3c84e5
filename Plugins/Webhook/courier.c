/* SPDX-License-Identifier: Apache-2.0 */

#include "courier_parts.h"

#include <openssl/rand.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Without anything due the thread looks about once in this time; a message wakes it at once. */
static const int64_t LONGEST_WAIT_MS = 60000;

/* SplitMix64: for jitter, not for secrets. */
uint64_t webhook_random(webhook_courier *courier)
{
    uint64_t mixed = courier->random += 0x9e3779b97f4a7c15u;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
    return mixed ^ (mixed >> 31);
}

void webhook_count(webhook_courier *courier, const char *counter)
{
    courier->host->add_to_counter(courier->host, counter, 1);
}

void webhook_tell(const webhook_endpoint *endpoint, tally_log_level level, const char *message)
{
    tally_host *host = endpoint->courier->host;
    json_t *fields = json_pack("{s:s}", "endpoint", endpoint->settings->name);
    host->log(host, level, message, fields);
    json_decref(fields);
}

void webhook_message_left(webhook_courier *courier, webhook_message *message)
{
    if (--message->deliveries_left > 0)
        return;
    pthread_mutex_lock(&courier->lock);
    courier->queued--;
    courier->queued_bytes -= message->body_length;
    size_t queued = courier->queued;
    pthread_mutex_unlock(&courier->lock);
    tally_host *host = courier->host;
    host->set_gauge(host, "queued", (int64_t)queued);
    if (message->ticket != 0 && !message->is_question)
        host->answer(host, message->ticket, TALLY_ALLOW, NULL);
    webhook_message_free(message);
}

/* Moves what came in to where it waits. Whether the courier is to stop. */
static bool take_inbox(webhook_courier *courier)
{
    pthread_mutex_lock(&courier->lock);
    webhook_message *message = courier->first;
    courier->first = courier->last = NULL;
    bool is_stopping = courier->is_stopping;
    pthread_mutex_unlock(&courier->lock);
    while (message != NULL) {
        webhook_message *next = message->next;
        message->next = NULL;
        uint32_t endpoints = message->endpoints;
        for (size_t i = 0; i < courier->endpoint_count; i++)
            message->deliveries_left += (endpoints >> i) & 1;
        for (size_t i = 0; i < courier->endpoint_count; i++)
            if ((endpoints >> i) & 1)
                webhook_endpoint_add(&courier->endpoints[i], message);
        message = next;
    }
    return is_stopping;
}

static void collect(webhook_courier *courier)
{
    int running = 0, left = 0;
    curl_multi_perform(courier->multi, &running);
    CURLMsg *news;
    while ((news = curl_multi_info_read(courier->multi, &left)) != NULL) {
        if (news->msg != CURLMSG_DONE)
            continue;
        webhook_transfer *transfer = NULL;
        CURLcode result = news->data.result;
        curl_easy_getinfo(news->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
        if (transfer != NULL)
            webhook_transfer_finish(transfer, result);
    }
}

static bool has_due(const webhook_courier *courier, int64_t now)
{
    for (size_t i = 0; i < courier->endpoint_count; i++)
        if (webhook_endpoint_has_due(&courier->endpoints[i], now))
            return true;
    return false;
}

static void *run(void *context)
{
    webhook_courier *courier = context;
    int64_t drain_until = 0;
    for (;;) {
        bool is_stopping = take_inbox(courier);
        int64_t now = webhook_now();
        int64_t wait = LONGEST_WAIT_MS;
        if (is_stopping && drain_until == 0)
            drain_until = now + courier->settings->drain_ms;
        collect(courier);
        for (size_t i = 0; i < courier->endpoint_count; i++)
            wait = webhook_endpoint_turn(&courier->endpoints[i], now, wait);
        if (is_stopping) {
            now = webhook_now();
            bool is_empty = courier->transfers == NULL && !has_due(courier, now);
            if (is_empty || now >= drain_until)
                break;
            wait = drain_until - now < wait ? drain_until - now : wait;
        }
        curl_multi_poll(courier->multi, NULL, 0, (int)wait, NULL);
    }
    while (courier->transfers != NULL)
        webhook_transfer_free(courier->transfers);
    for (size_t i = 0; i < courier->endpoint_count; i++)
        webhook_endpoint_clear(&courier->endpoints[i]);
    return NULL;
}

/* A process's signals are its loop's business: none may be delivered to this thread. */
static bool start_thread(webhook_courier *courier)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&courier->thread, NULL, run, courier);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error == 0;
}

webhook_courier *webhook_courier_start(tally_host *host, const webhook_settings *settings,
                                       char *error, size_t error_size)
{
    webhook_courier *courier = calloc(1, sizeof *courier);
    if (courier == NULL)
        abort();
    courier->host = host;
    courier->settings = settings;
    courier->endpoint_count = settings->endpoint_count;
    for (size_t i = 0; i < settings->endpoint_count; i++) {
        courier->endpoints[i].settings = &settings->endpoints[i];
        courier->endpoints[i].courier = courier;
    }
    courier->multi = curl_multi_init();
    bool is_ready = courier->multi != NULL
        && RAND_bytes((unsigned char *)&courier->random, sizeof courier->random) == 1
        && pthread_mutex_init(&courier->lock, NULL) == 0;
    if (!is_ready || !start_thread(courier)) {
        snprintf(error, error_size, "the thread that sends cannot be started");
        curl_multi_cleanup(courier->multi);
        free(courier);
        return NULL;
    }
    return courier;
}

/* Under the lock. */
static bool has_room(const webhook_courier *courier, const webhook_message *message)
{
    const webhook_settings *settings = courier->settings;
    bool is_kept = message->ticket != 0 && !message->is_question;
    size_t reserve = is_kept ? WEBHOOK_KEPT_LIMIT : 0;
    return courier->queued < settings->queue_limit + reserve
        && (is_kept || courier->queued_bytes + message->body_length <= settings->queue_bytes_limit);
}

bool webhook_courier_take(webhook_courier *courier, webhook_message *given_message)
{
    pthread_mutex_lock(&courier->lock);
    bool fits = has_room(courier, given_message);
    if (fits) {
        courier->queued++;
        courier->queued_bytes += given_message->body_length;
        if (courier->last != NULL)
            courier->last->next = given_message;
        else
            courier->first = given_message;
        courier->last = given_message;
    }
    pthread_mutex_unlock(&courier->lock);
    if (!fits) {
        webhook_message_free(given_message);
        return false;
    }
    curl_multi_wakeup(courier->multi);
    return true;
}

void webhook_courier_stop(webhook_courier *courier)
{
    pthread_mutex_lock(&courier->lock);
    courier->is_stopping = true;
    pthread_mutex_unlock(&courier->lock);
    curl_multi_wakeup(courier->multi);
    pthread_join(courier->thread, NULL);
    curl_multi_cleanup(courier->multi);
    pthread_mutex_destroy(&courier->lock);
    free(courier);
}

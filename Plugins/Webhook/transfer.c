/* SPDX-License-Identifier: Apache-2.0 */

#include "courier_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

/* A name's addresses are judged here, when one is about to be called: whatever the name meant when it
 * was last looked up, and whatever it will mean next. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *socket_address)
{
    webhook_transfer *transfer = context;
    const webhook_settings *settings = transfer->endpoint->courier->settings;
    address called;
    bool may_call = purpose == CURLSOCKTYPE_IPCXN
        && address_of_socket(&socket_address->addr, &called)
        && (address_is_public(&called) || address_list_contains(&settings->allowed, &called));
    if (!may_call) {
        transfer->was_refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(socket_address->family, socket_address->socktype | SOCK_CLOEXEC,
                  socket_address->protocol);
}

static size_t take_reply(char *bytes, size_t one, size_t count, void *context)
{
    webhook_transfer *transfer = context;
    size_t length = one * count;
    if (length > WEBHOOK_REPLY_LIMIT - transfer->reply_length) {
        transfer->is_too_long = true;
        return 0;
    }
    if (transfer->reply != NULL)
        memcpy(transfer->reply + transfer->reply_length, bytes, length);
    transfer->reply_length += length;
    return length;
}

static bool add_header(webhook_transfer *transfer, const char *text)
{
    struct curl_slist *longer = curl_slist_append(transfer->headers, text);
    if (longer == NULL)
        return false;
    transfer->headers = longer;
    return true;
}

static bool add_headers(webhook_transfer *transfer)
{
    const webhook_message *message = transfer->message;
    const webhook_secrets *secrets = &transfer->endpoint->settings->secrets;
    int64_t timestamp = (int64_t)time(NULL);
    char signature[WEBHOOK_SIGNATURE_SIZE];
    char line[WEBHOOK_SIGNATURE_SIZE + WEBHOOK_ID_LIMIT + 64];
    if (!webhook_sign(secrets, message->id, timestamp, message->body, message->body_length, signature))
        return false;
    bool is_added = add_header(transfer, "Content-Type: application/json");
    /* Without it libcurl waits a second for "100 Continue" before it sends a large body. */
    is_added = is_added && add_header(transfer, "Expect:");
    snprintf(line, sizeof line, "webhook-id: %s", message->id);
    is_added = is_added && add_header(transfer, line);
    snprintf(line, sizeof line, "webhook-timestamp: %" PRId64, timestamp);
    is_added = is_added && add_header(transfer, line);
    snprintf(line, sizeof line, "webhook-signature: %s", signature);
    return is_added && add_header(transfer, line);
}

static void set_options(webhook_transfer *transfer, int64_t now)
{
    const webhook_endpoint_settings *settings = transfer->endpoint->settings;
    const webhook_message *message = transfer->message;
    CURL *curl = transfer->curl;
    int64_t timeout = settings->timeout_ms;
    if (message->is_question && message->expires_at - now < timeout)
        timeout = message->expires_at - now;
    curl_easy_setopt(curl, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(curl, CURLOPT_URL, settings->url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, transfer->headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)message->body_length);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, message->body);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "Tally-Webhook/1.0");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)timeout);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_reply);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, transfer);
    /* A proxy of the environment would call the address for us, unjudged. */
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    if (settings->ca_file[0] != '\0')
        curl_easy_setopt(curl, CURLOPT_CAINFO, settings->ca_file);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    /* A look-up that hangs is left behind at the end, not waited for. */
    curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
}

bool webhook_transfer_start(webhook_endpoint *endpoint, webhook_lane *lane, webhook_message *message)
{
    webhook_courier *courier = endpoint->courier;
    webhook_transfer *transfer = calloc(1, sizeof *transfer);
    if (transfer == NULL)
        abort();
    transfer->endpoint = endpoint;
    transfer->lane = lane;
    transfer->message = message;
    transfer->later = courier->transfers;
    if (courier->transfers != NULL)
        courier->transfers->earlier = transfer;
    courier->transfers = transfer;
    endpoint->in_flight++;
    transfer->curl = curl_easy_init();
    if (message->is_question)
        transfer->reply = malloc(WEBHOOK_REPLY_LIMIT);
    bool is_ready = transfer->curl != NULL && add_headers(transfer)
        && (!message->is_question || transfer->reply != NULL);
    if (is_ready) {
        set_options(transfer, webhook_now());
        is_ready = curl_multi_add_handle(courier->multi, transfer->curl) == CURLM_OK;
    }
    if (!is_ready) {
        transfer->message = NULL; /* stays its caller's */
        endpoint->breaker.is_probing = false;
        webhook_transfer_free(transfer);
    }
    return is_ready;
}

static void decide(webhook_transfer *transfer, bool *is_success)
{
    webhook_endpoint *endpoint = transfer->endpoint;
    webhook_message *question = transfer->message;
    tally_host *host = endpoint->courier->host;
    webhook_verdict verdict;
    transfer->message = NULL;
    if (*is_success)
        *is_success = webhook_verdict_read(transfer->reply, transfer->reply_length, &verdict);
    if (!*is_success) {
        webhook_question_failed(endpoint, question);
        return;
    }
    tally_answer answer = {
        .struct_size = sizeof answer,
        .code = verdict.code,
        .message = verdict.message,
        .data = verdict.data,
    };
    webhook_count(endpoint->courier, "decided");
    host->answer(host, question->ticket, verdict.verdict, &answer);
    webhook_message_left(endpoint->courier, question);
}

void webhook_transfer_finish(webhook_transfer *transfer, CURLcode result)
{
    long status = 0;
    curl_off_t retry_after = 0;
    curl_easy_getinfo(transfer->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(transfer->curl, CURLINFO_RETRY_AFTER, &retry_after);
    webhook_endpoint *endpoint = transfer->endpoint;
    if (transfer->was_refused && result != CURLE_OK) {
        webhook_count(endpoint->courier, "refused_addresses");
        webhook_tell(endpoint, TALLY_ERROR, "the endpoint's address is not public, and not allowed");
    }
    /* A notice needs no more than the status; a reply to a question has to be whole. */
    bool is_heard = result == CURLE_OK || (transfer->lane != NULL && transfer->is_too_long);
    bool is_success = is_heard && status >= 200 && status < 300;
    if (transfer->lane == NULL)
        decide(transfer, &is_success);
    if (retry_after > 86400)
        retry_after = 86400;
    webhook_endpoint_heard(endpoint, transfer, is_success, status, 1000 * (int64_t)retry_after);
    transfer->message = NULL;
    webhook_transfer_free(transfer);
}

void webhook_transfer_free(webhook_transfer *transfer)
{
    webhook_courier *courier = transfer->endpoint->courier;
    if (transfer->message != NULL && transfer->lane == NULL)
        webhook_question_failed(transfer->endpoint, transfer->message);
    if (transfer->earlier != NULL)
        transfer->earlier->later = transfer->later;
    else
        courier->transfers = transfer->later;
    if (transfer->later != NULL)
        transfer->later->earlier = transfer->earlier;
    transfer->endpoint->in_flight--;
    if (transfer->curl != NULL) {
        curl_multi_remove_handle(courier->multi, transfer->curl);
        curl_easy_cleanup(transfer->curl);
    }
    curl_slist_free_all(transfer->headers);
    free(transfer->reply);
    free(transfer);
}

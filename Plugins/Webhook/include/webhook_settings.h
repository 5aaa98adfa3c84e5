/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEBHOOK_SETTINGS_H
#define WEBHOOK_SETTINGS_H

#include "address_ranges.h"
#include "signature.h"

#include <jansson.h>

#pragma GCC visibility push(hidden)

#define WEBHOOK_ENDPOINT_LIMIT 8
#define WEBHOOK_NAME_LIMIT 32
#define WEBHOOK_URL_LIMIT 1024
#define WEBHOOK_PATH_LIMIT 1024

/* What can be told; the names are in `webhook_event_names`. */
typedef enum webhook_event {
    WEBHOOK_STARTED,
    WEBHOOK_UPDATED,
    WEBHOOK_INTERRUPTED,
    WEBHOOK_RESUMED,
    WEBHOOK_STOPPED,
    WEBHOOK_VIEWERS,
    WEBHOOK_COMMENTED,
    WEBHOOK_SUBSCRIBED,
    WEBHOOK_UNSUBSCRIBED,
    WEBHOOK_DISCONNECTED,
    WEBHOOK_EVENT_COUNT,
} webhook_event;

/* What can be asked. */
typedef enum webhook_decision {
    WEBHOOK_CONNECT,
    WEBHOOK_SUBSCRIBE,
    WEBHOOK_LIVE_START,
    WEBHOOK_LIVE_STOP,
    WEBHOOK_LIVE_UPDATE,
    WEBHOOK_COMMENT,
    WEBHOOK_PUBLISH,
    WEBHOOK_DECISION_COUNT,
} webhook_decision;

extern const char *const webhook_event_names[WEBHOOK_EVENT_COUNT];
extern const char *const webhook_decision_names[WEBHOOK_DECISION_COUNT];

typedef struct webhook_endpoint_settings {
    char name[WEBHOOK_NAME_LIMIT + 1];
    char url[WEBHOOK_URL_LIMIT + 1];
    char ca_file[WEBHOOK_PATH_LIMIT + 1]; /* empty: the system's */
    uint32_t events;    /* bits by `webhook_event` */
    uint32_t decisions; /* bits by `webhook_decision` */
    bool allows_on_failure;
    int64_t timeout_ms;
    webhook_secrets secrets;
} webhook_endpoint_settings;

typedef struct webhook_settings {
    size_t endpoint_count;
    webhook_endpoint_settings endpoints[WEBHOOK_ENDPOINT_LIMIT];
    address_list allowed; /* of what is not public */
    bool allows_plain_http;
    bool tells_addresses;
    size_t queue_limit;
    size_t queue_bytes_limit;
    int64_t first_retry_ms;
    int64_t longest_retry_ms;
    int64_t give_up_ms;
    unsigned breaker_failures;
    int64_t breaker_first_ms;
    int64_t breaker_longest_ms;
    int64_t drain_ms;
} webhook_settings;

/* JSON Schema of the manifest's `settings`. */
extern const char webhook_settings_schema[];

/* Reads settings that fit the schema, and the files that they name. False with a text in `error`. */
bool webhook_settings_read(const json_t *value, webhook_settings *settings, char *error,
                           size_t error_size);

/* Which endpoint decides this; NULL: none. */
const webhook_endpoint_settings *webhook_decider(const webhook_settings *settings,
                                                 webhook_decision decision);

#pragma GCC visibility pop

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEBHOOK_MESSAGE_H
#define WEBHOOK_MESSAGE_H

#include "webhook_settings.h"

#pragma GCC visibility push(hidden)

/* Bytes of an id, without the NUL. */
#define WEBHOOK_ID_LIMIT 160
/* Of what keeps an order: a stream's id, a channel's name, or a client's. */
#define WEBHOOK_LANE_LIMIT 255

/* What is to be sent: made on the loop, then the courier's alone. */
typedef struct webhook_message {
    struct webhook_message *next;
    char id[WEBHOOK_ID_LIMIT + 1];
    char lane[WEBHOOK_LANE_LIMIT + 1];
    /* A later one of the same lane makes it worthless. */
    bool is_conflated;
    /* Asks one endpoint for a verdict; else it tells all in `endpoints` something. */
    bool is_question;
    uint32_t endpoints; /* bits by their place in the settings */
    uint64_t ticket;    /* to be answered at the end; 0: none */
    int64_t expires_at; /* milliseconds of the monotonic clock */
    unsigned deliveries_left;
    size_t body_length;
    char *body;
} webhook_message;

/* Takes `given_body`, which free() will end. */
webhook_message *webhook_message_make(char *given_body);
void webhook_message_free(webhook_message *message);

/* Milliseconds of the monotonic clock. */
int64_t webhook_now(void);

/* Writes an id: a prefix, and what of `text` an id may have; everything else becomes "_". Without text it is
 * 128 random bits. */
bool webhook_message_name(webhook_message *message, const char *prefix, const char *text);

#pragma GCC visibility pop

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The thread that carries messages to endpoints, so that the worker's loop never waits for one. */
#ifndef WEBHOOK_COURIER_H
#define WEBHOOK_COURIER_H

#include "message.h"

#include <tally_plugin.h>

#pragma GCC visibility push(hidden)

typedef struct webhook_courier webhook_courier;

/* Borrows both for as long as it lives. NULL with a text in `error`. */
webhook_courier *webhook_courier_start(tally_host *host, const webhook_settings *settings,
                                       char *error, size_t error_size);

/* Takes the message. False, and the message is gone, when the queue is full. */
bool webhook_courier_take(webhook_courier *courier, webhook_message *given_message);

/* Ends the thread: what could be sent at once has `drain_ms` for it. */
void webhook_courier_stop(webhook_courier *courier);

#pragma GCC visibility pop

#endif

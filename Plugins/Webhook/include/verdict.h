/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEBHOOK_VERDICT_H
#define WEBHOOK_VERDICT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

/* Bytes of an endpoint's reply. */
#define WEBHOOK_REPLY_LIMIT 65536
/* Bytes of a refusal's message, as the plugin interface has it. */
#define WEBHOOK_MESSAGE_LIMIT 255

typedef struct webhook_verdict {
    int32_t verdict; /* TALLY_ALLOW, TALLY_REPLACE, TALLY_REJECT */
    int32_t code;
    char message[WEBHOOK_MESSAGE_LIMIT + 1];
    json_t *data; /* with TALLY_REPLACE: the reader's own reference */
} webhook_verdict;

/* Reads {"verdict": "allow"}, {"verdict": "replace", "data": {...}} or {"verdict": "reject", "code"?,
 * "message"?}. False when it is none of these. */
bool webhook_verdict_read(const char *bytes, size_t count, webhook_verdict *verdict);

#pragma GCC visibility pop

#endif

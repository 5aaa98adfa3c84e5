/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures as Standard Webhooks defines them (standardwebhooks.com): HMAC-SHA256 over
 * `id.timestamp.body`, one for each secret, so that a receiver that knows the old or the new one is served
 * while a secret is being replaced.
 */
#ifndef WEBHOOK_SIGNATURE_H
#define WEBHOOK_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

/* Bytes of a secret, as the specification has it. */
#define WEBHOOK_SECRET_MINIMUM 24
#define WEBHOOK_SECRET_MAXIMUM 64
/* The new one and the old one. */
#define WEBHOOK_SECRET_LIMIT 2

typedef struct webhook_secret {
    size_t length;
    uint8_t bytes[WEBHOOK_SECRET_MAXIMUM];
} webhook_secret;

typedef struct webhook_secrets {
    size_t count;
    webhook_secret secrets[WEBHOOK_SECRET_LIMIT];
} webhook_secrets;

/* Reads "whsec_" and base64. */
bool webhook_secret_parse(const char *text, webhook_secret *secret);

/* Reads a file with one secret in a line, the new one first, which only its owner may read. False with a
 * text in `error`, which has nothing of the secrets. */
bool webhook_secrets_read(const char *path, webhook_secrets *secrets, char *error, size_t error_size);

/* "v1," and 44 characters for each secret, with a blank between. */
#define WEBHOOK_SIGNATURE_SIZE (WEBHOOK_SECRET_LIMIT * 48 + 1)

/* Writes the value of `webhook-signature`. `timestamp`: Unix seconds. */
bool webhook_sign(const webhook_secrets *secrets, const char *id, int64_t timestamp,
                  const char *body, size_t body_length, char signature[WEBHOOK_SIGNATURE_SIZE]);

#pragma GCC visibility pop

#endif

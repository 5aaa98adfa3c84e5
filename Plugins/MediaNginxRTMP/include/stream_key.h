/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stream keys: who publishes a stream knows one, and what is kept of it is its digest.
 *
 * A key has 256 random bits, so a plain SHA-256 is enough: there is no dictionary to try.
 */
#ifndef MEDIA_STREAM_KEY_H
#define MEDIA_STREAM_KEY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

/* "tsk_" and 64 hexadecimal digits. */
#define MEDIA_STREAM_KEY_LENGTH 68
#define MEDIA_DIGEST_SIZE 32
/* The newest, and one that is still good for a while after it was replaced. */
#define MEDIA_KEYS_PER_STREAM 2
#define MEDIA_KEY_ID_LENGTH 12

/* Makes a key. False when the system has no random bytes to give. */
bool media_stream_key_make(char text[MEDIA_STREAM_KEY_LENGTH + 1]);

void media_digest(const char *text, uint8_t digest[MEDIA_DIGEST_SIZE]);

/* In a time that does not tell where they differ. */
bool media_digests_equal(const uint8_t *one, const uint8_t *other);

typedef struct media_stored_key {
    char id[MEDIA_KEY_ID_LENGTH + 1]; /* to speak of it: the first digits of its digest */
    uint8_t digest[MEDIA_DIGEST_SIZE];
    int64_t created_at; /* Unix milliseconds */
    int64_t expires_at; /* 0: never */
    char created_by[256];
} media_stored_key;

/* What the store has under key/STREAM. */
typedef struct media_key_set {
    size_t count;
    media_stored_key keys[MEDIA_KEYS_PER_STREAM];
} media_key_set;

/* Reads what the store has; null counts as no keys. False when it is not of this plugin's making. */
bool media_key_set_read(const json_t *value, media_key_set *keys);

/* A new reference. */
json_t *media_key_set_json(const media_key_set *keys);

/* Whether this key is one of them, at this time. */
bool media_key_set_admits(const media_key_set *keys, const char *key, int64_t now);

/* Puts a new key first; the one before stays until `old_expires_at`, unless that is 0. */
void media_key_set_add(media_key_set *keys, const char *key, const char *by, int64_t now,
                       int64_t old_expires_at);

#pragma GCC visibility pop

#endif

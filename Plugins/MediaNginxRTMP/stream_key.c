/* SPDX-License-Identifier: Apache-2.0 */

#include "stream_key.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>

static const char PREFIX[] = "tsk_"; /* so that a leaked one can be told from other secrets */

static void write_hexadecimal(const uint8_t *bytes, size_t count, char *text)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < count; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    text[2 * count] = '\0';
}

static bool read_hexadecimal(const char *text, uint8_t *bytes, size_t count)
{
    if (strlen(text) != 2 * count)
        return false;
    for (size_t i = 0; i < 2 * count; i++) {
        const char *digits = "0123456789abcdef";
        const char *digit = strchr(digits, text[i]);
        if (digit == NULL)
            return false;
        uint8_t value = (uint8_t)(digit - digits);
        bytes[i / 2] = i % 2 == 0 ? (uint8_t)(value << 4) : (uint8_t)(bytes[i / 2] | value);
    }
    return true;
}

bool media_stream_key_make(char text[MEDIA_STREAM_KEY_LENGTH + 1])
{
    uint8_t random[32];
    if (RAND_bytes(random, sizeof random) != 1)
        return false;
    memcpy(text, PREFIX, sizeof PREFIX - 1);
    write_hexadecimal(random, sizeof random, text + sizeof PREFIX - 1);
    OPENSSL_cleanse(random, sizeof random);
    return true;
}

void media_digest(const char *text, uint8_t digest[MEDIA_DIGEST_SIZE])
{
    SHA256((const unsigned char *)text, strlen(text), digest);
}

bool media_digests_equal(const uint8_t *one, const uint8_t *other)
{
    return CRYPTO_memcmp(one, other, MEDIA_DIGEST_SIZE) == 0;
}

static bool read_key(const json_t *value, media_stored_key *key)
{
    const char *digest = json_string_value(json_object_get(value, "sha256"));
    const char *by = json_string_value(json_object_get(value, "created_by"));
    if (digest == NULL || !read_hexadecimal(digest, key->digest, MEDIA_DIGEST_SIZE))
        return false;
    snprintf(key->id, sizeof key->id, "%s", digest);
    snprintf(key->created_by, sizeof key->created_by, "%s", by != NULL ? by : "");
    key->created_at = json_integer_value(json_object_get(value, "created_at"));
    key->expires_at = json_integer_value(json_object_get(value, "expires_at"));
    return true;
}

bool media_key_set_read(const json_t *value, media_key_set *keys)
{
    memset(keys, 0, sizeof *keys);
    if (value == NULL || json_is_null(value))
        return true;
    const json_t *list = json_object_get(value, "keys");
    if (!json_is_array(list) || json_array_size(list) > MEDIA_KEYS_PER_STREAM)
        return false;
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (!read_key(json_array_get(list, i), &keys->keys[i]))
            return false;
        keys->count++;
    }
    return true;
}

json_t *media_key_set_json(const media_key_set *keys)
{
    json_t *list = json_array();
    for (size_t i = 0; i < keys->count; i++) {
        const media_stored_key *key = &keys->keys[i];
        char digest[2 * MEDIA_DIGEST_SIZE + 1];
        write_hexadecimal(key->digest, MEDIA_DIGEST_SIZE, digest);
        json_array_append_new(list, json_pack("{s:s, s:s, s:I, s:I}", "sha256", digest,
                                              "created_by", key->created_by,
                                              "created_at", (json_int_t)key->created_at,
                                              "expires_at", (json_int_t)key->expires_at));
    }
    return json_pack("{s:o}", "keys", list);
}

bool media_key_set_admits(const media_key_set *keys, const char *key, int64_t now)
{
    uint8_t digest[MEDIA_DIGEST_SIZE];
    media_digest(key, digest);
    bool admits = false;
    for (size_t i = 0; i < keys->count; i++) {
        const media_stored_key *stored = &keys->keys[i];
        bool is_good = stored->expires_at == 0 || stored->expires_at > now;
        admits |= media_digests_equal(stored->digest, digest) && is_good;
    }
    return admits;
}

void media_key_set_add(media_key_set *keys, const char *key, const char *by, int64_t now,
                       int64_t old_expires_at)
{
    bool keeps_old = keys->count > 0 && old_expires_at != 0;
    if (keeps_old) {
        keys->keys[1] = keys->keys[0];
        keys->keys[1].expires_at = old_expires_at;
    }
    keys->count = keeps_old ? 2 : 1;

    media_stored_key *newest = &keys->keys[0];
    memset(newest, 0, sizeof *newest);
    media_digest(key, newest->digest);
    char digest[2 * MEDIA_DIGEST_SIZE + 1];
    write_hexadecimal(newest->digest, MEDIA_DIGEST_SIZE, digest);
    memcpy(newest->id, digest, MEDIA_KEY_ID_LENGTH);
    newest->created_at = now;
    snprintf(newest->created_by, sizeof newest->created_by, "%s", by);
}

/* SPDX-License-Identifier: Apache-2.0 */

#include "signature.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

enum { DIGEST_SIZE = 32, BASE64_SIZE = 45 };

/* HMAC over three pieces, through a context: the body is not copied. */
static bool authenticate(const webhook_secret *secret, const char *head, const char *body,
                         size_t body_length, unsigned char digest[DIGEST_SIZE])
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY *key =
        EVP_PKEY_new_raw_private_key(EVP_PKEY_HMAC, NULL, secret->bytes, secret->length);
    size_t length = DIGEST_SIZE;
    bool is_done = context != NULL && key != NULL
        && EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1
        && EVP_DigestSignUpdate(context, head, strlen(head)) == 1
        && EVP_DigestSignUpdate(context, body, body_length) == 1
        && EVP_DigestSignFinal(context, digest, &length) == 1 && length == DIGEST_SIZE;
    EVP_PKEY_free(key);
    EVP_MD_CTX_free(context);
    return is_done;
}

bool webhook_sign(const webhook_secrets *secrets, const char *id, int64_t timestamp,
                  const char *body, size_t body_length, char signature[WEBHOOK_SIGNATURE_SIZE])
{
    char head[256];
    int length = snprintf(head, sizeof head, "%s.%" PRId64 ".", id, timestamp);
    if (length < 0 || (size_t)length >= sizeof head || secrets->count == 0)
        return false;
    char *place = signature;
    for (size_t i = 0; i < secrets->count; i++) {
        unsigned char digest[DIGEST_SIZE];
        unsigned char text[BASE64_SIZE];
        if (!authenticate(&secrets->secrets[i], head, body, body_length, digest))
            return false;
        EVP_EncodeBlock(text, digest, DIGEST_SIZE);
        size_t room = WEBHOOK_SIGNATURE_SIZE - (size_t)(place - signature);
        place += snprintf(place, room, "%sv1,%s", i == 0 ? "" : " ", (const char *)text);
    }
    return true;
}

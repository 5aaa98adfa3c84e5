/* SPDX-License-Identifier: Apache-2.0 */

#include "message.h"

#include <inttypes.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

webhook_message *webhook_message_make(char *given_body)
{
    webhook_message *message = calloc(1, sizeof *message);
    if (message == NULL || given_body == NULL)
        abort(); /* as the worker itself does without memory */
    message->body = given_body;
    message->body_length = strlen(given_body);
    return message;
}

void webhook_message_free(webhook_message *message)
{
    free(message->body);
    free(message);
}

int64_t webhook_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool is_plain(char character)
{
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z')
        || (character >= '0' && character <= '9') || character == '-' || character == '_';
}

bool webhook_message_name(webhook_message *message, const char *prefix, const char *text)
{
    char random[33];
    if (text == NULL) {
        uint64_t words[2];
        if (RAND_bytes((unsigned char *)words, sizeof words) != 1)
            return false;
        snprintf(random, sizeof random, "%016" PRIx64 "%016" PRIx64, words[0], words[1]);
        text = random;
    }
    size_t start = strlen(prefix);
    if (start + strlen(text) > WEBHOOK_ID_LIMIT)
        return false;
    memcpy(message->id, prefix, start);
    size_t length = start;
    for (; *text != '\0'; text++)
        message->id[length++] = is_plain(*text) ? *text : '_';
    message->id[length] = '\0';
    return true;
}

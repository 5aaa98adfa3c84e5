/* SPDX-License-Identifier: Apache-2.0 */
/* media-nginx-rtmp.key.create, .rotate, .revoke and .list: for whoever may control the stream. */

#include "media_plugin.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    KEY_BAD_REQUEST = 1000,
    KEY_NOT_PERMITTED = 1003,
    KEY_UNKNOWN = 1004,
    KEY_EXISTS = 1009,
    KEY_UNAVAILABLE = 1010,
};

/* A week: an encoder that was not told by then will not be. */
static const json_int_t LONGEST_OVERLAP_SECONDS = 7 * 86400;

typedef enum key_method { KEY_CREATE, KEY_ROTATE, KEY_REVOKE, KEY_LIST } key_method;

static const char *const METHODS[] = {"key.create", "key.rotate", "key.revoke", "key.list"};

typedef struct key_run {
    media_plugin *plugin;
    uint64_t ticket;
    key_method method;
    json_int_t overlap_seconds;
    json_int_t version;
    media_key_set keys;
    char stream[MEDIA_STREAM_LIMIT + 1];
    char user[256];
    char made[MEDIA_STREAM_KEY_LENGTH + 1];
} key_run;

static void close_run(key_run *run, tally_verdict verdict, const tally_answer *answer)
{
    run->plugin->host->answer(run->plugin->host, run->ticket, verdict, answer);
    OPENSSL_cleanse(run->made, sizeof run->made);
    free(run);
}

static void refuse(key_run *run, int32_t code, const char *message)
{
    tally_answer answer = {.struct_size = sizeof answer, .code = code, .message = message};
    close_run(run, TALLY_REJECT, &answer);
}

static void reply(key_run *run, json_t *given_data)
{
    tally_answer answer = {.struct_size = sizeof answer, .data = given_data};
    close_run(run, TALLY_REPLACE, &answer);
}

static json_t *listed(const key_run *run)
{
    json_t *list = json_array();
    for (size_t i = 0; i < run->keys.count; i++) {
        const media_stored_key *key = &run->keys.keys[i];
        json_t *shown = json_pack("{s:s, s:s, s:I}", "id", key->id, "created_by", key->created_by,
                                  "created_at", (json_int_t)key->created_at);
        if (key->expires_at != 0)
            json_object_set_new(shown, "expires_at", json_integer((json_int_t)key->expires_at));
        json_array_append_new(list, shown);
    }
    return json_pack("{s:s, s:o}", "stream", run->stream, "keys", list);
}

static void was_stored(void *context, int32_t error, const char *message, const json_t *result)
{
    (void)message;
    (void)result;
    key_run *run = context;
    if (error != 0) {
        refuse(run, KEY_UNAVAILABLE, "not done; try again");
        return;
    }
    if (run->method == KEY_REVOKE) {
        media_log(run->plugin, TALLY_INFO, "stream key revoked", run->stream);
        media_drop(run->plugin, run->plugin->settings.app, run->stream, NULL, NULL);
        reply(run, json_pack("{s:s, s:I}", "stream", run->stream, "revoked",
                             (json_int_t)run->keys.count));
        return;
    }
    media_log(run->plugin, TALLY_INFO, "stream key made", run->stream);
    reply(run, json_pack("{s:s, s:s, s:s, s:I}", "stream", run->stream, "id", run->keys.keys[0].id,
                         "key", run->made, "created_at",
                         (json_int_t)run->keys.keys[0].created_at));
}

static void store(key_run *run, const char *method, json_t *given_value)
{
    char key[MEDIA_STREAM_LIMIT + 8];
    snprintf(key, sizeof key, "key/%s", run->stream);
    json_t *parameters = json_pack("{s:s, s:I}", "key", key, "version", run->version);
    if (given_value != NULL)
        json_object_set_new(parameters, "value", given_value);
    tally_host *host = run->plugin->host;
    tally_status status = host->call(host, method, parameters, was_stored, run);
    json_decref(parameters);
    if (status != TALLY_OK)
        refuse(run, KEY_UNAVAILABLE, "too much at once; try again");
}

static void make_key(key_run *run)
{
    if (!media_stream_key_make(run->made)) {
        refuse(run, KEY_UNAVAILABLE, "no random bytes");
        return;
    }
    int64_t now = media_now();
    int64_t old_expires_at = run->overlap_seconds > 0 ? now + 1000 * run->overlap_seconds : 0;
    media_key_set_add(&run->keys, run->made, run->user, now, old_expires_at);
    store(run, "store.set", media_key_set_json(&run->keys));
}

static void keys_were_read(void *context, int32_t error, const char *message, const json_t *result)
{
    (void)message;
    key_run *run = context;
    if (error != 0 || !media_key_set_read(json_object_get(result, "value"), &run->keys)) {
        refuse(run, KEY_UNAVAILABLE, "not available; try again");
        return;
    }
    run->version = json_integer_value(json_object_get(result, "version"));
    switch (run->method) {
    case KEY_LIST: reply(run, listed(run)); break;
    case KEY_CREATE:
        if (run->keys.count > 0)
            refuse(run, KEY_EXISTS, "the stream has a key; rotate it");
        else
            make_key(run);
        break;
    case KEY_ROTATE:
        if (run->keys.count == 0)
            refuse(run, KEY_UNKNOWN, "the stream has no key; create one");
        else
            make_key(run);
        break;
    case KEY_REVOKE:
        if (run->keys.count == 0)
            refuse(run, KEY_UNKNOWN, "the stream has no key");
        else
            store(run, "store.delete", NULL);
        break;
    }
}

static bool read_method(const char *name, key_method *method)
{
    for (size_t i = 0; name != NULL && i < sizeof METHODS / sizeof METHODS[0]; i++) {
        if (strcmp(name, METHODS[i]) == 0) {
            *method = (key_method)i;
            return true;
        }
    }
    return false;
}

static tally_verdict reject(tally_answer *answer, int32_t code, const char *message)
{
    answer->code = code;
    answer->message = message;
    return TALLY_REJECT;
}

static void start(media_plugin *plugin, const tally_call *call, key_method method,
                  json_int_t overlap_seconds)
{
    key_run *run = calloc(1, sizeof *run);
    if (run == NULL)
        abort();
    run->plugin = plugin;
    run->ticket = call->ticket;
    run->method = method;
    run->overlap_seconds = overlap_seconds;
    memcpy(run->stream, call->stream, strlen(call->stream) + 1);
    if (strlen(call->user) < sizeof run->user)
        memcpy(run->user, call->user, strlen(call->user) + 1);
    char key[MEDIA_STREAM_LIMIT + 8];
    snprintf(key, sizeof key, "key/%s", run->stream);
    json_t *parameters = json_pack("{s:s}", "key", key);
    tally_host *host = plugin->host;
    tally_status status = host->call(host, "store.get", parameters, keys_were_read, run);
    json_decref(parameters);
    if (status != TALLY_OK)
        refuse(run, KEY_UNAVAILABLE, "too much at once; try again");
}

tally_verdict media_rpc(void *instance, const tally_call *call, tally_answer *answer)
{
    key_method method;
    if (!read_method(json_string_value(json_object_get(call->data, "method")), &method))
        return reject(answer, KEY_BAD_REQUEST, "the methods are key.create, rotate, revoke, list");
    if (!media_is_stream(call->stream))
        return reject(answer, KEY_BAD_REQUEST, "`stream` must be a stream's id");
    if ((call->permissions & TALLY_MAY_CONTROL) == 0)
        return reject(answer, KEY_NOT_PERMITTED, "who may control the stream has its keys");
    const json_t *overlap =
        json_object_get(json_object_get(call->data, "data"), "keep_old_seconds");
    json_int_t seconds = json_integer_value(overlap);
    bool is_valid = overlap == NULL
        || (json_is_integer(overlap) && seconds >= 0 && seconds <= LONGEST_OVERLAP_SECONDS);
    if (!is_valid)
        return reject(answer, KEY_BAD_REQUEST, "`keep_old_seconds` must be 0 to 604800");
    start(instance, call, method, seconds);
    return TALLY_PENDING;
}

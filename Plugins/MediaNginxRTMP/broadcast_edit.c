/* SPDX-License-Identifier: Apache-2.0 */

#include "media_plugin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of store.set and store.delete, when another worker has stored something in between. */
static const int32_t OTHER_VERSION = 1001;
/* Tries. Only callbacks about one stream meet here: each that loses saw another succeed. */
static const unsigned TRY_LIMIT = 16;
static const int32_t INTERNAL_ERROR = 100;

typedef struct edit_run {
    media_plugin *plugin;
    char key[MEDIA_STREAM_LIMIT + 16];
    media_edit edit;
    media_edited edited;
    void *context;
    unsigned tries;
    media_broadcast broadcast;
} edit_run;

static void read_again(edit_run *run);

static void finish(edit_run *run, int32_t error)
{
    run->edited(run->context, error, error == 0 ? &run->broadcast : NULL);
    free(run);
}

static void was_stored(void *context, int32_t error, const char *message, const json_t *result)
{
    (void)message;
    (void)result;
    edit_run *run = context;
    if (error == OTHER_VERSION && run->tries < TRY_LIMIT)
        read_again(run);
    else
        finish(run, error);
}

static void store(edit_run *run, media_edit_verdict verdict, json_int_t version)
{
    json_t *parameters =
        json_pack("{s:s, s:I}", "key", run->key, "version", version);
    const char *method = "store.delete";
    if (verdict == MEDIA_EDIT_SAVE) {
        method = "store.set";
        json_object_set_new(parameters, "value", media_broadcast_json(&run->broadcast));
    }
    tally_host *host = run->plugin->host;
    tally_status status = host->call(host, method, parameters, was_stored, run);
    json_decref(parameters);
    if (status != TALLY_OK)
        finish(run, INTERNAL_ERROR);
}

static void was_read(void *context, int32_t error, const char *message, const json_t *result)
{
    (void)message;
    edit_run *run = context;
    if (error != 0) {
        finish(run, error);
        return;
    }
    if (!media_broadcast_read(json_object_get(result, "value"), &run->broadcast)) {
        finish(run, INTERNAL_ERROR);
        return;
    }
    json_int_t version = json_integer_value(json_object_get(result, "version"));
    media_edit_verdict verdict = run->edit(&run->broadcast, run->context);
    bool has_nothing_to_delete = verdict == MEDIA_EDIT_DELETE && version == 0;
    if (verdict == MEDIA_EDIT_KEEP || has_nothing_to_delete)
        finish(run, 0);
    else
        store(run, verdict, version);
}

static void read_again(edit_run *run)
{
    run->tries++;
    json_t *parameters = json_pack("{s:s}", "key", run->key);
    tally_host *host = run->plugin->host;
    tally_status status = host->call(host, "store.get", parameters, was_read, run);
    json_decref(parameters);
    if (status != TALLY_OK)
        finish(run, INTERNAL_ERROR);
}

void media_edit_broadcast(media_plugin *plugin, const char *stream, media_edit edit,
                          media_edited edited, void *context)
{
    edit_run *run = calloc(1, sizeof *run);
    if (run == NULL)
        abort(); /* as the worker itself does without memory */
    run->plugin = plugin;
    run->edit = edit;
    run->edited = edited;
    run->context = context;
    snprintf(run->key, sizeof run->key, "on-air/%s", stream);
    read_again(run);
}

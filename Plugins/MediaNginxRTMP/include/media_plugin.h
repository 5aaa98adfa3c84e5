/* SPDX-License-Identifier: Apache-2.0 */
/* The instance, and what its parts do for each other. All of it runs on the worker's loop. */
#ifndef MEDIA_PLUGIN_H
#define MEDIA_PLUGIN_H

#include "broadcast.h"
#include "secret_file.h"
#include "settings.h"

#include <tally_plugin.h>

#pragma GCC visibility push(hidden)

typedef struct media_plugin {
    tally_host *host;
    media_settings settings;
    size_t open_requests;
} media_plugin;

/* Requests of nginx that are being answered, in one worker: as many timers as they need, and far
 * more encoders than start at once. */
#define MEDIA_REQUEST_LIMIT 512

/* Unix milliseconds. */
int64_t media_now(void);

void media_log(media_plugin *plugin, tally_log_level level, const char *message,
               const char *stream);
void media_count(media_plugin *plugin, const char *counter);

/* ---------------------------------------------------------------- stored broadcasts */

typedef enum media_edit_verdict {
    MEDIA_EDIT_KEEP,
    MEDIA_EDIT_SAVE,
    MEDIA_EDIT_DELETE,
} media_edit_verdict;

/* Changes a value that was read. Called again with a newer one when somebody else was faster. */
typedef media_edit_verdict (*media_edit)(media_broadcast *broadcast, void *context);

/* `error` 0: the broadcast is as it is stored now. Else an error code, and `broadcast` is NULL. */
typedef void (*media_edited)(void *context, int32_t error, const media_broadcast *broadcast);

/* Reads, changes and stores what is known of a stream, as one step to all workers. `edited` is called
 * once, possibly before this returns. */
void media_edit_broadcast(media_plugin *plugin, const char *stream, media_edit edit,
                          media_edited edited, void *context);

/* ---------------------------------------------------------------- what happens to a broadcast */

/* Interrupts the stream when it is without a publisher. Called after one was removed. */
void media_settle(media_plugin *plugin, const char *stream, const media_broadcast *broadcast);

/* A publisher's end. */
void media_leave(media_plugin *plugin, const char *stream, const char *client);

/* Drops whoever publishes the stream, by nginx's control URL; tries a few times. `dropped` may be NULL. */
typedef void (*media_dropped)(void *context);
void media_drop(media_plugin *plugin, const char *app, const char *stream, media_dropped dropped,
                void *context);

/* Looks for publishers that were not heard of, from time to time, in one worker. */
bool media_sweep_start(media_plugin *plugin);

/* ---------------------------------------------------------------- hooks */

tally_verdict media_http(void *plugin, const tally_call *call, tally_answer *answer);
tally_verdict media_rpc(void *plugin, const tally_call *call, tally_answer *answer);
tally_verdict media_stopped(void *plugin, const tally_call *call, tally_answer *answer);

/* Asks whether this client may publish, and answers the call's ticket. */
void media_publish(media_plugin *plugin, uint64_t ticket, const media_callback *callback);
void media_update(media_plugin *plugin, uint64_t ticket, const media_callback *callback);

#pragma GCC visibility pop

#endif

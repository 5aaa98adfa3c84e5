/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A callback whose answer takes questions to the hub.
 *
 * One step follows another: exactly one question is open at a time, and whoever gets its answer goes on or
 * closes. Only the guard comes from the side: it answers for a step that takes too long, and the next
 * step sees that.
 */
#ifndef MEDIA_PUBLISH_REQUEST_H
#define MEDIA_PUBLISH_REQUEST_H

#include "media_plugin.h"

#pragma GCC visibility push(hidden)

typedef struct media_request {
    media_plugin *plugin;
    uint64_t ticket;
    uint64_t guard; /* a timer; 0: none */
    bool is_answered;
    bool is_denied; /* an edit found so */
    bool ignores_hold;
    uint64_t generation;
    media_callback callback;
} media_request;

media_request *media_request_open(media_plugin *plugin, uint64_t ticket,
                                  const media_callback *callback);

/* Answers nginx, the first time that it is called. */
void media_request_answer(media_request *request, int32_t http_status);

/* Ends it, with this answer if there was none. */
void media_request_close(media_request *request, int32_t http_status);

/* What to answer when it cannot be known: a publisher that runs goes on, one that wants to begin tries
 * again later. */
int32_t media_request_in_doubt(const media_request *request);

/* Asks the host; closes the request, in doubt, when that cannot be done. */
void media_request_ask(media_request *request, const char *method, json_t *given_parameters,
                       tally_done done);

/* The way of a publisher that begins, from its key on. */
void media_request_check_key(media_request *request);
void media_request_take_place(media_request *request);
void media_request_bring_on_air(media_request *request);

#pragma GCC visibility pop

#endif

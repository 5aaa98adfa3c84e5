/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the plugin knows of a stream's media: who publishes it, by nginx's client ids.
 *
 * More than one at a time, because nginx asks about a second publisher before it refuses it, and
 * tells its end afterwards: whose end it is has to be known by the id. A value without I/O or clock.
 */
#ifndef MEDIA_BROADCAST_H
#define MEDIA_BROADCAST_H

#include "callback.h"

#include <jansson.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

/* The one that publishes, and those that nginx is about to refuse. */
#define MEDIA_PUBLISHER_LIMIT 16

typedef struct media_publisher {
    char client[MEDIA_CLIENT_LIMIT + 1];
    int64_t seen_at; /* Unix milliseconds */
} media_publisher;

typedef enum media_state {
    MEDIA_STATE_ON,      /* there was a publisher, and the stream was not told that it went */
    MEDIA_STATE_GONE,    /* the stream was told that its media is gone */
    MEDIA_STATE_STOPPED, /* the stream was stopped while it was published */
} media_state;

typedef struct media_broadcast {
    media_state state;
    uint64_t generation; /* of the stream; 0: not known yet */
    int64_t changed_at;  /* Unix milliseconds: when `state` became what it is */
    char app[MEDIA_APP_LIMIT + 1];
    size_t count;
    media_publisher publishers[MEDIA_PUBLISHER_LIMIT];
} media_broadcast;

/* Reads what the store has; null gives one without publishers. False when it is not of this plugin's
 * making. */
bool media_broadcast_read(const json_t *value, media_broadcast *broadcast);

/* A new reference. */
json_t *media_broadcast_json(const media_broadcast *broadcast);

bool media_broadcast_has(const media_broadcast *broadcast, const char *client);

/* A publisher that begins, or was heard of. The one that was not heard of for longest goes when there
 * is no room. */
void media_broadcast_see(media_broadcast *broadcast, const char *client, int64_t now);

/* Whether it was there. */
bool media_broadcast_remove(media_broadcast *broadcast, const char *client);

/* Removes who was not heard of since. Whether there was one. */
bool media_broadcast_expire(media_broadcast *broadcast, int64_t before);

void media_broadcast_enter(media_broadcast *broadcast, media_state state, int64_t now);

/* Whether it is over: nothing about it is worth keeping. A stop is kept for `hold_ms`, in which
 * nobody may publish the stream back into life. */
bool media_broadcast_is_over(const media_broadcast *broadcast, int64_t now, int64_t hold_ms);

#pragma GCC visibility pop

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What waits for an endpoint: a line of deliveries for each stream, in order. A delivery that fails holds
 * back its own lane only.
 */
#ifndef WEBHOOK_LANES_H
#define WEBHOOK_LANES_H

#include "message.h"

#pragma GCC visibility push(hidden)

typedef struct webhook_delivery {
    struct webhook_delivery *next;
    webhook_message *message;
    unsigned attempts; /* that failed */
    int64_t due_at;    /* milliseconds of the monotonic clock */
} webhook_delivery;

typedef struct webhook_lane {
    struct webhook_lane *earlier, *later; /* in turn */
    struct webhook_lane *same_bucket;
    bool is_busy; /* its first delivery is under way */
    webhook_delivery *first, *last;
    char name[WEBHOOK_LANE_LIMIT + 1];
} webhook_lane;

enum { WEBHOOK_BUCKETS = 256 };

typedef struct webhook_lanes {
    webhook_lane *first, *last;
    webhook_lane *buckets[WEBHOOK_BUCKETS];
} webhook_lanes;

/* Puts a delivery at the end of its message's lane. Returns a message that it has pushed out, since it was
 * conflated and not under way; else NULL. */
webhook_message *webhook_lanes_add(webhook_lanes *lanes, webhook_message *message);

/* Takes a lane's first delivery away. The lane takes its place at the end of the turn, or is gone when
 * nothing is left in it. Returns the message. */
webhook_message *webhook_lanes_remove_first(webhook_lanes *lanes, webhook_lane *lane);

#pragma GCC visibility pop

#endif

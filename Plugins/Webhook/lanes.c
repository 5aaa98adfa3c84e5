/* SPDX-License-Identifier: Apache-2.0 */

#include "lanes.h"

#include <stdlib.h>
#include <string.h>

/* FNV-1a: short names, and nobody gains by choosing them, since a lane costs its sender a stream. */
static size_t bucket_of(const char *name)
{
    uint32_t hash = 2166136261u;
    for (; *name != '\0'; name++)
        hash = (hash ^ (uint8_t)*name) * 16777619u;
    return hash % WEBHOOK_BUCKETS;
}

static void append(webhook_lanes *lanes, webhook_lane *lane)
{
    lane->later = NULL;
    lane->earlier = lanes->last;
    if (lanes->last != NULL)
        lanes->last->later = lane;
    else
        lanes->first = lane;
    lanes->last = lane;
}

static void unlink_lane(webhook_lanes *lanes, webhook_lane *lane)
{
    if (lane->earlier != NULL)
        lane->earlier->later = lane->later;
    else
        lanes->first = lane->later;
    if (lane->later != NULL)
        lane->later->earlier = lane->earlier;
    else
        lanes->last = lane->earlier;
}

static webhook_lane *lane_for(webhook_lanes *lanes, const char *name)
{
    webhook_lane **bucket = &lanes->buckets[bucket_of(name)];
    for (webhook_lane *lane = *bucket; lane != NULL; lane = lane->same_bucket)
        if (strcmp(lane->name, name) == 0)
            return lane;
    webhook_lane *lane = calloc(1, sizeof *lane);
    if (lane == NULL)
        abort();
    memcpy(lane->name, name, strlen(name) + 1);
    lane->same_bucket = *bucket;
    *bucket = lane;
    append(lanes, lane);
    return lane;
}

webhook_message *webhook_lanes_add(webhook_lanes *lanes, webhook_message *message)
{
    webhook_lane *lane = lane_for(lanes, message->lane);
    webhook_delivery *last = lane->last;
    bool is_under_way = last == lane->first && lane->is_busy;
    if (last != NULL && message->is_conflated && last->message->is_conflated && !is_under_way) {
        webhook_message *older = last->message;
        last->message = message;
        return older;
    }
    webhook_delivery *delivery = calloc(1, sizeof *delivery);
    if (delivery == NULL)
        abort();
    delivery->message = message;
    if (last != NULL)
        last->next = delivery;
    else
        lane->first = delivery;
    lane->last = delivery;
    return NULL;
}

static void remove_lane(webhook_lanes *lanes, webhook_lane *lane)
{
    webhook_lane **link = &lanes->buckets[bucket_of(lane->name)];
    while (*link != lane)
        link = &(*link)->same_bucket;
    *link = lane->same_bucket;
    free(lane);
}

webhook_message *webhook_lanes_remove_first(webhook_lanes *lanes, webhook_lane *lane)
{
    webhook_delivery *delivery = lane->first;
    webhook_message *message = delivery->message;
    lane->first = delivery->next;
    if (lane->first == NULL)
        lane->last = NULL;
    free(delivery);
    lane->is_busy = false;
    unlink_lane(lanes, lane);
    if (lane->first != NULL)
        append(lanes, lane);
    else
        remove_lane(lanes, lane);
    return message;
}

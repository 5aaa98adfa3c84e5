/* SPDX-License-Identifier: Apache-2.0 */

#include "broadcast.h"

#include <string.h>

/* A day is the longest grace period that a manifest may give; then the stream was stopped for certain. */
static const int64_t LONGEST_GONE_MS = 25 * 3600 * 1000;

static const char *const STATE_NAMES[] = {"on", "gone", "stopped"};

static bool copy_text(const json_t *value, char *text, size_t limit)
{
    const char *given = json_string_value(value);
    if (given == NULL || strlen(given) > limit)
        return false;
    memcpy(text, given, strlen(given) + 1);
    return true;
}

static bool read_state(const json_t *value, media_state *state)
{
    const char *name = json_string_value(value);
    for (size_t i = 0; name != NULL && i < sizeof STATE_NAMES / sizeof STATE_NAMES[0]; i++) {
        if (strcmp(name, STATE_NAMES[i]) == 0) {
            *state = (media_state)i;
            return true;
        }
    }
    return false;
}

bool media_broadcast_read(const json_t *value, media_broadcast *broadcast)
{
    memset(broadcast, 0, sizeof *broadcast);
    if (value == NULL || json_is_null(value))
        return true;
    const json_t *publishers = json_object_get(value, "publishers");
    if (!json_is_array(publishers) || json_array_size(publishers) > MEDIA_PUBLISHER_LIMIT
        || !copy_text(json_object_get(value, "app"), broadcast->app, MEDIA_APP_LIMIT)
        || !read_state(json_object_get(value, "state"), &broadcast->state))
        return false;
    broadcast->generation = (uint64_t)json_integer_value(json_object_get(value, "generation"));
    broadcast->changed_at = json_integer_value(json_object_get(value, "changed_at"));
    for (size_t i = 0; i < json_array_size(publishers); i++) {
        const json_t *publisher = json_array_get(publishers, i);
        media_publisher *place = &broadcast->publishers[broadcast->count];
        if (!copy_text(json_object_get(publisher, "client"), place->client, MEDIA_CLIENT_LIMIT))
            return false;
        place->seen_at = json_integer_value(json_object_get(publisher, "seen_at"));
        broadcast->count++;
    }
    return true;
}

json_t *media_broadcast_json(const media_broadcast *broadcast)
{
    json_t *publishers = json_array();
    for (size_t i = 0; i < broadcast->count; i++)
        json_array_append_new(publishers, json_pack("{s:s, s:I}", "client",
                                                    broadcast->publishers[i].client, "seen_at",
                                                    (json_int_t)broadcast->publishers[i].seen_at));
    return json_pack("{s:s, s:s, s:I, s:I, s:o}", "app", broadcast->app, "state",
                     STATE_NAMES[broadcast->state], "generation",
                     (json_int_t)broadcast->generation, "changed_at",
                     (json_int_t)broadcast->changed_at, "publishers", publishers);
}

static media_publisher *find(media_broadcast *broadcast, const char *client)
{
    for (size_t i = 0; i < broadcast->count; i++)
        if (strcmp(broadcast->publishers[i].client, client) == 0)
            return &broadcast->publishers[i];
    return NULL;
}

bool media_broadcast_has(const media_broadcast *broadcast, const char *client)
{
    for (size_t i = 0; i < broadcast->count; i++)
        if (strcmp(broadcast->publishers[i].client, client) == 0)
            return true;
    return false;
}

static void remove_at(media_broadcast *broadcast, size_t index)
{
    broadcast->count--;
    memmove(&broadcast->publishers[index], &broadcast->publishers[index + 1],
            (broadcast->count - index) * sizeof broadcast->publishers[0]);
}

static size_t longest_unseen(const media_broadcast *broadcast)
{
    size_t oldest = 0;
    for (size_t i = 1; i < broadcast->count; i++)
        if (broadcast->publishers[i].seen_at < broadcast->publishers[oldest].seen_at)
            oldest = i;
    return oldest;
}

void media_broadcast_see(media_broadcast *broadcast, const char *client, int64_t now)
{
    media_publisher *publisher = find(broadcast, client);
    if (publisher == NULL) {
        if (broadcast->count == MEDIA_PUBLISHER_LIMIT)
            remove_at(broadcast, longest_unseen(broadcast));
        publisher = &broadcast->publishers[broadcast->count++];
        memcpy(publisher->client, client, strnlen(client, MEDIA_CLIENT_LIMIT));
        publisher->client[strnlen(client, MEDIA_CLIENT_LIMIT)] = '\0';
    }
    publisher->seen_at = now;
}

bool media_broadcast_remove(media_broadcast *broadcast, const char *client)
{
    media_publisher *publisher = find(broadcast, client);
    if (publisher == NULL)
        return false;
    remove_at(broadcast, (size_t)(publisher - broadcast->publishers));
    return true;
}

bool media_broadcast_expire(media_broadcast *broadcast, int64_t before)
{
    size_t count = broadcast->count;
    for (size_t i = broadcast->count; i > 0; i--)
        if (broadcast->publishers[i - 1].seen_at < before)
            remove_at(broadcast, i - 1);
    return broadcast->count != count;
}

void media_broadcast_enter(media_broadcast *broadcast, media_state state, int64_t now)
{
    if (broadcast->state == state && broadcast->changed_at != 0)
        return;
    broadcast->state = state;
    broadcast->changed_at = now;
}

bool media_broadcast_is_over(const media_broadcast *broadcast, int64_t now, int64_t hold_ms)
{
    if (broadcast->count > 0)
        return false;
    switch (broadcast->state) {
    case MEDIA_STATE_ON: return false;
    case MEDIA_STATE_GONE: return now - broadcast->changed_at >= LONGEST_GONE_MS;
    case MEDIA_STATE_STOPPED: return now - broadcast->changed_at >= hold_ms;
    }
    return false;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nginx's control URL: GET .../drop/publisher?app=A&name=N, whose body says how many it dropped.
 *
 * The name is always there: without it nginx drops every publisher of the app.
 */

#include "media_plugin.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Tries; the pauses between them double, so that the last one comes within 2 s. */
static const unsigned TRY_LIMIT = 5;
static const uint64_t FIRST_PAUSE_MS = 100;
/* nginx answers in a millisecond, from nearby. */
static const long TIMEOUT_MS = 2000;

typedef struct drop_run {
    media_plugin *plugin;
    media_dropped dropped;
    void *context;
    unsigned tries;
    unsigned long count; /* how many were dropped by the last try */
    size_t body_length;
    char body[16];
    char stream[MEDIA_STREAM_LIMIT + 1];
    char url[MEDIA_URL_LIMIT + MEDIA_APP_LIMIT + MEDIA_STREAM_LIMIT + 64];
} drop_run;

static void try_off_loop(void *context);

static void finish(drop_run *run)
{
    if (run->dropped != NULL)
        run->dropped(run->context);
    free(run);
}

static size_t take_body(char *bytes, size_t one, size_t count, void *context)
{
    drop_run *run = context;
    size_t room = sizeof run->body - 1 - run->body_length;
    size_t taken = one * count < room ? one * count : room;
    memcpy(run->body + run->body_length, bytes, taken);
    run->body_length += taken;
    return one * count;
}

/* [pool] */
static void call_nginx(void *context)
{
    drop_run *run = context;
    run->body_length = 0;
    run->count = 0;
    CURL *curl = curl_easy_init();
    if (curl == NULL)
        return;
    long status = 0;
    curl_easy_setopt(curl, CURLOPT_URL, run->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, run);
    if (curl_easy_perform(curl) == CURLE_OK)
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_cleanup(curl);
    run->body[run->body_length] = '\0';
    if (status == 200)
        run->count = strtoul(run->body, NULL, 10);
}

/* [loop] */
static void was_called(void *context)
{
    drop_run *run = context;
    tally_host *host = run->plugin->host;
    run->tries++;
    if (run->count > 0) {
        media_log(run->plugin, TALLY_INFO, "dropped the publisher of a stopped stream", run->stream);
        media_count(run->plugin, "dropped");
        finish(run);
        return;
    }
    uint64_t timer;
    if (run->tries < TRY_LIMIT
        && host->start_timer(host, FIRST_PAUSE_MS << (run->tries - 1), 0, try_off_loop, run, &timer)
            == TALLY_OK)
        return;
    media_log(run->plugin, TALLY_WARNING,
              "nginx dropped no publisher; its next update will be refused", run->stream);
    media_count(run->plugin, "drop_failures");
    finish(run);
}

static void try_off_loop(void *context)
{
    drop_run *run = context;
    tally_host *host = run->plugin->host;
    if (host->run_off_loop(host, call_nginx, was_called, run) != TALLY_OK)
        finish(run);
}

void media_drop(media_plugin *plugin, const char *app, const char *stream, media_dropped dropped,
                void *context)
{
    drop_run *run = calloc(1, sizeof *run);
    if (run == NULL)
        abort();
    run->plugin = plugin;
    run->dropped = dropped;
    run->context = context;
    /* Both are letters, digits, "-" and "_": nothing to escape. */
    snprintf(run->stream, sizeof run->stream, "%s", stream);
    snprintf(run->url, sizeof run->url, "%s/drop/publisher?app=%s&name=%s",
             plugin->settings.control_url, app, stream);
    bool can_drop = plugin->settings.control_url[0] != '\0' && app[0] != '\0' && stream[0] != '\0';
    if (can_drop)
        try_off_loop(run);
    else
        finish(run);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* media-nginx-rtmp: nginx with its RTMP module starts, interrupts and resumes Tally's streams. */

#include "media_plugin.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *create(tally_host *host, char *error, size_t error_size)
{
    media_plugin *plugin = calloc(1, sizeof *plugin);
    if (plugin == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        snprintf(error, error_size, "no memory, or libcurl does not start");
        free(plugin);
        return NULL;
    }
    plugin->host = host;
    if (!media_settings_read(host->settings(host), &plugin->settings, error, error_size)) {
        free(plugin);
        return NULL;
    }
    if (!media_sweep_start(plugin)) {
        snprintf(error, error_size, "no timer");
        free(plugin);
        return NULL;
    }
    if (plugin->settings.control_url[0] == '\0' && host->worker_index(host) == 0)
        media_log(plugin, TALLY_WARNING,
                  "no control_url: a stopped stream's publisher goes on until its next update", NULL);
    return plugin;
}

static void destroy(void *plugin)
{
    free(plugin);
}

/* What needs no nginx: that keys can be made, and are found again by what is stored of them. */
static int32_t self_test(void *plugin, char *error, size_t error_size)
{
    (void)plugin;
    char key[MEDIA_STREAM_KEY_LENGTH + 1];
    if (!media_stream_key_make(key)) {
        snprintf(error, error_size, "no random bytes");
        return 1;
    }
    media_key_set made = {0};
    media_key_set_add(&made, key, "self-test", 1, 0);
    json_t *stored = media_key_set_json(&made);
    media_key_set read;
    bool is_well = media_key_set_read(stored, &read) && media_key_set_admits(&read, key, 1)
        && !media_key_set_admits(&read, "tsk_", 1);
    json_decref(stored);
    if (!is_well)
        snprintf(error, error_size, "a key that was made is not known again");
    return is_well ? 0 : 1;
}

TALLY_PLUGIN_EXPORT const tally_plugin_descriptor *tally_plugin(void)
{
    static tally_plugin_descriptor descriptor = {
        .struct_size = sizeof descriptor,
        .abi_major = TALLY_PLUGIN_ABI_MAJOR,
        .abi_minor = TALLY_PLUGIN_ABI_MINOR,
        .name = "media-nginx-rtmp",
        .version = "1.0",
        .summary = "nginx with its RTMP module starts, interrupts and resumes streams.",
        .create = create,
        .destroy = destroy,
        .self_test = self_test,
        .rpc = media_rpc,
        .http = media_http,
        .stopped = media_stopped,
    };
    descriptor.settings_schema = media_settings_schema;
    return &descriptor;
}

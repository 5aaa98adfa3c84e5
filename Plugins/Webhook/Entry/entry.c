/* SPDX-License-Identifier: Apache-2.0 */
/* webhook: tells HTTP endpoints what happens, and lets them decide what may. */

#include "webhook_plugin.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *create(tally_host *host, char *error, size_t error_size)
{
    webhook_plugin *plugin = calloc(1, sizeof *plugin);
    if (plugin == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        snprintf(error, error_size, "no memory, or libcurl does not start");
        free(plugin);
        return NULL;
    }
    plugin->host = host;
    if (webhook_settings_read(host->settings(host), &plugin->settings, error, error_size))
        plugin->courier = webhook_courier_start(host, &plugin->settings, error, error_size);
    if (plugin->courier == NULL) {
        explicit_bzero(&plugin->settings, sizeof plugin->settings);
        free(plugin);
        return NULL;
    }
    return plugin;
}

static void destroy(void *instance)
{
    webhook_plugin *plugin = instance;
    webhook_courier_stop(plugin->courier);
    explicit_bzero(&plugin->settings, sizeof plugin->settings);
    free(plugin);
}

/* The example that Standard Webhooks publishes. Endpoints are not called: one that is down must not keep
 * Tally from being started or reloaded. */
static int32_t self_test(void *plugin, char *error, size_t error_size)
{
    (void)plugin;
    static const char body[] = "{\"test\": 2432232314}";
    static const char expected[] = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    webhook_secrets secrets = {.count = 1};
    char signature[WEBHOOK_SIGNATURE_SIZE];
    bool is_well =
        webhook_secret_parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", &secrets.secrets[0])
        && webhook_sign(&secrets, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body, strlen(body),
                        signature)
        && strcmp(signature, expected) == 0;
    if (!is_well)
        snprintf(error, error_size, "the published example has another signature here");
    return is_well ? 0 : 1;
}

TALLY_PLUGIN_EXPORT const tally_plugin_descriptor *tally_plugin(void)
{
    static tally_plugin_descriptor descriptor = {
        .struct_size = sizeof descriptor,
        .abi_major = TALLY_PLUGIN_ABI_MAJOR,
        .abi_minor = TALLY_PLUGIN_ABI_MINOR,
        .name = "webhook",
        .version = "1.0",
        .summary = "Tells HTTP endpoints what happens, signed, and lets them decide what may.",
        .create = create,
        .destroy = destroy,
        .self_test = self_test,
        .connect = webhook_connect,
        .subscribe = webhook_subscribe,
        .live_start = webhook_live_start,
        .live_stop = webhook_live_stop,
        .live_update = webhook_live_update,
        .comment = webhook_comment,
        .publish = webhook_publish,
        .subscribed = webhook_subscribed,
        .unsubscribed = webhook_unsubscribed,
        .disconnected = webhook_disconnected,
        .commented = webhook_commented,
        .started = webhook_stream_changed,
        .stopped = webhook_stream_changed,
        .viewers = webhook_viewers,
    };
    descriptor.settings_schema = webhook_settings_schema;
    return &descriptor;
}

/* SPDX-License-Identifier: Apache-2.0 */

#include "media_plugin.h"

#include <time.h>

int64_t media_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void media_log(media_plugin *plugin, tally_log_level level, const char *message,
               const char *stream)
{
    json_t *fields = stream != NULL ? json_pack("{s:s}", "stream", stream) : NULL;
    plugin->host->log(plugin->host, level, message, fields);
    json_decref(fields);
}

void media_count(media_plugin *plugin, const char *counter)
{
    plugin->host->add_to_counter(plugin->host, counter, 1);
}

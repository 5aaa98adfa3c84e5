/* SPDX-License-Identifier: Apache-2.0 */

#include "webhook_settings.h"

const char *const webhook_event_names[WEBHOOK_EVENT_COUNT] = {
    "live.started",   "live.updated",  "live.interrupted",  "live.resumed",        "live.stopped",
    "live.viewers",   "comment.sent",  "client.subscribed", "client.unsubscribed",
    "client.disconnected",
};

const char *const webhook_decision_names[WEBHOOK_DECISION_COUNT] = {
    "connect", "subscribe", "live_start", "live_stop", "live_update", "comment", "publish",
};

const char webhook_settings_schema[] =
    "{\"$schema\": \"http://json-schema.org/draft-07/schema#\","
    " \"type\": \"object\", \"additionalProperties\": false, \"required\": [\"endpoints\"],"
    " \"properties\": {"
    "  \"endpoints\": {\"type\": \"array\", \"minItems\": 1, \"maxItems\": 8,"
    "   \"items\": {\"type\": \"object\", \"additionalProperties\": false,"
    "    \"required\": [\"name\", \"url\", \"secret_file\"],"
    "    \"properties\": {"
    "     \"name\": {\"type\": \"string\", \"pattern\": \"^[a-z0-9][a-z0-9_-]{0,31}$\"},"
    "     \"url\": {\"type\": \"string\", \"pattern\": \"^https?://\", \"maxLength\": 1024},"
    "     \"secret_file\": {\"type\": \"string\", \"minLength\": 1, \"maxLength\": 1024},"
    "     \"ca_file\": {\"type\": \"string\", \"minLength\": 1, \"maxLength\": 1024},"
    "     \"events\": {\"type\": \"array\", \"uniqueItems\": true, \"items\": {\"enum\": ["
    "       \"live.started\", \"live.updated\", \"live.interrupted\", \"live.resumed\","
    "       \"live.stopped\", \"live.viewers\", \"comment.sent\", \"client.subscribed\","
    "       \"client.unsubscribed\", \"client.disconnected\"]}},"
    "     \"decisions\": {\"type\": \"array\", \"uniqueItems\": true, \"items\": {\"enum\": ["
    "       \"connect\", \"subscribe\", \"live_start\", \"live_stop\", \"live_update\","
    "       \"comment\", \"publish\"]}},"
    "     \"on_failure\": {\"enum\": [\"allow\", \"reject\"]},"
    "     \"timeout_ms\": {\"type\": \"integer\", \"minimum\": 50, \"maximum\": 60000}}}},"
    "  \"allow_addresses\": {\"type\": \"array\", \"maxItems\": 64,"
    "   \"items\": {\"type\": \"string\"}},"
    "  \"allow_plain_http\": {\"type\": \"boolean\"},"
    "  \"client_addresses\": {\"type\": \"boolean\"},"
    "  \"queue\": {\"type\": \"integer\", \"minimum\": 1, \"maximum\": 1000000},"
    "  \"queue_bytes\": {\"type\": \"integer\", \"minimum\": 65536, \"maximum\": 1073741824},"
    "  \"first_retry_ms\": {\"type\": \"integer\", \"minimum\": 10, \"maximum\": 60000},"
    "  \"longest_retry_ms\": {\"type\": \"integer\", \"minimum\": 10, \"maximum\": 3600000},"
    "  \"give_up_seconds\": {\"type\": \"integer\", \"minimum\": 1, \"maximum\": 86400},"
    "  \"breaker_failures\": {\"type\": \"integer\", \"minimum\": 1, \"maximum\": 1000},"
    "  \"breaker_first_ms\": {\"type\": \"integer\", \"minimum\": 10, \"maximum\": 3600000},"
    "  \"breaker_longest_ms\": {\"type\": \"integer\", \"minimum\": 10, \"maximum\": 3600000},"
    "  \"drain_ms\": {\"type\": \"integer\", \"minimum\": 0, \"maximum\": 5000}"
    " }}";

/* SPDX-License-Identifier: Apache-2.0 */

#include "tally_plugin.h"

/* The layout is the contract: a change here breaks every plugin that exists. */
_Static_assert(offsetof(tally_call, ticket) == 8, "tally_call");
_Static_assert(sizeof(tally_call) == 120, "tally_call");
_Static_assert(sizeof(tally_answer) == 64, "tally_answer");
_Static_assert(sizeof(tally_http_request) == 56, "tally_http_request");
_Static_assert(sizeof(tally_host) == 8 + 16 * sizeof(void *), "tally_host");
_Static_assert(offsetof(tally_plugin_descriptor, connect) == 64, "tally_plugin_descriptor");
_Static_assert(sizeof(tally_plugin_descriptor) == 208, "tally_plugin_descriptor");

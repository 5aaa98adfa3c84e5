/* SPDX-License-Identifier: Apache-2.0 */

#include "tally_plugin_test.h"

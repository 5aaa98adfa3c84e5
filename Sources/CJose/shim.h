/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <jose/jose.h>
#include <jose/openssl.h>

/* By default libjose prints every refused token to stderr, where anyone could then write. */
static inline void tally_jose_discard(void *misc, const char *file, int line, uint64_t error,
                                      const char *format, va_list arguments) {
    (void)misc, (void)file, (void)line, (void)error, (void)format, (void)arguments;
}

static inline void tally_jose_silence(jose_cfg_t *configuration) {
    jose_cfg_set_err_func(configuration, tally_jose_discard, NULL);
}

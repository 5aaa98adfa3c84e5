/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When to try again: the pause after a failure, and the breaker that stops asking an endpoint which
 * does not answer. Values without a clock; times are milliseconds of any one clock.
 */
#ifndef WEBHOOK_PATIENCE_H
#define WEBHOOK_PATIENCE_H

#include <stdbool.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

/* Doubles from `first_ms` up to `maximum_ms`; then somewhere in its upper half, chosen by `random`, so that
 * what failed together does not come back together. `attempts`: that failed, from 1. */
int64_t webhook_pause(unsigned attempts, int64_t first_ms, int64_t maximum_ms, uint64_t random);

typedef struct webhook_breaker {
    unsigned failures; /* in a row */
    bool is_open;
    bool is_probing;
    unsigned openings; /* in a row, without a success between */
    int64_t open_until;
} webhook_breaker;

/* Whether a request may go out. When it was open for long enough, one may: the probe. Say what became
 * of it. */
bool webhook_breaker_admits(webhook_breaker *breaker, int64_t now);

/* Whether this has closed it. */
bool webhook_breaker_succeeded(webhook_breaker *breaker);

/* Whether this has opened it. */
bool webhook_breaker_failed(webhook_breaker *breaker, int64_t now, unsigned limit,
                            int64_t first_ms, int64_t maximum_ms, uint64_t random);

#pragma GCC visibility pop

#endif

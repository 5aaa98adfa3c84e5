/* SPDX-License-Identifier: Apache-2.0 */

#include "patience.h"

int64_t webhook_pause(unsigned attempts, int64_t first_ms, int64_t maximum_ms, uint64_t random)
{
    int64_t pause = first_ms;
    for (unsigned i = 1; i < attempts && pause < maximum_ms; i++)
        pause *= 2;
    if (pause > maximum_ms)
        pause = maximum_ms;
    int64_t half = pause / 2;
    return pause - half + (int64_t)(random % (uint64_t)(half + 1));
}

bool webhook_breaker_admits(webhook_breaker *breaker, int64_t now)
{
    if (!breaker->is_open)
        return true;
    if (breaker->is_probing || now < breaker->open_until)
        return false;
    breaker->is_probing = true;
    return true;
}

bool webhook_breaker_succeeded(webhook_breaker *breaker)
{
    bool was_open = breaker->is_open;
    *breaker = (webhook_breaker){0};
    return was_open;
}

bool webhook_breaker_failed(webhook_breaker *breaker, int64_t now, unsigned limit,
                            int64_t first_ms, int64_t maximum_ms, uint64_t random)
{
    /* One that was under way when it opened: nothing new. */
    if (breaker->is_open && !breaker->is_probing)
        return false;
    breaker->failures++;
    if (!breaker->is_probing && breaker->failures < limit)
        return false;
    bool was_open = breaker->is_open;
    breaker->is_open = true;
    breaker->is_probing = false;
    breaker->openings++;
    breaker->open_until = now + webhook_pause(breaker->openings, first_ms, maximum_ms, random);
    return !was_open;
}

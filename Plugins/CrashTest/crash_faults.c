/* SPDX-License-Identifier: Apache-2.0 */
#include "crash_faults.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Functions of their own, which the log has to name; volatile, so that no compiler knows better. */
#define FAULT static __attribute__((noinline))

static int *volatile nowhere;
static volatile unsigned zero;
static volatile unsigned count;

FAULT void crash_test_null(void) { count = (unsigned)*nowhere; }

FAULT void crash_test_libc(void) { count = (unsigned)strlen((const char *)nowhere); }

FAULT void crash_test_abort(void) { abort(); }

FAULT void crash_test_trap(void) { __builtin_trap(); }

FAULT void crash_test_divide(void) { count = 1 / zero; }

FAULT void crash_test_overflow(void)
{
    volatile char room[1024];
    room[0] = (char)count;
    if (count == 0) crash_test_overflow();
    count += (unsigned char)room[0];
}

FAULT void crash_test_free(void)
{
    void *volatile memory = malloc(32);
    free(memory);
    free(memory);
}

FAULT void *crash_test_thread(void *unused)
{
    (void)unused;
    count = (unsigned)*nowhere;
    return NULL;
}

FAULT void crash_test_loop(void)
{
    for (;;) count += 1;
}

FAULT void crash_test_block(void)
{
    for (;;) pause();
}

static void crash_test_sleep(uint64_t milliseconds)
{
    struct timespec rest = {.tv_sec = (time_t)(milliseconds / 1000),
                            .tv_nsec = (long)(milliseconds % 1000) * 1000000};
    while (nanosleep(&rest, &rest) != 0) {}
}

static void start_thread(void)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, crash_test_thread, NULL) == 0) pthread_join(thread, NULL);
}

static void leak(uint64_t mebibytes)
{
    for (uint64_t i = 0; i < mebibytes && i < 65536; i++) {
        char *volatile memory = malloc(1 << 20);
        if (memory != NULL) memset(memory, 1, 1 << 20);
    }
}

bool crash_fault(const char *word, uint64_t number)
{
    static const struct {
        const char *word;
        void (*function)(void);
    } faults[] = {
        {"null", crash_test_null},         {"libc", crash_test_libc},
        {"abort", crash_test_abort},       {"trap", crash_test_trap},
        {"divide", crash_test_divide},     {"overflow", crash_test_overflow},
        {"free", crash_test_free},         {"thread", start_thread},
        {"loop", crash_test_loop},         {"block", crash_test_block},
    };
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        if (strcmp(word, faults[i].word) == 0) {
            faults[i].function();
            return true;
        }
    }
    if (strcmp(word, "sleep") == 0) {
        crash_test_sleep(number);
    } else if (strcmp(word, "leak") == 0) {
        leak(number);
    } else if (strcmp(word, "exit") == 0) {
        exit((int)number);
    } else {
        return false;
    }
    return true;
}

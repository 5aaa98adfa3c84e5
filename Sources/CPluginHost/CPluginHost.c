/* SPDX-License-Identifier: Apache-2.0 */
#include "CPluginHost.h"

#include <elf.h>
#include <signal.h>
#include <sys/time.h>

uint16_t tally_elf_machine(void) {
#if defined(__x86_64__)
    return EM_X86_64;
#elif defined(__aarch64__)
    return EM_AARCH64;
#elif defined(__riscv)
    return EM_RISCV;
#else
    return EM_NONE;
#endif
}

void tally_die_after(uint64_t milliseconds) {
    signal(SIGALRM, SIG_DFL);
    struct itimerval timer = {
        .it_value = {.tv_sec = (time_t)(milliseconds / 1000),
                     .tv_usec = (suseconds_t)(milliseconds % 1000 * 1000)},
    };
    setitimer(ITIMER_REAL, &timer, NULL);
}

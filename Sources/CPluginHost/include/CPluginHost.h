/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <tally_plugin.h>

/* What a plugin's `tally_host *` points to: the table first, as C lets a struct and its first member be
   each other, then who answers. It is never freed: a plugin that keeps the pointer too long gets
   TALLY_CLOSED, not freed memory. */
typedef struct tally_host_box {
    struct tally_host table;
    /* For any thread. */
    const void *desk;
    /* For the loop alone. */
    const void *instance;
} tally_host_box;

/* The machine of this build, as in an ELF header's e_machine; 0 when unknown. */
uint16_t tally_elf_machine(void);

/* Has the process killed by SIGALRM after so many milliseconds unless it is called again; 0: never.
   setitimer(2) with ITIMER_REAL; the disposition of SIGALRM is set to its default. */
void tally_die_after(uint64_t milliseconds);

/* SPDX-License-Identifier: Apache-2.0 */
/* Says, in memory that outlives the process, where in which plugin it died or hangs. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Words of a record; the first is written last. */
enum {
    TALLY_FAULT_KIND = 0,
    TALLY_FAULT_SIGNAL,
    /* si_code of sigaction(2): above 0 when the kernel raised it. */
    TALLY_FAULT_CODE,
    TALLY_FAULT_ADDRESS,
    TALLY_FAULT_PC,
    /* Number + 1 of the plugin whose code was found, 0: none was. */
    TALLY_FAULT_PLUGIN,
    /* Of that code within the plugin's library. */
    TALLY_FAULT_OFFSET,
    /* TALLY_FAULT_ON_LOOP ... */
    TALLY_FAULT_FLAGS,
    /* Number + 1 of the plugin whose thread it is, 0: the loop's, or nobody said. */
    TALLY_FAULT_THREAD,
    TALLY_FAULT_WORD_COUNT
};

/* TALLY_FAULT_KIND */
enum { TALLY_FAULT_NONE = 0, TALLY_FAULT_DEATH = 1, TALLY_FAULT_STALL = 2 };

/* TALLY_FAULT_FLAGS */
enum {
    /* It was the process's first thread. */
    TALLY_FAULT_ON_LOOP = 1,
    /* The instruction itself was the plugin's; else what it called was found on the stack. */
    TALLY_FAULT_EXACT = 2
};

/* Asks a thread where it is; the default action is to end the process. */
#define TALLY_FAULT_LOCATE_SIGNAL 12 /* SIGUSR2 */

/* From here on this process says of its deadly signals where they came from, then dies of them as it
   would have. `record`: TALLY_FAULT_WORD_COUNT words that stay mapped. For the loop's thread, before
   there is another; a second call changes nothing. 0, or an error number. */
int tally_fault_install(uint64_t *record);

/* Says that the library that holds this address is a plugin's. Before its first call, on the loop.
   0, or -1 when no library holds it or there are too many. */
int tally_fault_add_library(int plugin, const void *address);

/* Says whose work this thread does from here on; -1: nobody's. */
void tally_fault_set_thread(int plugin);

/* tgkill(2) of a process's first thread: the others of a worker are plugins' own. */
int tally_fault_locate(int process);

/* Of Swift's runtime (swift/Demangling/Demangle.h), which every Swift program has: a symbol's name for
   people, to be freed; NULL when it is none of Swift's. */
char *swift_demangle(const char *name, size_t length, char *buffer, size_t *buffer_size,
                     uint32_t flags);

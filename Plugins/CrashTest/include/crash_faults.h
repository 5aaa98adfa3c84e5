/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Does to the process what the word says; returns where the fault lets it.

   null       reads through a null pointer
   libc       has the C library do that
   abort      calls abort
   trap       runs an instruction that there is none
   divide     divides an integer by zero
   overflow   calls itself until the stack is full
   free       gives the same memory back twice
   thread     reads through a null pointer on a thread of its own
   exit       ends the process, with status `number`
   loop       computes for ever
   block      waits for ever
   sleep      waits for `number` milliseconds
   leak       takes `number` MiB and uses them

   false: none of these. */
bool crash_fault(const char *word, uint64_t number);

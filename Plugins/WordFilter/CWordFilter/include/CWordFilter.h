/* SPDX-License-Identifier: Apache-2.0 */
/* What word-filter needs of ICU, whose functions' names are macros that Swift does not see. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* Folds one user-perceived character (UTF-16): case, width and compatibility (NFKC_Casefold, UAX #31),
 * diacritics (marks of its decomposition), look-alikes of ASCII letters (the skeleton of UTS #39).
 * Returns how many units it wrote to `folded`, at most `capacity`; -1 when ICU failed. Any thread. */
int32_t word_filter_fold(const uint16_t *text, int32_t length, uint16_t *folded, int32_t capacity);

typedef struct word_filter_regex word_filter_regex;

/* Compiles a regular expression (UTF-16, ICU's syntax), ignoring case. NULL: it is none, and `error`
 * says why. */
word_filter_regex *word_filter_regex_open(const uint16_t *pattern, int32_t length, char *error,
                                          size_t error_size);
void word_filter_regex_close(word_filter_regex *regex);

/* Looks for the next match in `text` from `from` on. 1: found, between *start and *end; 0: none; -1: gave
 * up after `steps` steps of the matcher, each about a millisecond at most, or for lack of stack. Any
 * thread: it works on a copy. */
int32_t word_filter_regex_find(const word_filter_regex *regex, const uint16_t *text,
                               int32_t length, int32_t from, int32_t steps, int32_t *start,
                               int32_t *end);

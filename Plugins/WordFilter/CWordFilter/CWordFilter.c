/* SPDX-License-Identifier: Apache-2.0 */

#include "CWordFilter.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uregex.h>
#include <unicode/uspoof.h>
#include <unicode/utf16.h>

/* A character that a reader sees as one can be built of many; what is beyond this is cut off. */
enum { CHARACTER_UNITS = 64 };

/* Backtracking states, 8 MiB in ICU unless limited: some hundred thousand of them. */
enum { REGEX_STACK_BYTES = 1 << 20 };

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const UNormalizer2 *casefold, *decompose;
static USpoofChecker *spoof;

/* Shared by all threads from then on: ICU's immutable services are safe for that. */
static void open_services(void) {
    UErrorCode status = U_ZERO_ERROR;
    casefold = unorm2_getNFKCCasefoldInstance(&status);
    decompose = unorm2_getNFDInstance(&status);
    spoof = uspoof_open(&status);
    if (U_FAILURE(status)) casefold = NULL;
}

/* Case and compatibility folded, decomposed, without its marks. */
static int32_t plain(const UChar *text, int32_t length, UChar *out, int32_t capacity) {
    UErrorCode status = U_ZERO_ERROR;
    UChar folded[CHARACTER_UNITS * 4], apart[CHARACTER_UNITS * 8];
    int32_t count = unorm2_normalize(casefold, text, length, folded, CHARACTER_UNITS * 4, &status);
    int32_t apart_count =
        unorm2_normalize(decompose, folded, count, apart, CHARACTER_UNITS * 8, &status);
    int32_t written = 0;
    if (U_FAILURE(status)) return -1;
    for (int32_t index = 0; index < apart_count;) {
        UChar32 point;
        U16_NEXT(apart, index, apart_count, point);
        if (U_GET_GC_MASK(point) & (U_GC_MN_MASK | U_GC_ME_MASK | U_GC_MC_MASK)) continue;
        if (written + 2 > capacity) break;
        U16_APPEND_UNSAFE(out, written, point);
    }
    return written;
}

static int is_ascii(const UChar *text, int32_t length) {
    for (int32_t index = 0; index < length; index++)
        if (text[index] > 0x7F) return 0;
    return length > 0;
}

int32_t word_filter_fold(const uint16_t *text, int32_t length, uint16_t *folded, int32_t capacity) {
    UErrorCode status = U_ZERO_ERROR;
    UChar skeleton[CHARACTER_UNITS * 4], likeness[CHARACTER_UNITS];
    int32_t count, likeness_count;
    pthread_once(&once, open_services);
    if (!casefold) return -1;
    if (length > CHARACTER_UNITS) length = CHARACTER_UNITS;
    count = plain((const UChar *)text, length, folded, capacity);
    if (count <= 0 || is_ascii(folded, count)) return count;

    /* What looks like ASCII letters becomes them; all else stays itself, so that a list in Greek or
     * Cyrillic says what it says. */
    likeness_count =
        uspoof_getSkeleton(spoof, 0, folded, count, skeleton, CHARACTER_UNITS * 4, &status);
    if (U_FAILURE(status)) return count;
    likeness_count = plain(skeleton, likeness_count, likeness, CHARACTER_UNITS);
    if (likeness_count <= 0 || likeness_count > capacity || !is_ascii(likeness, likeness_count))
        return count;
    /* The skeleton of m is rn; it is m that is meant. */
    if (likeness_count == 2 && likeness[0] == 'r' && likeness[1] == 'n') {
        folded[0] = 'm';
        return 1;
    }
    for (int32_t index = 0; index < likeness_count; index++) folded[index] = likeness[index];
    return likeness_count;
}

struct word_filter_regex {
    URegularExpression *expression;
};

word_filter_regex *word_filter_regex_open(const uint16_t *pattern, int32_t length, char *error,
                                          size_t error_size) {
    UErrorCode status = U_ZERO_ERROR;
    UParseError place;
    word_filter_regex *regex = calloc(1, sizeof *regex);
    if (!regex) return NULL;
    regex->expression = uregex_open((const UChar *)pattern, length, UREGEX_CASE_INSENSITIVE, &place, &status);
    if (U_FAILURE(status)) {
        snprintf(error, error_size, "%s at character %d", u_errorName(status), (int)place.offset + 1);
        free(regex);
        return NULL;
    }
    uregex_setStackLimit(regex->expression, REGEX_STACK_BYTES, &status);
    return regex;
}

void word_filter_regex_close(word_filter_regex *regex) {
    if (!regex) return;
    uregex_close(regex->expression);
    free(regex);
}

int32_t word_filter_regex_find(const word_filter_regex *regex, const uint16_t *text,
                               int32_t length, int32_t from, int32_t steps, int32_t *start,
                               int32_t *end) {
    UErrorCode status = U_ZERO_ERROR;
    URegularExpression *copy = uregex_clone(regex->expression, &status);
    UBool found = 0;
    uregex_setTimeLimit(copy, steps, &status);
    uregex_setText(copy, (const UChar *)text, length, &status);
    found = uregex_find(copy, from, &status);
    if (U_SUCCESS(status) && found) {
        *start = uregex_start(copy, 0, &status);
        *end = uregex_end(copy, 0, &status);
    }
    uregex_close(copy);
    if (U_FAILURE(status)) return -1;
    return found ? 1 : 0;
}

/* SPDX-License-Identifier: Apache-2.0 */

#include "address_ranges.h"

#include <string.h>

enum { IPV4_MAPPED_BITS = 96 };

/* 0..limit in plain digits, or -1. */
static int parse_prefix(const char *text, int limit)
{
    size_t length = strlen(text);
    if (length == 0 || length > 3 || (length > 1 && text[0] == '0'))
        return -1;
    int value = 0;
    for (const char *digit = text; *digit != '\0'; digit++) {
        if (*digit < '0' || *digit > '9')
            return -1;
        value = value * 10 + (*digit - '0');
    }
    return value <= limit ? value : -1;
}

static uint8_t mask_of_byte(unsigned prefix_bits, size_t index)
{
    size_t bits_before = index * 8;
    if (prefix_bits >= bits_before + 8)
        return 0xff;
    if (prefix_bits <= bits_before)
        return 0;
    return (uint8_t)(0xff << (8 - (prefix_bits - bits_before)));
}

bool address_range_parse(const char *text, address_range *result)
{
    char first[64]; /* the longest address has 45 characters */
    const char *slash = strchr(text, '/');
    size_t length = slash != NULL ? (size_t)(slash - text) : strlen(text);
    if (length >= sizeof first)
        return false;
    memcpy(first, text, length);
    first[length] = '\0';
    if (!address_parse(first, &result->first))
        return false;

    result->prefix_bits = 128;
    if (slash != NULL) {
        bool is_ipv4 = strchr(first, ':') == NULL;
        int bits = parse_prefix(slash + 1, is_ipv4 ? 32 : 128);
        if (bits < 0)
            return false;
        result->prefix_bits = (unsigned)bits + (is_ipv4 ? IPV4_MAPPED_BITS : 0);
    }
    for (size_t i = 0; i < sizeof result->first.bytes; i++)
        if ((result->first.bytes[i] & ~mask_of_byte(result->prefix_bits, i)) != 0)
            return false;
    return true;
}

bool address_range_contains(const address_range *range, const address *candidate)
{
    for (size_t i = 0; i < sizeof candidate->bytes; i++) {
        uint8_t mask = mask_of_byte(range->prefix_bits, i);
        if ((candidate->bytes[i] & mask) != range->first.bytes[i])
            return false;
    }
    return true;
}

bool address_list_add(address_list *list, const char *text)
{
    if (list->count == ADDRESS_LIST_LIMIT)
        return false;
    if (!address_range_parse(text, &list->ranges[list->count]))
        return false;
    list->count++;
    return true;
}

bool address_list_contains(const address_list *list, const address *candidate)
{
    for (size_t i = 0; i < list->count; i++)
        if (address_range_contains(&list->ranges[i], candidate))
            return true;
    return false;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Internet addresses and ranges of them: who may call a plugin, and whom it may call.
 *
 * An address is 16 bytes, an IPv4 one as ::ffff:a.b.c.d (RFC 4291 §2.5.5.2), so that there is one way to
 * compare them, whichever kind of socket one came from.
 */
#ifndef ADDRESS_RANGES_H
#define ADDRESS_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

struct sockaddr;

typedef struct address {
    uint8_t bytes[16];
} address;

/* Reads "192.0.2.1" or "2001:db8::1", without brackets, port or zone. */
bool address_parse(const char *text, address *result);

/* False for a socket that is not IPv4 or IPv6. */
bool address_of_socket(const struct sockaddr *socket, address *result);

/*
 * Whether it is one of the Internet's at large: in none of IANA's special-purpose registries
 * (RFC 6890), no multicast, and none of these embedded in an IPv6 address that is translated or
 * tunnelled to IPv4.
 */
bool address_is_public(const address *candidate);

typedef struct address_range {
    address first;
    unsigned prefix_bits; /* of the 128 */
} address_range;

/* Reads "10.0.0.0/8", "fd00::/8", or one address. Bits below the prefix must be 0: 10.1.0.0/8 is a
 * mistake that somebody should hear of. */
bool address_range_parse(const char *text, address_range *result);

bool address_range_contains(const address_range *range, const address *candidate);

/* As many as a list of settings may have: more is a network plan, and belongs into a firewall. */
#define ADDRESS_LIST_LIMIT 64

typedef struct address_list {
    size_t count;
    address_range ranges[ADDRESS_LIST_LIMIT];
} address_list;

/* False when it is no range, or one too many. */
bool address_list_add(address_list *list, const char *text);

bool address_list_contains(const address_list *list, const address *candidate);

#pragma GCC visibility pop

#endif

/* SPDX-License-Identifier: Apache-2.0 */

#include "address_ranges.h"

#include <string.h>

/* IANA's IPv4 and IPv6 special-purpose address registries, what is not "globally reachable", and
 * multicast. 192.88.99.0/24 (6to4 relays) is deprecated: nothing there is meant to be called. */
static const char *const NOT_PUBLIC[] = {
    "0.0.0.0/8",       "10.0.0.0/8",      "100.64.0.0/10",   "127.0.0.0/8",    "169.254.0.0/16",
    "172.16.0.0/12",   "192.0.0.0/24",    "192.0.2.0/24",    "192.88.99.0/24", "192.168.0.0/16",
    "198.18.0.0/15",   "198.51.100.0/24", "203.0.113.0/24",  "224.0.0.0/4",    "240.0.0.0/4",
    "64:ff9b:1::/48",  "100::/64",        "2001::/23",       "2001:db8::/32",  "3fff::/20",
    "5f00::/16",       "fc00::/7",        "fe80::/10",       "fec0::/10",      "ff00::/8",
};

/* Global unicast; what IANA has given out for the Internet so far. */
static const char GLOBAL_UNICAST[] = "2000::/3";

/* Where the last or the middle 32 bits are an IPv4 address that is called in the end. */
static const char NAT64[] = "64:ff9b::/96";
static const char SIX_TO_FOUR[] = "2002::/16";
static const char IPV4_MAPPED[] = "::ffff:0:0/96";

static bool is_in(const char *range_text, const address *candidate)
{
    address_range range;
    return address_range_parse(range_text, &range) && address_range_contains(&range, candidate);
}

static address embedded(const address *candidate, size_t offset)
{
    address inner = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}};
    memcpy(inner.bytes + 12, candidate->bytes + offset, 4);
    return inner;
}

bool address_is_public(const address *candidate)
{
    for (size_t i = 0; i < sizeof NOT_PUBLIC / sizeof NOT_PUBLIC[0]; i++)
        if (is_in(NOT_PUBLIC[i], candidate))
            return false;
    if (is_in(IPV4_MAPPED, candidate))
        return true;
    if (is_in(NAT64, candidate)) {
        address inner = embedded(candidate, 12);
        return address_is_public(&inner);
    }
    if (is_in(SIX_TO_FOUR, candidate)) {
        address inner = embedded(candidate, 2);
        return address_is_public(&inner);
    }
    return is_in(GLOBAL_UNICAST, candidate);
}

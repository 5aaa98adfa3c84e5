/* SPDX-License-Identifier: Apache-2.0 */

#include "address_ranges.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

static void map_ipv4(const void *four_bytes, address *result)
{
    memset(result->bytes, 0, 10);
    memset(result->bytes + 10, 0xff, 2);
    memcpy(result->bytes + 12, four_bytes, 4);
}

bool address_parse(const char *text, address *result)
{
    struct in_addr ipv4;
    if (inet_pton(AF_INET, text, &ipv4) == 1) {
        map_ipv4(&ipv4, result);
        return true;
    }
    return inet_pton(AF_INET6, text, result->bytes) == 1;
}

bool address_of_socket(const struct sockaddr *socket, address *result)
{
    if (socket->sa_family == AF_INET) {
        struct sockaddr_in ipv4;
        memcpy(&ipv4, socket, sizeof ipv4);
        map_ipv4(&ipv4.sin_addr, result);
        return true;
    }
    if (socket->sa_family == AF_INET6) {
        struct sockaddr_in6 ipv6;
        memcpy(&ipv6, socket, sizeof ipv6);
        memcpy(result->bytes, &ipv6.sin6_addr, sizeof result->bytes);
        return true;
    }
    return false;
}

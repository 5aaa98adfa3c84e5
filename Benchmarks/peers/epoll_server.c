/* SPDX-License-Identifier: Apache-2.0 */
/* The floor: the least that a WebSocket server can do and still send every message to everyone.

   One epoll loop, one send(2) for each delivery, the frame made once; no limits, no timers, no
   history, no queue: where a socket is full, the message is lost to that client, and counted on
   standard error at the end. Not to be used for anything but to be compared with.

   Usage: epoll_server PORT */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAXIMUM_DESCRIPTORS = 20000, MAXIMUM_REQUEST = 4096, MAXIMUM_MESSAGE = 60000 };

/* Descriptors of those whose handshake is done, close together for the walk; and where each is. */
static int members[MAXIMUM_DESCRIPTORS];
static int place[MAXIMUM_DESCRIPTORS];
static int member_count;
static unsigned long lost;
static volatile sig_atomic_t ended;

static unsigned char received[1 << 17];
static unsigned char frame[MAXIMUM_MESSAGE + 4];

static void on_signal(int number) {
    (void)number;
    ended = 1;
}

static void leave(int descriptor) {
    if (place[descriptor] >= 0) {
        int last = members[--member_count];
        members[place[descriptor]] = last;
        place[last] = place[descriptor];
        place[descriptor] = -1;
    }
    close(descriptor);
}

/* RFC 6455 section 4.2.2: the digest of the key and a fixed text. */
static int shake_hands(int descriptor, char *request) {
    static const char name[] = "sec-websocket-key:";
    char *key = strcasestr(request, name);
    if (key == NULL) return -1;
    key += sizeof name - 1;
    while (*key == ' ') key++;
    char *end = strstr(key, "\r\n");
    if (end == NULL || end - key > 64) return -1;
    char text[128];
    int length = snprintf(text, sizeof text, "%.*s258EAFA5-E914-47DA-95CA-C5AB0DC85B11",
                          (int)(end - key), key);
    unsigned char digest[20], encoded[32];
    EVP_Digest(text, (size_t)length, digest, NULL, EVP_sha1(), NULL);
    EVP_EncodeBlock(encoded, digest, sizeof digest);
    char answer[256];
    length = snprintf(answer, sizeof answer,
                      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                      "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
                      encoded);
    if (send(descriptor, answer, (size_t)length, MSG_NOSIGNAL) != length) return -1;
    place[descriptor] = member_count;
    members[member_count++] = descriptor;
    return 0;
}

static void send_to_all(const unsigned char *message, size_t size) {
    size_t head = 2;
    frame[0] = 0x81;
    if (size < 126) {
        frame[1] = (unsigned char)size;
    } else {
        frame[1] = 126;
        frame[2] = (unsigned char)(size >> 8);
        frame[3] = (unsigned char)size;
        head = 4;
    }
    memcpy(frame + head, message, size);
    for (int i = 0; i < member_count; i++) {
        ssize_t sent = send(members[i], frame, head + size, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent != (ssize_t)(head + size)) lost++;
    }
}

/* Whole frames of a publisher's; what one read cuts is kept for the next. */
static int take_frames(int descriptor) {
    static size_t kept;
    static int keeper = -1;
    if (keeper != descriptor) {
        if (keeper >= 0 && kept > 0) return -1; /* there is one publisher */
        kept = 0;
    }
    ssize_t count = recv(descriptor, received + kept, sizeof received - kept, 0);
    if (count < 0 && errno == EAGAIN) return 0;
    if (count <= 0) {
        kept = 0;
        keeper = -1;
        return -1;
    }
    size_t size = kept + (size_t)count, offset = 0;
    while (size - offset >= 6) {
        unsigned char *start = received + offset;
        size_t length = start[1] & 0x7F, head = 2;
        if (length == 126) {
            length = (size_t)start[2] << 8 | start[3];
            head = 4;
        }
        if (length > MAXIMUM_MESSAGE || !(start[1] & 0x80)) return -1;
        if (size - offset < head + 4 + length) break;
        unsigned char *key = start + head, *payload = key + 4;
        for (size_t i = 0; i < length; i++) payload[i] ^= key[i & 3];
        if ((start[0] & 0x0F) == 0x8) return -1;
        if ((start[0] & 0x0F) == 0x1) send_to_all(payload, length);
        offset += head + 4 + length;
    }
    kept = size - offset;
    memmove(received, received + offset, kept);
    keeper = kept > 0 ? descriptor : -1;
    return 0;
}

static int take(int descriptor) {
    if (place[descriptor] >= 0) return take_frames(descriptor);
    char request[MAXIMUM_REQUEST + 1];
    ssize_t count = recv(descriptor, request, MAXIMUM_REQUEST, MSG_PEEK);
    if (count < 0 && errno == EAGAIN) return 0;
    if (count <= 0) return -1;
    request[count] = 0;
    char *end = strstr(request, "\r\n\r\n");
    if (end == NULL) return count == MAXIMUM_REQUEST ? -1 : 0;
    recv(descriptor, request, (size_t)(end + 4 - request), 0);
    return shake_hands(descriptor, request);
}

int main(int count, char **arguments) {
    if (count != 2) {
        fprintf(stderr, "usage: epoll_server PORT\n");
        return 64;
    }
    for (int i = 0; i < MAXIMUM_DESCRIPTORS; i++) place[i] = -1;
    /* Not restarted: epoll_wait has to come back. */
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)atoi(arguments[1])),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(listener, 4096) != 0) {
        perror("listen");
        return 71;
    }
    int loop = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
    epoll_ctl(loop, EPOLL_CTL_ADD, listener, &event);
    struct epoll_event events[256];
    while (!ended) {
        int ready = epoll_wait(loop, events, 256, -1);
        for (int i = 0; i < ready; i++) {
            int descriptor = events[i].data.fd;
            if (descriptor != listener) {
                if (take(descriptor) != 0) leave(descriptor);
                continue;
            }
            while ((descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
                if (descriptor >= MAXIMUM_DESCRIPTORS) {
                    close(descriptor);
                    continue;
                }
                setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
                event = (struct epoll_event){.events = EPOLLIN, .data.fd = descriptor};
                epoll_ctl(loop, EPOLL_CTL_ADD, descriptor, &event);
            }
        }
    }
    if (lost > 0) fprintf(stderr, "epoll_server: %lu deliveries lost\n", lost);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
//
// tls-memory CERTIFICATE KEY [1.2]: what OpenSSL keeps for one idle server connection, by the place in
// OpenSSL that asked for it.
//
// The choices are those of Sources/TLS/TLSContext.swift. Each connection has shaken hands, taken and
// sent a message, and waits. Sizes are those of malloc's blocks; the client's side is left out.

#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

enum { connections = 200, unmeasured = 5, maximum_places = 1024 };

// In front of each block; as large as malloc aligns.
typedef struct {
    int place;  // -1: not counted
    int unused[3];
} header;

static struct {
    const char *file;
    int line;
    long bytes, blocks;
} places[maximum_places];
static int place_count, counting;

static int place_of(const char *file, int line) {
    int index = 0;
    while (index < place_count && (places[index].line != line || strcmp(places[index].file, file) != 0)) index++;
    if (index == place_count) {
        if (place_count == maximum_places) abort();
        places[place_count].file = file;
        places[place_count++].line = line;
    }
    return index;
}

static void count(header *block, int direction) {
    if (block->place < 0) return;
    // 8 bytes are malloc's own, before the block.
    places[block->place].bytes += direction * (long)(malloc_usable_size(block) + 8 - sizeof(header));
    places[block->place].blocks += direction;
}

static void *take(size_t size, const char *file, int line) {
    header *block = malloc(sizeof(header) + size);
    if (block == NULL) abort();
    block->place = counting ? place_of(file, line) : -1;
    count(block, 1);
    return block + 1;
}

static void give_back(void *memory, const char *file, int line) {
    (void)file, (void)line;
    if (memory == NULL) return;
    header *block = (header *)memory - 1;
    count(block, -1);
    free(block);
}

static void *resize(void *memory, size_t size, const char *file, int line) {
    if (memory == NULL) return take(size, file, line);
    if (size == 0) {
        give_back(memory, file, line);
        return NULL;
    }
    header *old = (header *)memory - 1;
    void *new = take(size, file, line);
    size_t kept = malloc_usable_size(old) - sizeof(header);
    memcpy(new, memory, kept < size ? kept : size);
    give_back(memory, file, line);
    return new;
}

static void check(int holds, const char *what) {
    if (holds) return;
    fprintf(stderr, "tls-memory: %s failed\n", what);
    ERR_print_errors_fp(stderr);
    exit(1);
}

static int by_bytes(const void *one, const void *other) {
    long a = ((__typeof__(&places[0]))one)->bytes, b = ((__typeof__(&places[0]))other)->bytes;
    return (a < b) - (a > b);
}

static void connect_one(SSL_CTX *server_context, SSL_CTX *client_context, int counted) {
    int pair[2];
    char buffer[20000];
    check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == 0, "socketpair");
    SSL *client = SSL_new(client_context);
    check(client != NULL && SSL_set_fd(client, pair[1]) == 1, "a client");
    SSL_set_connect_state(client);
    SSL_set_tlsext_host_name(client, "localhost");
    counting = counted;
    SSL *server = SSL_new(server_context);
    check(server != NULL && SSL_set_fd(server, pair[0]) == 1, "a server");
    SSL_set_accept_state(server);
    for (int turn = 0; turn < 6; turn++) {
        counting = 0;
        SSL_do_handshake(client);
        counting = counted;
        SSL_do_handshake(server);
    }
    check(SSL_is_init_finished(server) && SSL_is_init_finished(client), "the handshake");
    for (int turn = 0; turn < 2; turn++) {
        counting = 0;
        check(SSL_write(client, "question", 8) == 8, "asking");
        counting = counted;
        check(SSL_read(server, buffer, sizeof(buffer)) == 8, "reading");
        check(SSL_write(server, "answer", 6) == 6, "answering");
        check(SSL_read(server, buffer, sizeof(buffer)) < 0, "waiting");
        counting = 0;
        check(SSL_read(client, buffer, sizeof(buffer)) == 6, "the answer");
    }
    ERR_clear_error();
}

int main(int argument_count, char **arguments) {
    check(argument_count >= 3, "usage: tls-memory CERTIFICATE KEY [1.2]");
    check(CRYPTO_set_mem_functions(take, resize, give_back), "counting memory");
    SSL_CTX *server = SSL_CTX_new(TLS_server_method()), *client = SSL_CTX_new(TLS_client_method());
    check(SSL_CTX_use_certificate_file(server, arguments[1], SSL_FILETYPE_PEM) == 1
              && SSL_CTX_use_PrivateKey_file(server, arguments[2], SSL_FILETYPE_PEM) == 1,
          "the certificate");
    SSL_CTX_set1_groups_list(server, "X25519:P-256:P-384");
    SSL_CTX_set_mode(server, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_options(server, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_session_cache_mode(server, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(server, 1);
    if (argument_count > 3) SSL_CTX_set_max_proto_version(server, TLS1_2_VERSION);
    for (int number = -unmeasured; number < connections; number++) connect_one(server, client, number >= 0);

    long sum = 0;
    for (int place = 0; place < place_count; place++) sum += places[place].bytes;
    qsort(places, place_count, sizeof(places[0]), by_bytes);
    printf("%s, TLS %s: %ld bytes for each connection\n", OpenSSL_version(OPENSSL_VERSION),
           argument_count > 3 ? "1.2" : "1.3", sum / connections);
    for (int place = 0; place < place_count && places[place].bytes >= 64 * connections; place++) {
        printf("%7ld in %4.1f blocks  %s:%d\n", places[place].bytes / connections,
               (double)places[place].blocks / connections, places[place].file, places[place].line);
    }
    return 0;
}

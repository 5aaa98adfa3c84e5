/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

/* What follows are macros of OpenSSL's that Swift cannot import. */

static inline long tally_ctx_set_mode(SSL_CTX *context, long mode) {
    return SSL_CTX_set_mode(context, mode);
}

static inline long tally_ctx_clear_mode(SSL_CTX *context, long mode) {
    return SSL_CTX_clear_mode(context, mode);
}

static inline int tally_ctx_set_minimum_version(SSL_CTX *context, int version) {
    return (int)SSL_CTX_set_min_proto_version(context, version);
}

static inline int tally_ctx_set_groups(SSL_CTX *context, const char *list) {
    return (int)SSL_CTX_set1_groups_list(context, list);
}

static inline void tally_ctx_set_session_cache(SSL_CTX *context, long mode) {
    SSL_CTX_set_session_cache_mode(context, mode);
}

static inline int tally_ctx_add_chain_certificate(SSL_CTX *context, X509 *certificate) {
    return (int)SSL_CTX_add1_chain_cert(context, certificate);
}

static inline void tally_ctx_set_name_callback(SSL_CTX *context,
                                               int (*callback)(SSL *, int *, void *),
                                               void *argument) {
    SSL_CTX_set_tlsext_servername_callback(context, callback);
    SSL_CTX_set_tlsext_servername_arg(context, argument);
}

static inline int tally_set_server_name(SSL *session, const char *name) {
    return (int)SSL_set_tlsext_host_name(session, name);
}

static const uint64_t tally_no_renegotiation = SSL_OP_NO_RENEGOTIATION;
static const uint64_t tally_no_compression = SSL_OP_NO_COMPRESSION;
static const uint64_t tally_ignore_unexpected_end = SSL_OP_IGNORE_UNEXPECTED_EOF;
static const uint64_t tally_server_preference = SSL_OP_CIPHER_SERVER_PREFERENCE;
static const uint64_t tally_prioritize_chacha = SSL_OP_PRIORITIZE_CHACHA;
static const uint64_t tally_no_ticket = SSL_OP_NO_TICKET;

static inline int tally_certificate_name_count(const GENERAL_NAMES *names) {
    return sk_GENERAL_NAME_num(names);
}

static inline const GENERAL_NAME *tally_certificate_name(const GENERAL_NAMES *names, int index) {
    return sk_GENERAL_NAME_value(names, index);
}

static inline int tally_add_client_authority(SSL_CTX *context, X509 *certificate) {
    return SSL_CTX_add_client_CA(context, certificate) == 1
           && X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate) == 1;
}

/* HKDF-SHA256 (RFC 5869) of a secret of its own length; 1 when it worked. */
static inline int tally_derive(const unsigned char *secret, size_t secret_size,
                               const unsigned char *info, size_t info_size,
                               unsigned char *key, size_t key_size) {
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, NULL);
    int worked = context != NULL && EVP_PKEY_derive_init(context) == 1
                 && EVP_PKEY_CTX_set_hkdf_md(context, EVP_sha256()) == 1
                 && EVP_PKEY_CTX_set1_hkdf_key(context, secret, (int)secret_size) == 1
                 && EVP_PKEY_CTX_add1_hkdf_info(context, info, (int)info_size) == 1
                 && EVP_PKEY_derive(context, key, &key_size) == 1;
    EVP_PKEY_CTX_free(context);
    return worked;
}

/* The key of a ticket's authentication, set as EVP_MAC wants it; 1 when it worked. */
static inline int tally_set_ticket_mac(EVP_MAC_CTX *mac, unsigned char *key, size_t size) {
    OSSL_PARAM parameters[3] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key, size),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA256", 0),
        OSSL_PARAM_construct_end(),
    };
    return EVP_MAC_CTX_set_params(mac, parameters);
}

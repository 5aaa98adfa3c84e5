/* SPDX-License-Identifier: Apache-2.0 */

#include "signature.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char PREFIX[] = "whsec_";

/* Two secrets of 64 bytes in base64 with their line ends, and room for blank lines. */
enum { FILE_LIMIT = 512 };

bool webhook_secret_parse(const char *text, webhook_secret *secret)
{
    if (strncmp(text, PREFIX, sizeof PREFIX - 1) != 0)
        return false;
    const char *base64 = text + sizeof PREFIX - 1;
    size_t length = strlen(base64);
    unsigned char bytes[(WEBHOOK_SECRET_MAXIMUM + 2) / 3 * 3];
    if (length % 4 != 0 || length / 4 * 3 > sizeof bytes)
        return false;
    int count = EVP_DecodeBlock(bytes, (const unsigned char *)base64, (int)length);
    size_t padding = length >= 2 ? (size_t)(base64[length - 1] == '=') + (base64[length - 2] == '=') : 0;
    bool fits = count >= 0 && (size_t)count - padding >= WEBHOOK_SECRET_MINIMUM
        && (size_t)count - padding <= WEBHOOK_SECRET_MAXIMUM;
    if (fits) {
        secret->length = (size_t)count - padding;
        memcpy(secret->bytes, bytes, secret->length);
    }
    OPENSSL_cleanse(bytes, sizeof bytes);
    return fits;
}

/* The file's bytes, at most `size`; -1 with errno. */
static ssize_t read_private_file(const char *path, char *bytes, size_t size)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return -1;
    struct stat status;
    ssize_t count = -1;
    if (fstat(descriptor, &status) == 0) {
        errno = EPERM;
        if ((status.st_mode & (S_IRWXG | S_IRWXO)) == 0)
            count = read(descriptor, bytes, size);
    }
    int reason = errno;
    close(descriptor);
    errno = reason;
    return count;
}

static bool read_lines(char *text, webhook_secrets *secrets)
{
    char *rest = NULL;
    secrets->count = 0;
    for (char *line = strtok_r(text, "\r\n", &rest); line != NULL;
         line = strtok_r(NULL, "\r\n", &rest)) {
        if (secrets->count == WEBHOOK_SECRET_LIMIT
            || !webhook_secret_parse(line, &secrets->secrets[secrets->count]))
            return false;
        secrets->count++;
    }
    return secrets->count > 0;
}

bool webhook_secrets_read(const char *path, webhook_secrets *secrets, char *error, size_t error_size)
{
    char text[FILE_LIMIT + 1];
    ssize_t count = read_private_file(path, text, FILE_LIMIT);
    if (count < 0) {
        const char *why = errno == EPERM ? "others than its owner may read it" : strerror(errno);
        snprintf(error, error_size, "%s: %s", path, why);
        return false;
    }
    text[count] = '\0';
    bool is_read = read_lines(text, secrets);
    OPENSSL_cleanse(text, sizeof text);
    if (!is_read)
        snprintf(error, error_size,
                 "%s: one or two lines are needed, each whsec_ and base64 of %d to %d bytes", path,
                 WEBHOOK_SECRET_MINIMUM, WEBHOOK_SECRET_MAXIMUM);
    return is_read;
}

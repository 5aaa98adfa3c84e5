/* SPDX-License-Identifier: Apache-2.0 */

#include "secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char ALLOWED[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

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

bool media_secret_read(const char *path, char secret[MEDIA_SECRET_LIMIT + 1], char *error,
                       size_t error_size)
{
    char bytes[MEDIA_SECRET_LIMIT + 3]; /* with a line end, and one more to see that it is too long */
    ssize_t count = read_private_file(path, bytes, sizeof bytes);
    if (count < 0) {
        const char *why = errno == EPERM ? "others than its owner may read it" : strerror(errno);
        snprintf(error, error_size, "%s: %s", path, why);
        return false;
    }
    size_t length = (size_t)count;
    while (length > 0 && (bytes[length - 1] == '\n' || bytes[length - 1] == '\r'))
        length--;
    if (length < MEDIA_SECRET_MINIMUM || length > MEDIA_SECRET_LIMIT) {
        snprintf(error, error_size, "%s: a secret of %d to %d characters is needed", path,
                 MEDIA_SECRET_MINIMUM, MEDIA_SECRET_LIMIT);
        return false;
    }
    memcpy(secret, bytes, length);
    secret[length] = '\0';
    explicit_bzero(bytes, sizeof bytes);
    if (strspn(secret, ALLOWED) != length) {
        snprintf(error, error_size, "%s: only letters, digits, - and _ may be in a secret", path);
        return false;
    }
    return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MEDIA_SECRET_FILE_H
#define MEDIA_SECRET_FILE_H

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(hidden)

/* Characters. Below 16 it could be guessed; a URL carries it, so it is not long either. */
#define MEDIA_SECRET_MINIMUM 16
#define MEDIA_SECRET_LIMIT 128

/* Reads the one line of a file that only its owner may read: letters, digits, "-" and "_", which need
 * no escaping in a URL. False with a text in `error`, which has nothing of the secret. */
bool media_secret_read(const char *path, char secret[MEDIA_SECRET_LIMIT + 1], char *error,
                       size_t error_size);

#pragma GCC visibility pop

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdlib.h>
#include <zlib.h>

/* zlib keeps the address of its stream and refuses one that moved, so the streams live in C's memory.
 * The initializers are macros, which Swift cannot call; raw deflate (RFC 1951) is a negative window. */
static inline z_stream *tally_deflate_new(int level, int window_bits, int memory_level) {
    z_stream *stream = (z_stream *)calloc(1, sizeof(z_stream));
    if (stream && deflateInit2(stream, level, Z_DEFLATED, -window_bits, memory_level, Z_DEFAULT_STRATEGY) != Z_OK) {
        free(stream);
        return NULL;
    }
    return stream;
}

static inline void tally_deflate_free(z_stream *stream) {
    deflateEnd(stream);
    free(stream);
}

static inline z_stream *tally_inflate_new(int window_bits) {
    z_stream *stream = (z_stream *)calloc(1, sizeof(z_stream));
    if (stream && inflateInit2(stream, -window_bits) != Z_OK) {
        free(stream);
        return NULL;
    }
    return stream;
}

static inline void tally_inflate_free(z_stream *stream) {
    inflateEnd(stream);
    free(stream);
}

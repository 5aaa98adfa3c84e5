/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzzer.h"

/* libFuzzer's entry for programs with a main of their own (FuzzerInterface.h of LLVM). */
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));

static int (*target)(const uint8_t *data, size_t size);

/* Also what libFuzzer's own main, which is linked in and never called, asks for by name. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    return target(data, size);
}

int tally_fuzz(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size)) {
    target = callback;
    return LLVMFuzzerRunDriver(argc, argv, LLVMFuzzerTestOneInput);
}

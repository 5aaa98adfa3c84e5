/* SPDX-License-Identifier: Apache-2.0 */
/* Has workers alone run under another program, such as valgrind: loaded into the supervisor
   (LD_PRELOAD), it looks at what is started. Workers are started as /proc/self/exe, which valgrind
   would take for itself; so they get the program's path, too.

   WORKER_RUNNER: the program and its arguments, parted by spaces; WORKER_PROGRAM: what it is to run. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAXIMUM_ARGUMENTS = 256 };

int execv(const char *path, char *const arguments[]) {
    char *runner = getenv("WORKER_RUNNER"), *program = getenv("WORKER_PROGRAM");
    if (runner == NULL || program == NULL || arguments[0] == NULL || arguments[1] == NULL ||
        strcmp(arguments[1], "worker") != 0) {
        return execve(path, arguments, environ);
    }
    unsetenv("LD_PRELOAD"); /* valgrind has no use for this */
    char *all[MAXIMUM_ARGUMENTS];
    int count = 0;
    for (char *part = strtok(runner, " "); part != NULL && count < 64; part = strtok(NULL, " ")) {
        all[count++] = part;
    }
    all[count++] = program;
    for (int i = 1; arguments[i] != NULL && count < MAXIMUM_ARGUMENTS - 1; i++) {
        all[count++] = arguments[i];
    }
    all[count] = NULL;
    return execve(all[0], all, environ);
}

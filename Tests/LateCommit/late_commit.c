/* SPDX-License-Identifier: Apache-2.0

   Makes a Tally that acknowledges before it commits, to prove that the chaos checker sees it.

   Loaded with LD_PRELOAD, it stands before SQLite: a COMMIT answers that it is done at once, and is
   carried out only when the database is used again. Whoever is killed in between loses what it has
   acknowledged; nothing else changes. So the fault needs no hook in Tally itself. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

typedef int step_function(sqlite3_stmt *);
typedef int exec_function(sqlite3 *, const char *, int (*)(void *, int, char **, char **), void *,
                          char **);
typedef int autocommit_function(sqlite3 *);

static step_function *real_step;
static exec_function *real_exec;
static autocommit_function *real_autocommit;
/* sqlite3_exec(), which making a journal uses, steps through here, too: that stays as it is. */
static int is_in_exec;
/* The COMMIT that is owed; one connection at a time is enough for the hub. */
static sqlite3_stmt *owed;

__attribute__((constructor)) static void find_sqlite(void) {
    real_step = (step_function *)dlsym(RTLD_NEXT, "sqlite3_step");
    real_exec = (exec_function *)dlsym(RTLD_NEXT, "sqlite3_exec");
    real_autocommit = (autocommit_function *)dlsym(RTLD_NEXT, "sqlite3_get_autocommit");
}

static void carry_out(void) {
    if (!owed) return;
    sqlite3_stmt *commit = owed;
    owed = NULL;
    /* Tally resets a statement before it runs it again, but this one it believes to be done. */
    if (real_step(commit) != SQLITE_DONE) abort();
    sqlite3_reset(commit);
}

int sqlite3_step(sqlite3_stmt *statement) {
    carry_out();
    const char *text = sqlite3_sql(statement);
    if (!is_in_exec && text && strcmp(text, "COMMIT") == 0) {
        owed = statement;
        return SQLITE_DONE;
    }
    return real_step(statement);
}

int sqlite3_exec(sqlite3 *database, const char *text, int (*row)(void *, int, char **, char **),
                 void *context, char **message) {
    carry_out();
    is_in_exec = 1;
    int code = real_exec(database, text, row, context, message);
    is_in_exec = 0;
    return code;
}

int sqlite3_get_autocommit(sqlite3 *database) {
    return owed ? 1 : real_autocommit(database);
}

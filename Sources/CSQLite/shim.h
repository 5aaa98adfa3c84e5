/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <sqlite3.h>

/* SQLITE_TRANSIENT is a cast macro that Swift cannot import: SQLite copies what is bound. */
static inline int tally_bind_text(sqlite3_stmt *statement, int index, const char *text, int count) {
    return sqlite3_bind_text(statement, index, text, count, SQLITE_TRANSIENT);
}

static inline int tally_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, int count) {
    /* A null pointer would bind NULL: an empty blob is a value of its own. */
    if (count == 0) return sqlite3_bind_zeroblob(statement, index, 0);
    return sqlite3_bind_blob(statement, index, bytes, count, SQLITE_TRANSIENT);
}

/* sqlite3_db_config is variadic, which Swift cannot call. */
static inline int tally_enable_defensive(sqlite3 *database) {
    return sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
}

/* Notes after each commit how many frames the write-ahead log has (sqlite3_wal_hook). */
static inline int tally_note_log_length(void *length, sqlite3 *database, const char *name, int frames) {
    (void)database;
    (void)name;
    *(int *)length = frames;
    return SQLITE_OK;
}

/* `length` has to stay valid for as long as the connection is open. */
static inline void tally_watch_log_length(sqlite3 *database, int *length) {
    (void)sqlite3_wal_hook(database, tally_note_log_length, length);
}

/* A connection that has not accepted its file must leave it as it is, its WAL included. */
static inline int tally_set_checkpoint_on_close(sqlite3 *database, int is_on) {
    return sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, !is_on, (int *)0);
}

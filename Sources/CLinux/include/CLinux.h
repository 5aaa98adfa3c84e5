/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

/* Names and texts of errors and signals: GNU extensions that Swift's Glibc module hides.
   All return static strings, NULL for an unknown number. */
const char *tally_error_name(int code);
const char *tally_error_text(int code);
const char *tally_signal_name(int signal);

/* accept4(2) with SOCK_NONBLOCK | SOCK_CLOEXEC; a GNU extension. */
int tally_accept(int listener, struct sockaddr *address, socklen_t *length);

/* sendmsg(2) and recvmsg(2) with descriptors (SCM_RIGHTS, unix(7)); the CMSG macros are not for Swift.
   At most TALLY_MAXIMUM_DESCRIPTORS a message, the kernel's SCM_MAX_FD. Received descriptors are
   close-on-exec; *truncated: some did not fit or could not be opened here, and are lost. */
#define TALLY_MAXIMUM_DESCRIPTORS 253
ssize_t tally_send_descriptors(int socket, const void *bytes, size_t size, const int *descriptors,
                               int count);
ssize_t tally_receive_descriptors(int socket, void *bytes, size_t size,
                                  int descriptors[TALLY_MAXIMUM_DESCRIPTORS], int *count,
                                  int *truncated);

/* memfd_create(2) with MFD_CLOEXEC | MFD_ALLOW_SEALING; tally_seal makes it read-only for good. */
int tally_memory_file(const char *name);
int tally_seal(int file);

/* Open file description locks (fcntl(2), F_OFD_*) on the whole file. They belong to the
   description: they end with the last descriptor of it, so a killed process leaves none behind.
   tally_lock: 0, or -1 with errno (EAGAIN: somebody else holds it).
   tally_is_locked: asks without taking it; 1 locked by another description, 0 free, -1 errno. */
int tally_lock(int file);
int tally_is_locked(int file);

/* sigprocmask(2) with SIG_BLOCK and signalfd(2), nonblocking and close-on-exec. */
int tally_signal_descriptor(const int *signals, int count);
/* eventfd(2), nonblocking and close-on-exec. */
int tally_wake_descriptor(void);
void tally_ignore_broken_pipe(void);
void tally_ignore_file_size_limit(void);

/* Starts `path` as a child that dies with its parent.

   fork(2) and execv(2); between them only async-signal-safe calls. The child
   - has default signal dispositions and an empty mask (SIGTTOU ignored: it may log to a terminal
     from a background process group),
   - leads its own process group, so that Ctrl-C reaches the supervisor alone, which then stops
     its children in order,
   - gets SIGKILL when the parent dies (PR_SET_PDEATHSIG), and ends at once if it died already,
   - reads /dev/null as its standard input,
   - keeps exactly the `inherited` descriptors, output and error.
   Returns 0 and the child's id, or the error number of the call that failed, execv included. */
int tally_spawn(const char *path, char *const arguments[], const int *inherited, int count,
                pid_t *child);

/* PR_SET_PDEATHSIG SIGKILL again, for a process whose credentials changed: the kernel clears it. */
int tally_die_with_parent(void);

/* PR_SET_NO_NEW_PRIVS: nothing that this process starts can gain privileges, for good.
   PR_SET_DUMPABLE 0: no core dump, and no ptrace by others of the same user, until the next exec. */
int tally_forbid_new_privileges(void);
int tally_forbid_core_dumps(void);

/* The process's name in ps -e; at most 15 bytes. */
void tally_set_name(const char *name);

/* Has the C library map blocks from this size on by themselves (mallopt(3), M_MMAP_THRESHOLD). */
void tally_map_blocks_from(int byte_count);

/* The path that execve(2) got for this program (AT_EXECFN, getauxval(3)); NULL when unknown. */
const char *tally_start_path(void);

/* 1 when the signal's disposition is SIG_IGN. sigaction(2) has a union that Swift cannot compare. */
int tally_ignores_signal(int signal);

/* Relaxed 64-bit atomics on shared memory. One process writes each word, any number read it. */
static inline uint64_t tally_load(const uint64_t *word) {
    return __atomic_load_n(word, __ATOMIC_RELAXED);
}

static inline void tally_store(uint64_t *word, uint64_t value) {
    __atomic_store_n(word, value, __ATOMIC_RELAXED);
}

static inline void tally_add(uint64_t *word, uint64_t count) {
    __atomic_fetch_add(word, count, __ATOMIC_RELAXED);
}

/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

const char *tally_error_name(int code) { return strerrorname_np(code); }
const char *tally_error_text(int code) { return strerrordesc_np(code); }
const char *tally_signal_name(int signal) { return sigabbrev_np(signal); }

int tally_accept(int listener, struct sockaddr *address, socklen_t *length) {
    return accept4(listener, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

union control {
    char bytes[CMSG_SPACE(TALLY_MAXIMUM_DESCRIPTORS * sizeof(int))];
    struct cmsghdr alignment;
};

ssize_t tally_send_descriptors(int socket, const void *bytes, size_t size, const int *descriptors,
                               int count) {
    if (count < 0 || count > TALLY_MAXIMUM_DESCRIPTORS) {
        errno = EINVAL;
        return -1;
    }
    struct iovec vector = {.iov_base = (void *)bytes, .iov_len = size};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1};
    union control control;
    if (count > 0) {
        memset(&control, 0, sizeof control);
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE((size_t)count * sizeof(int));
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
        memcpy(CMSG_DATA(header), descriptors, (size_t)count * sizeof(int));
    }
    return sendmsg(socket, &message, MSG_NOSIGNAL);
}

ssize_t tally_receive_descriptors(int socket, void *bytes, size_t size,
                                  int descriptors[TALLY_MAXIMUM_DESCRIPTORS], int *count,
                                  int *truncated) {
    struct iovec vector = {.iov_base = bytes, .iov_len = size};
    union control control;
    struct msghdr message = {.msg_iov = &vector,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    *count = 0;
    *truncated = 0;
    ssize_t received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    if (received < 0) return received;
    *truncated = (message.msg_flags & MSG_CTRUNC) != 0;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL;
         header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        /* All headers together fit the buffer, so their descriptors fit the array. */
        int found = (int)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        memcpy(descriptors + *count, CMSG_DATA(header), (size_t)found * sizeof(int));
        *count += found;
    }
    return received;
}

int tally_memory_file(const char *name) {
    return memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

int tally_seal(int file) {
    return fcntl(file, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
}

int tally_lock(int file) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return fcntl(file, F_OFD_SETLK, &lock);
}

int tally_is_locked(int file) {
    struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
    if (fcntl(file, F_OFD_GETLK, &lock) != 0) return -1;
    return lock.l_type != F_UNLCK;
}

int tally_signal_descriptor(const int *signals, int count) {
    sigset_t set;
    sigemptyset(&set);
    for (int i = 0; i < count; i++) {
        if (sigaddset(&set, signals[i]) != 0) return -1;
    }
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0) return -1;
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

int tally_wake_descriptor(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

void tally_ignore_broken_pipe(void) { signal(SIGPIPE, SIG_IGN); }

void tally_ignore_file_size_limit(void) { signal(SIGXFSZ, SIG_IGN); }

int tally_die_with_parent(void) { return prctl(PR_SET_PDEATHSIG, SIGKILL); }

int tally_forbid_new_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }

int tally_forbid_core_dumps(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

void tally_set_name(const char *name) { prctl(PR_SET_NAME, name); }

void tally_map_blocks_from(int byte_count) { mallopt(M_MMAP_THRESHOLD, byte_count); }

const char *tally_start_path(void) { return (const char *)getauxval(AT_EXECFN); }

int tally_ignores_signal(int signal) {
    struct sigaction action;
    return sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

/* The child's side of tally_spawn; writes errno to `report` when it fails. */
static void run_child(const char *path, char *const arguments[], const int *inherited, int count,
                      pid_t parent, int report) {
    struct sigaction action = {.sa_handler = SIG_DFL};
    for (int i = 1; i < NSIG; i++) sigaction(i, &action, NULL);
    signal(SIGTTOU, SIG_IGN);
    sigset_t none;
    sigemptyset(&none);
    setpgid(0, 0);
    int null = open("/dev/null", O_RDONLY);
    int ready = null >= 0 && dup2(null, STDIN_FILENO) >= 0;
    /* What came from outside without O_CLOEXEC, too. Linux before 5.11 refuses the flag: then
       such descriptors stay open, which does no harm but to be untidy. */
    close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    for (int i = 0; i < count; i++) {
        ready = ready && fcntl(inherited[i], F_SETFD, 0) == 0;
    }
    ready = ready && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0;
    /* The parent may have died before the line above: then nobody sends the signal. */
    if (getppid() != parent) _exit(0);
    if (ready) {
        sigprocmask(SIG_SETMASK, &none, NULL);
        execv(path, arguments);
    }
    int code = errno;
    while (write(report, &code, sizeof code) < 0 && errno == EINTR) {}
    _exit(127);
}

int tally_spawn(const char *path, char *const arguments[], const int *inherited, int count,
                pid_t *child) {
    /* execv's outcome comes through a close-on-exec pipe: end of file means that it worked. */
    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0) return errno;
    /* No handler of the parent may run in the child. */
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    pid_t parent = getpid();
    *child = fork();
    if (*child == 0) run_child(path, arguments, inherited, count, parent, report[1]);
    int code = *child < 0 ? errno : 0;
    sigprocmask(SIG_SETMASK, &before, NULL);
    close(report[1]);
    if (*child > 0) {
        ssize_t size;
        do {
            size = read(report[0], &code, sizeof code);
        } while (size < 0 && errno == EINTR);
        if (size != sizeof code) code = 0;
    }
    close(report[0]);
    return code;
}

/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "CFault.h"

#include <errno.h>
#include <link.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

_Static_assert(TALLY_FAULT_LOCATE_SIGNAL == SIGUSR2, "signal(7): the same on x86-64 and AArch64");

enum {
    maximum_library_count = 16,
    /* A handler that runs when the loop's stack is full needs one of its own. */
    alternate_stack_size = 64 * 1024,
    /* Bytes of the longest call instruction. */
    longest_call = 7,
    /* How far up the stack a plugin's frame is looked for. */
    scanned_size = 256 * 1024,
    chunk_size = 4096
};

/* What the handlers read: written before a plugin's first call, never changed. `end` comes last and says that
   the rest is there: threads of the plugins before it run already. */
static struct library {
    int plugin;
    uintptr_t base, start, end;
} libraries[maximum_library_count];
static int claimed_count;
static uint64_t *record;

static const int deadly_signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS};
static _Alignas(16) char alternate_stack[alternate_stack_size];
/* Of the program, not of a library: reading it in a handler allocates nothing. */
static _Thread_local int thread_plugin = -1;
static int is_dying;

static void store(int word, uint64_t value) {
    __atomic_store_n(record + word, value, __ATOMIC_RELAXED);
}

static uintptr_t register_pc(const ucontext_t *context) {
#if defined(__x86_64__)
    return (uintptr_t)context->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
    return (uintptr_t)context->uc_mcontext.pc;
#else
    return 0;
#endif
}

static uintptr_t register_sp(const ucontext_t *context) {
#if defined(__x86_64__)
    return (uintptr_t)context->uc_mcontext.gregs[REG_RSP];
#elif defined(__aarch64__)
    return (uintptr_t)context->uc_mcontext.sp;
#else
    return 0;
#endif
}

/* What called a function that has no frame of its own yet. */
static uintptr_t register_link(const ucontext_t *context) {
#if defined(__aarch64__)
    return (uintptr_t)context->uc_mcontext.regs[30];
#else
    (void)context;
    return 0;
#endif
}

static const struct library *library_of(uintptr_t address) {
    for (int i = 0; i < maximum_library_count; i++) {
        uintptr_t end = __atomic_load_n(&libraries[i].end, __ATOMIC_ACQUIRE);
        if (address < end && address >= libraries[i].start) return &libraries[i];
    }
    return NULL;
}

/* Whether the code before an address in a library is a call. What the dynamic linker leaves on the stack
   points into a library, too, at its tables. */
static int follows_call(uintptr_t address, const struct library *library) {
    if (address - library->start < longest_call) return 0;
#if defined(__x86_64__)
    const unsigned char *next = (const unsigned char *)address;
    if (next[-5] == 0xE8) return 1;
    /* FF /2 with an operand of 1, 2, 3, 5 or 6 bytes. */
    for (int size = 2; size <= 7; size++) {
        if (next[-size] == 0xFF && (next[1 - size] & 0x38) == 0x10) return 1;
    }
    return 0;
#elif defined(__aarch64__)
    if (address % 4 != 0) return 0;
    uint32_t instruction = ((const uint32_t *)address)[-1];
    /* BL, BLR. */
    return (instruction & 0xFC000000) == 0x94000000 || (instruction & 0xFFFFFC1F) == 0xD63F0000;
#else
    return 1;
#endif
}

/* The innermost return address into a plugin, most likely: any word of the stack that looks like one.
   Frames cannot be walked: most libraries keep no frame pointers, and reading unwind tables is not
   async-signal-safe. process_vm_readv(2) fails where plain reading would fault. */
static uintptr_t return_address(uintptr_t sp) {
    static uintptr_t words[chunk_size / sizeof(uintptr_t)];
    for (uintptr_t at = sp & ~(sizeof(uintptr_t) - 1); at < sp + scanned_size;) {
        size_t size = chunk_size - at % chunk_size;
        struct iovec to = {.iov_base = words, .iov_len = size};
        struct iovec from = {.iov_base = (void *)at, .iov_len = size};
        if (process_vm_readv(getpid(), &to, 1, &from, 1, 0) != (ssize_t)size) return 0;
        for (size_t i = 0; i < size / sizeof(uintptr_t); i++) {
            const struct library *library = library_of(words[i]);
            if (library != NULL && follows_call(words[i], library)) return words[i];
        }
        at += size;
    }
    return 0;
}

static void write_record(uint64_t kind, int signal, const siginfo_t *info,
                         const ucontext_t *context) {
    uintptr_t pc = register_pc(context);
    int is_exact = library_of(pc) != NULL;
    /* The instruction after a call may be another function's: look at the call itself. */
    uintptr_t place = pc;
    if (!is_exact) {
        place = library_of(register_link(context)) ? register_link(context)
                                                   : return_address(register_sp(context));
        if (place != 0) place -= 1;
    }
    const struct library *library = library_of(place);
    int is_loop = syscall(SYS_gettid) == getpid();
    store(TALLY_FAULT_SIGNAL, (uint64_t)signal);
    store(TALLY_FAULT_CODE, (uint64_t)(int64_t)info->si_code);
    store(TALLY_FAULT_ADDRESS, info->si_code > 0 ? (uint64_t)(uintptr_t)info->si_addr : 0);
    store(TALLY_FAULT_PC, pc);
    store(TALLY_FAULT_PLUGIN, library ? (uint64_t)library->plugin + 1 : 0);
    store(TALLY_FAULT_OFFSET, library ? place - library->base : 0);
    store(TALLY_FAULT_FLAGS,
          (is_loop ? TALLY_FAULT_ON_LOOP : 0) | (is_exact ? TALLY_FAULT_EXACT : 0));
    store(TALLY_FAULT_THREAD, (uint64_t)(thread_plugin + 1));
    __atomic_store_n(record + TALLY_FAULT_KIND, kind, __ATOMIC_RELEASE);
}

static void die(int signal, siginfo_t *info, void *context) {
    int code = errno;
    /* One thread tells; another that fails at the same moment waits for the end. */
    if (__atomic_exchange_n(&is_dying, 1, __ATOMIC_ACQ_REL)) {
        for (;;) pause();
    }
    /* From here on, also for a fault in this handler. */
    struct sigaction action = {.sa_handler = SIG_DFL};
    for (size_t i = 0; i < sizeof deadly_signals / sizeof *deadly_signals; i++) {
        sigaction(deadly_signals[i], &action, NULL);
    }
    write_record(TALLY_FAULT_DEATH, signal, info, context);
    /* An instruction that faulted faults again when it is resumed, so that a core dump shows it;
       what somebody sent has to be sent again. */
    if (info->si_code <= 0) syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), signal);
    errno = code;
}

static void tell(int signal, siginfo_t *info, void *context) {
    int code = errno;
    write_record(TALLY_FAULT_STALL, signal, info, context);
    errno = code;
}

int tally_fault_install(uint64_t *words) {
    if (record != NULL) return 0;
    record = words;
    stack_t stack = {.ss_sp = alternate_stack, .ss_size = sizeof alternate_stack};
    if (sigaltstack(&stack, NULL) != 0) return errno;
    struct sigaction action = {.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART};
    sigfillset(&action.sa_mask);
    for (size_t i = 0; i < sizeof deadly_signals / sizeof *deadly_signals; i++) {
        action.sa_sigaction = die;
        if (sigaction(deadly_signals[i], &action, NULL) != 0) return errno;
    }
    action.sa_sigaction = tell;
    return sigaction(TALLY_FAULT_LOCATE_SIGNAL, &action, NULL) == 0 ? 0 : errno;
}

struct search {
    uintptr_t address;
    struct library found;
    int is_found;
};

static int look_at(struct dl_phdr_info *object, size_t size, void *context) {
    (void)size;
    struct search *search = context;
    uintptr_t start = UINTPTR_MAX, end = 0;
    int holds = 0;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &object->dlpi_phdr[i];
        if (header->p_type != PT_LOAD) continue;
        uintptr_t first = object->dlpi_addr + header->p_vaddr;
        uintptr_t last = first + header->p_memsz;
        holds = holds || (search->address >= first && search->address < last);
        if ((header->p_flags & PF_X) == 0) continue;
        start = first < start ? first : start;
        end = last > end ? last : end;
    }
    if (!holds || start >= end) return 0;
    search->found.base = object->dlpi_addr;
    search->found.start = start;
    search->found.end = end;
    search->is_found = 1;
    return 1;
}

int tally_fault_add_library(int plugin, const void *address) {
    struct search search = {.address = (uintptr_t)address};
    dl_iterate_phdr(look_at, &search);
    if (!search.is_found) return -1;
    search.found.plugin = plugin;
    /* A process has one loop that does this, but tests have several in one. */
    if (__atomic_load_n(&claimed_count, __ATOMIC_RELAXED) >= maximum_library_count) return -1;
    int place = __atomic_fetch_add(&claimed_count, 1, __ATOMIC_RELAXED);
    if (place >= maximum_library_count) return -1;
    struct library *library = &libraries[place];
    library->plugin = search.found.plugin;
    library->base = search.found.base;
    library->start = search.found.start;
    __atomic_store_n(&library->end, search.found.end, __ATOMIC_RELEASE);
    return 0;
}

void tally_fault_set_thread(int plugin) { thread_plugin = plugin; }

int tally_fault_locate(int process) {
    return syscall(SYS_tgkill, process, process, TALLY_FAULT_LOCATE_SIGNAL) == 0 ? 0 : errno;
}

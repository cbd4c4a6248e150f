#define _GNU_SOURCE
#include "CLinux.h"

#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/signalfd.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

// The numbers are the same on every architecture: they came after the tables were unified.
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

/// struct pidfd_info as Linux 6.13 published it, 64 bytes. The last word was spare until 6.15 made it the exit code.
/// Later kernels append, and accept this size for good, since the ioctl number carries it.
struct pidfd_info_v0 {
    uint64_t mask;
    uint64_t cgroup_id;
    uint32_t pid, tgid, ppid;
    uint32_t ruid, rgid, euid, egid, suid, sgid, fsuid, fsgid;
    int32_t exit_code;
};
_Static_assert(sizeof(struct pidfd_info_v0) == 64, "PIDFD_INFO_SIZE_VER0");

#define PIDFD_GET_INFO_V0 _IOWR(0xFF, 11, struct pidfd_info_v0)

int knell_pidfd_open(pid_t pid, unsigned int flags) { return (int)syscall(SYS_pidfd_open, pid, flags); }

int knell_pidfd_send_signal(int pidfd, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0u);
}

int knell_pidfd_get_exit(int pidfd, struct knell_pidfd_exit *out) {
    struct pidfd_info_v0 info;
    memset(&info, 0, sizeof info);
    info.mask = KNELL_PIDFD_INFO_EXIT;
    int result = ioctl(pidfd, PIDFD_GET_INFO_V0, &info);
    out->mask = result == -1 ? 0 : info.mask;
    out->exit_code = info.exit_code;
    return result;
}

int knell_openat(int directory, const char *path, int flags, mode_t mode) {
    return openat(directory, path, flags, mode);
}

ssize_t knell_write_nowait(int descriptor, const void *bytes, size_t size) {
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = size};
    return pwritev2(descriptor, &part, 1, -1, RWF_NOWAIT);
}

ssize_t knell_getdents64(int directory, void *buffer, size_t size) {
    return syscall(SYS_getdents64, directory, buffer, size);
}

const char *knell_errno_name(int value) { return strerrorname_np(value); }

const char *knell_errno_text(int value) { return strerrordesc_np(value); }

int knell_signalfd(const sigset_t *signals) {
    return signalfd(-1, signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

int knell_signalfd_read(int descriptor, struct knell_signal *out) {
    struct signalfd_siginfo information;
    ssize_t size = read(descriptor, &information, sizeof information);
    if (size != (ssize_t)sizeof information) {
        return -1;
    }
    out->number = (int)information.ssi_signo;
    out->code = information.ssi_code;
    out->sender = (pid_t)information.ssi_pid;
    return 0;
}

pid_t knell_ended_child(void) {
    siginfo_t information;
    information.si_pid = 0;
    int result = waitid(P_ALL, 0, &information, WEXITED | WNOHANG | WNOWAIT);
    return result == 0 ? information.si_pid : -1;
}

int knell_stopped_by(pid_t child) {
    siginfo_t information;
    information.si_pid = 0;
    int result = waitid(P_PID, (id_t)child, &information, WSTOPPED | WNOHANG);
    return result == 0 && information.si_pid == child ? information.si_status : 0;
}

int knell_become_subreaper(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

int knell_spawn_in_foreground(posix_spawn_file_actions_t *actions, int descriptor) {
    return posix_spawn_file_actions_addtcsetpgrp_np(actions, descriptor);
}

// The linker's names for the first byte of the program and for the first behind its code, end(3). The segment between
// them is mapped without write permission, so no page of it can hold anything that its file does not.
extern const char __executable_start[];
extern const char etext[];

void knell_release_memory(void) {
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t start = (uintptr_t)__executable_start & ~(page - 1);
    uintptr_t end = (uintptr_t)etext & ~(page - 1);
    malloc_trim(0);
    // Fails only where a security module forbids it, and then nothing is lost but the saving.
    (void)madvise((void *)start, end - start, MADV_DONTNEED);
}

int knell_release_and_wait(int epoll, struct epoll_event *events, int count) {
    knell_release_memory();
    return epoll_wait(epoll, events, count, -1);
}

int knell_set_dumpable(bool dumpable) { return prctl(PR_SET_DUMPABLE, dumpable ? 1 : 0, 0, 0, 0); }

void knell_limit_heaps(void) {
    mallopt(M_ARENA_MAX, 1);
}

int knell_spawn_close_from(posix_spawn_file_actions_t *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

void knell_fill_signals(sigset_t *signals) { memset(signals, 0xFF, sizeof *signals); }

static volatile sig_atomic_t fault_code;

// Only async-signal-safe calls in here, signal-safety(7).
static void exit_on_fault(int signal) {
    static const char text[] = "knell: error: internal fault; this is a bug in Knell, please report it\n";
    (void)signal;
    ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);
    (void)ignored;
    _exit(fault_code);
}

void knell_exit_on_fault(int code) {
    static const int signals[] = {SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGBUS, SIGSEGV};
    struct sigaction action = {.sa_handler = exit_on_fault, .sa_flags = SA_RESETHAND};
    fault_code = code;
    sigemptyset(&action.sa_mask);
    for (size_t index = 0; index < sizeof signals / sizeof *signals; index++) {
        sigaction(signals[index], &action, NULL);
    }
}

/// Holds back what asks to stop or to reload until a signalfd takes it: a SIGTERM in the first milliseconds would end a run
/// that has rules to run, and the kernel drops one for the init of a PID namespace, pid_namespaces(7).
///
/// Not where a configuration comes from standard input, which may be a terminal that somebody wants to leave by Ctrl-C.
static void hold_early_signals(int count, char **list) {
    int holds = getpid() == 1 || (count > 1 && (strcmp(list[1], "run") == 0 || strcmp(list[1], "exec") == 0));
    for (int index = 2; index < count && getpid() != 1 && strcmp(list[index], "--") != 0; index++) {
        if (strcmp(list[index], "-") == 0) {
            holds = 0;
        }
    }
    if (holds) {
        sigset_t signals;
        sigemptyset(&signals);
        sigaddset(&signals, SIGTERM);
        sigaddset(&signals, SIGINT);
        sigaddset(&signals, SIGHUP);
        sigprocmask(SIG_BLOCK, &signals, NULL);
    }
}

static int argument_count;
static char **argument_list;

// What the Swift runtime takes from /proc, where there is none, as in an empty root: its own place, without which it aborts
// before main begins (it takes SWIFT_ROOT instead), and the arguments, which glibc hands to constructors.
// Runs ahead of the constructors without a priority, which are the runtime's.
__attribute__((constructor(101))) static void run_without_proc(int count, char **list) {
    char target;
    argument_count = count;
    argument_list = list;
    if (readlink("/proc/self/exe", &target, sizeof target) < 0) {
        setenv("SWIFT_ROOT", "/", 0);
    }
    hold_early_signals(count, list);
    // Whoever ignores it hands that on, and the kernel would then reap our children before we know how they ended.
    signal(SIGCHLD, SIG_DFL);
}

const char *knell_argument(int index) {
    return index >= 0 && index < argument_count ? argument_list[index] : NULL;
}

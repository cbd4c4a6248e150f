#ifndef KNELL_CLINUX_H
#define KNELL_CLINUX_H

// Headers of libc that Swift's Glibc module leaves out.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

#include <spawn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <sys/types.h>

// System calls that Swift cannot import, or that the headers of the oldest supported distribution lack. Every function
// returns what the kernel or libc returned; where that is -1, the caller reads errno on the next line.

/// What PIDFD_GET_INFO tells of the end of a process.
struct knell_pidfd_exit {
    /// The KNELL_PIDFD_INFO_… bits that the kernel answered.
    uint64_t mask;
    /// The wait status; valid only where `mask` has KNELL_PIDFD_INFO_EXIT.
    int32_t exit_code;
};

/// The answer holds the wait status: the process has been reaped (Linux 6.15).
static const uint64_t KNELL_PIDFD_INFO_EXIT = UINT64_C(1) << 3;

/// pidfd_open(2), Linux 5.3. The descriptor is close-on-exec.
int knell_pidfd_open(pid_t pid, unsigned int flags);

/// pidfd_send_signal(2) without a siginfo, Linux 5.1.
int knell_pidfd_send_signal(int pidfd, int signal);

/// ioctl(pidfd, PIDFD_GET_INFO) that asks for PIDFD_INFO_EXIT. ENOTTY before Linux 6.13; from 6.15 on the answer
/// carries KNELL_PIDFD_INFO_EXIT once the process has been reaped.
int knell_pidfd_get_exit(int pidfd, struct knell_pidfd_exit *out);

/// openat(2), which is variadic.
int knell_openat(int directory, const char *path, int flags, mode_t mode);

/// pwritev2(2) of one buffer at the file's own place with RWF_NOWAIT: EAGAIN where write(2) would wait, though the open file
/// description is blocking. EOPNOTSUPP where the file cannot promise that: pipes before Linux 6.5, terminals.
ssize_t knell_write_nowait(int descriptor, const void *bytes, size_t size);

/// getdents64(2): fills `buffer` with struct linux_dirent64 records.
ssize_t knell_getdents64(int directory, void *buffer, size_t size);

/// The name of an errno value, such as "EACCES"; NULL for a value that has none. The text is static.
const char *knell_errno_name(int value);

/// The meaning of an errno value in English, whatever the locale; NULL for a value that has none. The text is static.
const char *knell_errno_text(int value);

/// signalfd(2) for this set of blocked signals; non-blocking, closed on exec.
int knell_signalfd(const sigset_t *signals);

/// A signal as signalfd(2) tells it.
struct knell_signal {
    int number;
    /// si_code of sigaction(2): SI_KERNEL where the terminal sent it, SI_USER for kill(2).
    int code;
    /// The sender, in our PID namespace; 0 where there is none or where it is outside.
    pid_t sender;
};

/// Takes one signal from a signalfd; -1 and EAGAIN when none waits, else 0.
int knell_signalfd_read(int descriptor, struct knell_signal *out);

/// The pid of some child that has ended and has not been reaped, which stays so, waitid(2) with WNOWAIT; 0 where there is
/// none, -1 and ECHILD where there are no children.
pid_t knell_ended_child(void);

/// Whether this child has stopped since it was last asked: the signal that stopped it, else 0, waitid(2) with WSTOPPED.
int knell_stopped_by(pid_t child);

/// prctl(2) with PR_SET_CHILD_SUBREAPER: orphans among our descendants become our children.
int knell_become_subreaper(void);

/// posix_spawn_file_actions_addtcsetpgrp_np(3), glibc 2.35: the program's process group becomes the foreground of the
/// terminal at `descriptor` before the program starts. Returns an error number, 0 for success.
int knell_spawn_in_foreground(posix_spawn_file_actions_t *actions, int descriptor);

/// Gives back what the work so far has needed: free heap pages, with malloc_trim(3), and the program's own code and
/// constants, with MADV_DONTNEED of madvise(2); they come back from the page cache when they are next needed.
void knell_release_memory(void);

/// knell_release_memory(), and sleeps, epoll_wait(2) without a timeout. In one function, since whatever runs between the
/// two is mapped again at once, with all the page cache holds around it. Returns what epoll_wait(2) returned.
int knell_release_and_wait(int epoll, struct epoll_event *events, int count);

/// prctl(2) with PR_SET_DUMPABLE: where a process is not dumpable, others of the same user may not trace it, nor read its
/// memory, environment, descriptors and file system through /proc, proc(5). A program that it starts is as any other,
/// execve(2).
int knell_set_dumpable(bool dumpable);

/// mallopt(3): one heap for all threads.
void knell_limit_heaps(void);

/// posix_spawn_file_actions_addclosefrom_np(3), glibc 2.34: the program is started without the descriptors from `first`
/// on. Returns an error number, 0 for success.
int knell_spawn_close_from(posix_spawn_file_actions_t *actions, int first);

/// All signals, those that glibc keeps to itself included, which sigfillset(3) leaves out: posix_spawn(3) would have the
/// program ignore them.
void knell_fill_signals(sigset_t *signals);

/// Makes a fault of the program itself (a trap, a bad address) end it with this exit code instead of a signal, after
/// one line on standard error.
void knell_exit_on_fault(int code);

/// The argument at this index, the program's name at 0; NULL behind the last. Needs no /proc, unlike Swift's
/// CommandLine.
const char *knell_argument(int index);

#endif

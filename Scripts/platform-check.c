// What CLinux and its callers rely on, as this architecture has it, one figure a line; and the calls themselves, tried
// once. Scripts/check-arm compiles it with CLinux for arm64 and for the machine at hand, and compares.

#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

struct pidfd_info_v0 {
    uint64_t words[2];
    uint32_t numbers[12];
};

#define FIGURE(expression) printf("%s %#llx\n", #expression, (unsigned long long)(expression))
#define SIZE(type, name) printf("sizeof " name " %zu\n", sizeof(type))

static void require(int holds, const char *what) {
    if (!holds) {
        fprintf(stderr, "platform-check: error: %s: %s\n", what, strerror(errno));
        exit(1);
    }
}

int main(void) {
    struct utsname machine;
    uname(&machine);
    printf("machine %s\n", machine.machine);

    FIGURE(SYS_pidfd_open);
    FIGURE(SYS_pidfd_send_signal);
    FIGURE(SYS_getdents64);
    FIGURE(SYS_epoll_pwait);
    FIGURE(_IOWR(0xFF, 11, struct pidfd_info_v0));
    FIGURE(O_DIRECTORY);
    FIGURE(O_NOFOLLOW);
    FIGURE(O_DIRECT);
    FIGURE(O_CLOEXEC);
    FIGURE(O_NONBLOCK);
    FIGURE(PR_SET_DUMPABLE);
    FIGURE(PR_SET_CHILD_SUBREAPER);
    FIGURE(SFD_CLOEXEC | SFD_NONBLOCK);
    FIGURE(EFD_CLOEXEC | EFD_NONBLOCK);
    FIGURE(IN_CLOEXEC | IN_NONBLOCK);
    FIGURE((unsigned char)(char)-1);
    SIZE(struct pidfd_info_v0, "pidfd_info");
    SIZE(struct epoll_event, "epoll_event");
    SIZE(struct signalfd_siginfo, "signalfd_siginfo");
    SIZE(struct inotify_event, "inotify_event");
    SIZE(sigset_t, "sigset_t");
    SIZE(struct stat, "stat");
    SIZE(struct knell_pidfd_exit, "knell_pidfd_exit");
    SIZE(struct knell_signal, "knell_signal");
    SIZE(long, "long");
    SIZE(void *, "pointer");

    pid_t child = fork();
    require(child >= 0, "fork");
    if (child == 0) {
        pause();
        _exit(0);
    }
    // qemu-user passes these on to the kernel of the host, or does not know them yet.
    int pidfd = knell_pidfd_open(child, 0);
    require(pidfd >= 0, "pidfd_open");
    require(knell_pidfd_send_signal(pidfd, SIGTERM) == 0, "pidfd_send_signal");
    int status;
    require(waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM, "the signal");
    close(pidfd);

    char buffer[4096];
    int directory = knell_openat(AT_FDCWD, "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    require(directory >= 0, "openat");
    require(knell_getdents64(directory, buffer, sizeof buffer) > 0, "getdents64");
    close(directory);

    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGUSR1);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    int descriptor = knell_signalfd(&signals);
    require(descriptor >= 0, "signalfd");
    raise(SIGUSR1);
    struct knell_signal taken;
    require(knell_signalfd_read(descriptor, &taken) == 0 && taken.number == SIGUSR1, "the signal of the signalfd");
    require(strcmp(knell_errno_name(ENOENT), "ENOENT") == 0, "the name of an error");
    require(knell_set_dumpable(false) == 0, "PR_SET_DUMPABLE");
    printf("calls work\n");
    return 0;
}

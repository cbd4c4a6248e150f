// System calls that fail as under the seccomp profile of a container runtime, or on a kernel that lacks them.

#define _GNU_SOURCE
#include "seccomp.h"
#include <sched.h>

/// PIDFD_GET_INFO of <linux/pidfd.h>, whichever size of its structure the caller knows: type 0xFF, number 11.
enum { pidfd_get_info = 0xFF0B };

struct call {
    const char *name;
    int number;
    /// Where it is not 0: only calls count whose argument has these bits, under the mask.
    int argument;
    unsigned mask, bits;
};

static const struct call calls[] = {
    {"pidfd_open", 434, 0, 0, 0},
    {"pidfd_send_signal", 424, 0, 0, 0},
    {"pidfd_get_info", SYS_ioctl, 1, 0xFFFF, pidfd_get_info},
    {"inotify_init1", SYS_inotify_init1, 0, 0, 0},
    {"inotify_add_watch", SYS_inotify_add_watch, 0, 0, 0},
    {"timerfd_create", SYS_timerfd_create, 0, 0, 0},
    {"eventfd2", SYS_eventfd2, 0, 0, 0},
    {"epoll_create1", SYS_epoll_create1, 0, 0, 0},
    {"signalfd4", SYS_signalfd4, 0, 0, 0},
    {"clone3", 435, 0, 0, 0},
    {"thread", SYS_clone, 0, CLONE_THREAD, CLONE_THREAD},
    {"madvise", SYS_madvise, 0, 0, 0},
    {"getrandom", SYS_getrandom, 0, 0, 0},
    {"prlimit64", SYS_prlimit64, 0, 0, 0},
    {"socket", SYS_socket, 0, 0, 0},
};

static const struct call *named(const char *name) {
    for (size_t index = 0; index < sizeof calls / sizeof *calls; index++) {
        if (strcmp(calls[index].name, name) == 0) return &calls[index];
    }
    fprintf(stderr, "faulty: no such system call in the table: %s\n", name);
    exit(64);
}

/// The filter's instructions for one call. The low word of an argument is enough for what is compared here.
static size_t append(struct sock_filter *code, const struct call *call, unsigned error) {
    size_t count = 0;
    unsigned char skip = call->mask ? 4 : 1;
    unsigned argument = (unsigned)(offsetof(struct seccomp_data, args) + 8 * (size_t)call->argument);
    code[count++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    code[count++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call->number, 0, skip);
    if (call->mask) {
        code[count++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, argument);
        code[count++] = (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, call->mask);
        code[count++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call->bits, 0, 1);
    }
    code[count++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (error & SECCOMP_RET_DATA));
    return count;
}

int deny(int count, char **arguments) {
    (void)count;
    struct sock_filter code[256];
    size_t length = 0;
    for (char *item = strtok(arguments[0], ","); item != NULL; item = strtok(NULL, ",")) {
        char *error = strchr(item, '=');
        if (error == NULL || length > sizeof code / sizeof *code - 8) die("deny CALL=ERRNO[,…]");
        *error++ = 0;
        length += append(code + length, named(item), (unsigned)atoi(error));
    }
    code[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    run_filtered(code, length, arguments + 1);
}

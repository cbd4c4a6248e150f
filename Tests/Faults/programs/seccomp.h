// Programs under a filter of system calls.
#pragma once

#include "common.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/// Becomes this program, with the filter over every call from here on.
static inline _Noreturn void run_filtered(struct sock_filter *code, size_t length, char **command) {
    struct sock_fprog filter = {.len = (unsigned short)length, .filter = code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) die("no_new_privs");
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) die("seccomp");
    execvp(command[0], command);
    die(command[0]);
}

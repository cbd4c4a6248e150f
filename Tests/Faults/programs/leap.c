// A wall clock that leaps by a year, forth and back, at every reading: for one program alone, and not for the machine.
//
// The program gets no vDSO, so that it asks the kernel for the time; a seccomp filter stops it at clock_gettime(2) with
// CLOCK_REALTIME, and the answer is changed in its memory. Every other clock is as it is.

#define _GNU_SOURCE
#include "seccomp.h"
#include <elf.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>

enum { year = 365 * 24 * 3600 };

static void begin(char **command) {
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clock_gettime, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CLOCK_REALTIME, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    if (ptrace(PTRACE_TRACEME, 0, 0, 0) != 0) die("PTRACE_TRACEME");
    raise(SIGSTOP);
    run_filtered(code, sizeof code / sizeof *code, command);
}

/// Takes the address of the vDSO out of the new program's auxiliary vector: count, arguments, 0, environment, 0, vector.
static void hide_vdso(pid_t child) {
    struct user_regs_struct registers;
    if (ptrace(PTRACE_GETREGS, child, 0, &registers) != 0) die("PTRACE_GETREGS");
    unsigned long word = registers.rsp + 8;
    for (int lists = 0; lists < 2; word += 8) {
        if (ptrace(PTRACE_PEEKDATA, child, word, 0) == 0) lists++;
    }
    for (;; word += 16) {
        long kind = ptrace(PTRACE_PEEKDATA, child, word, 0);
        if (kind == AT_NULL) return;
        if (kind == AT_SYSINFO_EHDR) ptrace(PTRACE_POKEDATA, child, word, AT_IGNORE);
    }
}

int leap(int count, char **arguments) {
    (void)count;
    pid_t first = fork();
    if (first < 0) die("fork");
    if (first == 0) begin(arguments);
    int status;
    if (waitpid(first, &status, 0) != first || !WIFSTOPPED(status)) die("waitpid");
    long options = PTRACE_O_EXITKILL | PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEEXEC | PTRACE_O_TRACECLONE;
    if (ptrace(PTRACE_SETOPTIONS, first, 0, options) != 0) die("PTRACE_SETOPTIONS");
    ptrace(PTRACE_CONT, first, 0, 0);
    long leaps = 0;
    for (;;) {
        pid_t thread = waitpid(-1, &status, __WALL);
        if (thread < 0) die("waitpid");
        if (WIFEXITED(status) || WIFSIGNALED(status)) {
            if (thread != first) continue;
            printf("%ld\n", leaps);
            fflush(stdout);
            return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        }
        int signal = WSTOPSIG(status), event = status >> 16;
        if (event == PTRACE_EVENT_EXEC) hide_vdso(thread);
        if (event == PTRACE_EVENT_SECCOMP) {
            // To the end of the call, where the answer is.
            ptrace(PTRACE_SYSCALL, thread, 0, 0);
            continue;
        }
        if (event == 0 && signal == SIGTRAP) {
            struct user_regs_struct registers;
            ptrace(PTRACE_GETREGS, thread, 0, &registers);
            long seconds = ptrace(PTRACE_PEEKDATA, thread, registers.rsi, 0);
            ptrace(PTRACE_POKEDATA, thread, registers.rsi, seconds + (leaps++ % 2 ? -year : year));
        }
        // What tracing itself brings about is not the program's; a new thread begins with a SIGSTOP of that kind.
        int isOurs = event != 0 || signal == SIGTRAP || signal == SIGSTOP;
        ptrace(PTRACE_CONT, thread, 0, isOurs ? 0 : signal);
    }
}

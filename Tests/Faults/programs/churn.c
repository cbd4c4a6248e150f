// A pid that goes from one process to another and back, as fast as it can, while somebody sends signals to one of them.

#define _GNU_SOURCE
#include "common.h"
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum role { victim, other };

/// Shared with the children, which count for themselves.
static _Atomic long *hits;
static volatile sig_atomic_t role = other;

static void count_hit(int signal) {
    (void)signal;
    atomic_fetch_add(&hits[role], 1);
}

/// The next fork gets `pid`, provided that nobody has it. Whether that worked.
static void choose_next(int file, long pid) {
    char text[24];
    int length = snprintf(text, sizeof text, "%ld", pid - 1);
    if (pwrite(file, text, (size_t)length, 0) != length) die("ns_last_pid");
}

static pid_t start(const char *name, enum role as) {
    role = as;  // before the fork, so that not even the first instruction of the child counts for the other role
    pid_t child = fork();
    if (child < 0) die("fork");
    if (child == 0) {
        prctl(PR_SET_NAME, name, 0, 0, 0);
        for (;;) pause();
    }
    role = other;
    return child;
}

int churn(int count, char **arguments) {
    (void)count;
    long cycles = atol(arguments[0]), pid = atol(arguments[1]), missed = 0;
    hits = mmap(NULL, 2 * sizeof *hits, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (hits == MAP_FAILED) die("mmap");
    struct sigaction action = {.sa_handler = count_hit, .sa_flags = SA_RESTART};
    if (sigaction(SIGTERM, &action, NULL) != 0) die("sigaction");
    int file = open("/proc/sys/kernel/ns_last_pid", O_WRONLY | O_CLOEXEC);
    if (file < 0) die("/proc/sys/kernel/ns_last_pid");
    say("ready");
    unsigned seed = 1;
    for (long cycle = 0; cycle < cycles; cycle++) {
        for (enum role as = victim; as <= other; as++) {
            choose_next(file, pid);
            pid_t child = start(arguments[2 + as], as);
            if (child != pid) missed++;
            // Within one clock tick, 10 ms, so that the start times in /proc are often the same.
            struct timespec life = {.tv_nsec = 100000 + rand_r(&seed) % 2000000};
            nanosleep(&life, NULL);
            kill(child, SIGKILL);
            waitpid(child, NULL, 0);
        }
    }
    printf("{\"cycles\": %ld, \"missed\": %ld, \"victim\": %ld, \"other\": %ld}\n", cycles, missed,
        atomic_load(&hits[victim]), atomic_load(&hits[other]));
    return fflush(stdout) == 0 ? 0 : 70;
}

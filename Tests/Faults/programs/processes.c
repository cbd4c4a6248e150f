// Processes to be watched.

#define _GNU_SOURCE
#include "common.h"
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void take_name(const char *name) {
    if (prctl(PR_SET_NAME, name, 0, 0, 0) != 0) die("PR_SET_NAME");
}

/// In a child: it never outlives its parent, not even one that was killed.
static void end_with_parent(pid_t parent) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || getppid() != parent) _exit(70);
}

static long milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int hold(void) {
    say("ready");
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    char byte;
    // Orphans of the namespace become its first process's children; it looks after them a hundred times a second.
    while (poll(&input, 1, 10) == 0 || (input.revents & POLLIN && read(STDIN_FILENO, &byte, 1) > 0)) {
        while (waitpid(-1, NULL, WNOHANG) > 0) {}
    }
    return 0;
}

int target(int count, char **arguments) {
    take_name(arguments[0]);
    if (count < 4) say("ready");
    if (count >= 3) {
        usleep((useconds_t)atoi(arguments[1]) * 1000);
        return atoi(arguments[2]);
    }
    char line[32];
    return fgets(line, sizeof line, stdin) ? atoi(line) : 0;
}

int crowd(int count, char **arguments) {
    (void)count;
    int members = atoi(arguments[0]);
    pid_t parent = getpid();
    pid_t *pids = calloc((size_t)members, sizeof *pids);
    if (pids == NULL) die("calloc");
    for (int index = 0; index < members; index++) {
        pids[index] = fork();
        if (pids[index] < 0) die("fork");
        if (pids[index] > 0) continue;
        end_with_parent(parent);
        take_name(arguments[1]);
        for (;;) pause();
    }
    say("ready");
    getchar();
    for (int index = 0; index < members; index++) kill(pids[index], SIGKILL);
    for (int index = 0; index < members; index++) waitpid(pids[index], NULL, 0);
    say("ended");
    getchar();
    return 0;
}

int storm(int count, char **arguments) {
    (void)count;
    enum { side_by_side = 8 };
    long end = milliseconds() + atol(arguments[1]);
    long children = 0;
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    say("ready");
    for (int living = 0, raging = 1; raging || living > 0;) {
        raging = raging && (milliseconds() < end || poll(&input, 1, 0) == 0);
        if (raging && living < side_by_side) {
            pid_t child = fork();
            if (child < 0) die("fork");
            if (child == 0) {
                take_name(arguments[0]);
                usleep(2000);
                _exit(0);
            }
            living++;
            children++;
        } else if (waitpid(-1, NULL, 0) > 0) {
            living--;
        }
    }
    printf("%ld\n", children);
    return fflush(stdout) == 0 ? 0 : 70;
}

enum { children_at_most = 256, name_room = 16 };

static struct { pid_t pid; char name[name_room]; } children[children_at_most];

/// Starts or ends a child. A name that nobody has is passed over: its child has ended already.
static void obey(const char *verb, const char *name) {
    for (int index = 0; index < children_at_most; index++) {
        if (strcmp(verb, "end") == 0 && children[index].pid > 0 && strcmp(children[index].name, name) == 0) {
            kill(children[index].pid, SIGKILL);
            waitpid(children[index].pid, NULL, 0);
            children[index].pid = 0;
            return;
        }
        if (strcmp(verb, "start") == 0 && children[index].pid == 0) {
            pid_t parent = getpid(), child = fork();
            if (child < 0) die("fork");
            if (child == 0) {
                end_with_parent(parent);
                take_name(name);
                for (;;) pause();
            }
            children[index].pid = child;
            snprintf(children[index].name, name_room, "%s", name);
            return;
        }
    }
}

int spawner(void) {
    char line[64], verb[8], name[name_room];
    say("ready");
    while (fgets(line, sizeof line, stdin)) {
        if (sscanf(line, "%7s %15s", verb, name) == 2) obey(verb, name);
    }
    return 0;
}

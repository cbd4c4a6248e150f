// What the helper's parts share.
#pragma once

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// Ends the helper with code 70, which no test takes for anything else.
static inline _Noreturn void die(const char *what) {
    fprintf(stderr, "faulty: %s: %s\n", what, strerror(errno));
    exit(70);
}

/// One line on standard output, which is how the tests know how far a helper is.
static inline void say(const char *line) {
    if (printf("%s\n", line) < 0 || fflush(stdout) != 0) exit(70);
}

int hold(void);
int target(int count, char **arguments);
int crowd(int count, char **arguments);
int storm(int count, char **arguments);
int spawner(void);
int churn(int count, char **arguments);
int deny(int count, char **arguments);
int leap(int count, char **arguments);

/* The one clock of all measurements. */
#pragma once
#include <time.h>

/* Milliseconds on CLOCK_MONOTONIC. */
static inline double now_ms(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

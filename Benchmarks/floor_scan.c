/* floor_scan PATTERN SCANS FILE...: scans /proc as a plain C loop does. For each process it opens, reads and closes the
 * given files (such as `stat` or `comm`), and tries the POSIX extended regular expression on what it read of the first.
 *
 * Prints "PROCESSES MATCHES MEDIAN_MS": the median time of one scan. */
#define _GNU_SOURCE
#include "clock.h"

#include <dirent.h>
#include <fcntl.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int ascending(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* The name between the first '(' and the last ')' of `stat`; `comm` has none and is taken whole. */
static char *process_name(char *text) {
    char *open = strchr(text, '('), *close = strrchr(text, ')');
    if (open == NULL || close == NULL) return text;
    *close = 0;
    return open + 1;
}

static void scan(const regex_t *pattern, char **files, int *processes, int *matches) {
    *processes = *matches = 0;
    DIR *directory = opendir("/proc");
    if (directory == NULL) exit(71);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (entry->d_name[0] < '1' || entry->d_name[0] > '9') continue;
        for (char **file = files; *file != NULL; file++) {
            char path[300], text[4096];
            snprintf(path, sizeof path, "%s/%s", entry->d_name, *file);
            int descriptor = openat(dirfd(directory), path, O_RDONLY | O_CLOEXEC);
            if (descriptor < 0) break;
            ssize_t length = read(descriptor, text, sizeof text - 1);
            close(descriptor);
            if (length <= 0 || file != files) continue;
            text[length] = 0;
            ++*processes;
            *matches += regexec(pattern, process_name(text), 0, NULL, 0) == 0;
        }
    }
    closedir(directory);
}

int main(int argc, char **argv) {
    regex_t pattern;
    if (argc < 4 || regcomp(&pattern, argv[1], REG_EXTENDED | REG_NOSUB) != 0) return 64;
    int scans = atoi(argv[2]), processes, matches;
    if (scans < 1) return 64;
    double *times = calloc((size_t)scans, sizeof *times);
    if (times == NULL) return 71;
    for (int i = 0; i < scans; i++) {
        double start = now_ms();
        scan(&pattern, argv + 3, &processes, &matches);
        times[i] = now_ms() - start;
    }
    qsort(times, (size_t)scans, sizeof *times, ascending);
    printf("%d %d %.4f\n", processes, matches, times[scans / 2]);
    free(times);
    regfree(&pattern);
}

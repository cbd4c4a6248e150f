/* harness: starts targets and watchers, and measures the watchers from outside. Prints bare numbers for Benchmarks/run.
 *
 *   harness latency ROUNDS SHELL-COMMAND...    a line for each command: "MEDIAN MIN MAX", ms from the target's death to
 *                                              the arrival of the complete request; the commands take turns
 *   harness idle SECONDS SHELL-COMMAND         "WAKEUPS CPU_MS RSS_KB ANON_KB PEAK_KB": voluntary context switches and
 *                                              CPU time while nothing happens, memory then, the peak over the whole life
 *   harness start RUNS LINES PROGRAM ARG...    median ms from fork to the LINESth "rule.watching" on standard error
 *   harness run RUNS PROGRAM ARG...            "MEDIAN_MS PEAK_KB" of a program that must exit with 0
 *   harness crowd PROCESSES PROGRAM ARG...     runs a program while that many more processes sleep
 *
 * A target is a process called "bench-target" that does nothing. A watcher finds its pid in $BENCH_PID and the port of
 * the sink that is to be told in $BENCH_PORT. Every process started here dies with the harness. */
#define _GNU_SOURCE
#include "clock.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define TARGET_NAME "bench-target"
enum { patience_ms = 30000, settle_ms = 400 };

static _Noreturn void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("harness: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1); /* what still runs dies with its parent */
}

static void pause_ms(int milliseconds) { poll(NULL, 0, milliseconds); }

static int ascending(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* Sorts in place. */
static double median(double *values, int count) {
    qsort(values, (size_t)count, sizeof *values, ascending);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static double *numbers(int count) {
    double *values = count > 0 ? calloc((size_t)count, sizeof *values) : NULL;
    if (values == NULL) fail("cannot make room for %d numbers", count);
    return values;
}

/* fork(2), with a child that dies when the harness does. */
static pid_t fork_bound(void) {
    pid_t harness = getpid(), child = fork();
    if (child < 0) fail("fork: %s", strerror(errno));
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != harness) _exit(1);
    }
    return child;
}

/* --- targets ------------------------------------------------------------------------------------------------------ */

/* Returns once the new process carries its name. */
static pid_t start_target(void) {
    pid_t target = fork_bound();
    if (target == 0) {
        execl("/proc/self/exe", TARGET_NAME, "--be-a-target", NULL);
        _exit(127);
    }
    char path[64], name[32];
    snprintf(path, sizeof path, "/proc/%d/comm", target);
    for (double end = now_ms() + patience_ms; now_ms() < end; pause_ms(1)) {
        FILE *comm = fopen(path, "r");
        int is_named = comm && fgets(name, sizeof name, comm) && strcmp(name, TARGET_NAME "\n") == 0;
        if (comm) fclose(comm);
        if (is_named) return target;
    }
    fail("the target does not start");
}

static void kill_target(pid_t target) {
    kill(target, SIGKILL);
    waitpid(target, NULL, 0);
}

/* --- the sink ----------------------------------------------------------------------------------------------------- */

static int open_sink(int *port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof address;
    int sink = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (sink < 0 || bind(sink, (struct sockaddr *)&address, length) != 0 || listen(sink, 16) != 0 ||
        getsockname(sink, (struct sockaddr *)&address, &length) != 0)
        fail("the sink: %s", strerror(errno));
    *port = ntohs(address.sin_port);
    return sink;
}

static int is_called(int sink, int timeout_ms) {
    struct pollfd listener = {.fd = sink, .events = POLLIN};
    return poll(&listener, 1, timeout_ms) == 1;
}

/* Takes one request and answers it; returns the moment at which its header block was complete. */
static double take_request(int sink) {
    if (!is_called(sink, patience_ms)) fail("no request within %d ms", patience_ms);
    int connection = accept4(sink, NULL, NULL, SOCK_CLOEXEC);
    char request[16384];
    size_t length = 0;
    request[0] = 0;
    while (strstr(request, "\r\n\r\n") == NULL) {
        ssize_t count = read(connection, request + length, sizeof request - 1 - length);
        if (count <= 0) fail("half a request");
        length += (size_t)count;
        request[length] = 0;
    }
    double arrival = now_ms();
    if (strncmp(request, "POST /quitquitquit ", 19) != 0) fail("a strange request: %.30s", request);
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nOK";
    if (write(connection, answer, sizeof answer - 1) < 0) fail("answering: %s", strerror(errno));
    close(connection);
    return arrival;
}

/* --- watchers ----------------------------------------------------------------------------------------------------- */

/* Starts a watcher as the leader of its own session; `errors` is its standard error, or -1 for none. */
static pid_t start_watcher(char **arguments, pid_t target, int port, int errors) {
    pid_t watcher = fork_bound();
    if (watcher != 0) return watcher;
    char text[16];
    setsid();
    snprintf(text, sizeof text, "%d", target);
    setenv("BENCH_PID", text, 1);
    snprintf(text, sizeof text, "%d", port);
    setenv("BENCH_PORT", text, 1);
    int null = open("/dev/null", O_RDWR);
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    dup2(errors >= 0 ? errors : null, STDERR_FILENO);
    execvp(arguments[0], arguments);
    _exit(127);
}

static pid_t start_watcher_by_shell(const char *command, pid_t target, int port) {
    char *arguments[] = {"/bin/sh", "-c", (char *)command, NULL};
    return start_watcher(arguments, target, port, -1);
}

/* Gives a watcher that has done its work 2 s to end, then ends its whole session. */
static void end_watcher(pid_t watcher, struct rusage *usage) {
    struct rusage ignored;
    if (usage == NULL) usage = &ignored;
    for (int i = 0; i < 200; i++) {
        if (wait4(watcher, NULL, WNOHANG, usage) == watcher) {
            kill(-watcher, SIGKILL); /* children that it may have left */
            return;
        }
        pause_ms(10);
    }
    kill(-watcher, SIGKILL);
    wait4(watcher, NULL, 0, usage);
}

/* --- what a watcher costs ----------------------------------------------------------------------------------------- */

struct cost {
    long wakeups;
    double cpu_ms;
    long rss_kb, anon_kb;
};

/* Adds the numbers behind `label` over all lines of a file that begin with it. */
static long number_in(const char *path, const char *label) {
    char line[512];
    long value = 0;
    FILE *file = fopen(path, "r");
    if (file == NULL) return 0;
    while (fgets(line, sizeof line, file))
        if (strncmp(line, label, strlen(label)) == 0) value += strtol(line + strlen(label), NULL, 10);
    fclose(file);
    return value;
}

/* CPU time of children that have ended and were waited for, in ms, proc(5), `stat` fields 16 and 17. */
static double children_cpu_ms(pid_t pid) {
    char path[64], text[2048];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *file = fopen(path, "r");
    if (file == NULL) return 0;
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[length] = 0;
    char *name_end = strrchr(text, ')');
    unsigned long user = 0, system = 0;
    if (name_end == NULL ||
        sscanf(name_end + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
        return 0;
    return (double)(user + system) * 1e3 / (double)sysconf(_SC_CLK_TCK);
}

static void add_threads(pid_t pid, struct cost *cost) {
    char path[320];
    snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *threads = opendir(path);
    if (threads == NULL) return;
    for (struct dirent *entry; (entry = readdir(threads)) != NULL;) {
        if (entry->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "/proc/%d/task/%s/status", pid, entry->d_name);
        cost->wakeups += number_in(path, "voluntary_ctxt_switches:");
        /* The first number of schedstat is nanoseconds on a CPU; stat counts in clock ticks of 10 ms only. */
        snprintf(path, sizeof path, "/proc/%d/task/%s/schedstat", pid, entry->d_name);
        cost->cpu_ms += (double)number_in(path, "") / 1e6;
    }
    closedir(threads);
}

/* What all processes of a session have cost so far; a watcher leads its own. */
static struct cost cost_of_session(pid_t session) {
    struct cost cost = {0};
    DIR *table = opendir("/proc");
    if (table == NULL) fail("/proc: %s", strerror(errno));
    for (struct dirent *entry; (entry = readdir(table)) != NULL;) {
        pid_t pid = atoi(entry->d_name);
        if (pid <= 0 || getsid(pid) != session) continue;
        char path[64];
        add_threads(pid, &cost);
        cost.cpu_ms += children_cpu_ms(pid);
        /* smaps_rollup is exact, where the counters in status may lag. */
        snprintf(path, sizeof path, "/proc/%d/smaps_rollup", pid);
        cost.rss_kb += number_in(path, "Rss:");
        cost.anon_kb += number_in(path, "Anonymous:");
    }
    closedir(table);
    return cost;
}

/* --- the measurements --------------------------------------------------------------------------------------------- */

static int measure_latency(int rounds, char **commands, int count) {
    double *latencies = numbers(rounds * count);
    for (int round = 0; round < rounds; round++)
        for (int i = 0; i < count; i++) {
            int command = (i + round) % count, port, sink = open_sink(&port);
            pid_t target = start_target(), watcher = start_watcher_by_shell(commands[command], target, port);
            pause_ms(settle_ms);
            if (is_called(sink, 0)) fail("told while the target was alive: %s", commands[command]);
            double death = now_ms();
            kill_target(target);
            latencies[command * rounds + round] = take_request(sink) - death;
            close(sink);
            end_watcher(watcher, NULL);
        }
    for (int i = 0; i < count; i++) {
        double *own = latencies + i * rounds, middle = median(own, rounds);
        printf("%.4f %.4f %.4f\n", middle, own[0], own[rounds - 1]);
    }
    free(latencies);
    return 0;
}

static int measure_idle(int seconds, const char *command) {
    int port, sink = open_sink(&port);
    pid_t target = start_target(), watcher = start_watcher_by_shell(command, target, port);
    pause_ms(1500);
    struct cost before = cost_of_session(watcher);
    pause_ms(seconds * 1000);
    struct cost after = cost_of_session(watcher);
    if (after.rss_kb == 0) fail("the watcher is gone: %s", command);
    kill_target(target);
    take_request(sink);
    struct rusage usage;
    end_watcher(watcher, &usage);
    printf("%ld %.3f %ld %ld %ld\n", after.wakeups - before.wakeups, after.cpu_ms - before.cpu_ms, after.rss_kb,
        after.anon_kb, usage.ru_maxrss);
    return 0;
}

static double start_time(int lines, char **arguments) {
    int port, sink = open_sink(&port), errors[2], seen = 0;
    if (pipe2(errors, O_CLOEXEC) != 0) fail("pipe2: %s", strerror(errno));
    pid_t target = start_target();
    double begin = now_ms(), end = begin;
    pid_t watcher = start_watcher(arguments, target, port, errors[1]);
    close(errors[1]);
    char text[65536];
    size_t length = 0;
    while (seen < lines) {
        struct pollfd readable = {.fd = errors[0], .events = POLLIN};
        if (poll(&readable, 1, patience_ms) != 1) fail("%d of %d rules watch", seen, lines);
        ssize_t count = read(errors[0], text + length, sizeof text - 1 - length);
        end = now_ms();
        if (count <= 0) fail("the watcher ended, or said too much, before it watched:\n%.2000s", text);
        length += (size_t)count;
        text[length] = 0;
        seen = 0;
        for (char *place = text; (place = strstr(place, "rule.watching")) != NULL; place++) seen++;
    }
    kill(-watcher, SIGKILL);
    waitpid(watcher, NULL, 0);
    kill_target(target);
    close(errors[0]);
    close(sink);
    return end - begin;
}

static int measure_start(int runs, int lines, char **arguments) {
    double *times = numbers(runs);
    for (int i = 0; i < runs; i++) times[i] = start_time(lines, arguments);
    printf("%.4f\n", median(times, runs));
    free(times);
    return 0;
}

static int measure_run(int runs, char **arguments) {
    double *times = numbers(runs);
    long peak_kb = 0;
    for (int i = 0; i < runs; i++) {
        int status;
        struct rusage usage;
        double begin = now_ms();
        pid_t program = start_watcher(arguments, 0, 0, STDERR_FILENO);
        wait4(program, &status, 0, &usage);
        times[i] = now_ms() - begin;
        if (status != 0) fail("%s ended with wait status 0x%x", arguments[0], status);
        if (usage.ru_maxrss > peak_kb) peak_kb = usage.ru_maxrss;
    }
    printf("%.4f %ld\n", median(times, runs), peak_kb);
    free(times);
    return 0;
}

static int run_in_crowd(int processes, char **arguments) {
    pid_t group = 0;
    for (int i = 0; i < processes; i++) {
        pid_t harness = getpid(), sleeper = fork();
        if (sleeper < 0) {
            if (group) kill(-group, SIGKILL);
            fail("only %d of %d processes could be started: %s", i, processes, strerror(errno));
        }
        if (sleeper == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (getppid() != harness) _exit(1);
            setpgid(0, group);
            prctl(PR_SET_NAME, "bystander");
            for (;;) pause();
        }
        if (group == 0) group = sleeper;
        setpgid(sleeper, group);
    }
    pause_ms(500);
    pid_t program = fork_bound();
    if (program == 0) {
        execvp(arguments[0], arguments);
        _exit(127);
    }
    int status;
    waitpid(program, &status, 0);
    if (group) kill(-group, SIGKILL);
    while (waitpid(-1, NULL, 0) > 0) {}
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "--be-a-target") == 0) {
        prctl(PR_SET_NAME, TARGET_NAME);
        for (;;) pause();
    }
    signal(SIGPIPE, SIG_IGN);
    const char *what = argc >= 4 ? argv[1] : "";
    int number = argc >= 4 ? atoi(argv[2]) : 0;
    if (number > 0 && strcmp(what, "latency") == 0) return measure_latency(number, argv + 3, argc - 3);
    if (number > 0 && strcmp(what, "idle") == 0 && argc == 4) return measure_idle(number, argv[3]);
    if (number > 0 && strcmp(what, "start") == 0 && argc >= 5) return measure_start(number, atoi(argv[3]), argv + 4);
    if (number > 0 && strcmp(what, "run") == 0) return measure_run(number, argv + 3);
    if (number > 0 && strcmp(what, "crowd") == 0) return run_in_crowd(number, argv + 3);
    fputs("usage: see the head of Benchmarks/harness.c\n", stderr);
    return 64;
}

// The process that tests watch: it does what its standard input says, one command a line, and answers each on standard
// output, so that a test never has to sleep. At the end of its input it exits with code 0, so it never outlives a test.
//
//   test-process [--name NAME] [--uid UID] [ARGUMENT…]      further arguments are there to be looked at
//   test-process --deny-pidfd-open ERRNO PROGRAM [ARGUMENT…]  runs a program for which pidfd_open(2) fails
//   test-process --measure PROGRAM [ARGUMENT…]  runs a program to its end, and says "peak KIB cpu MILLISECONDS" then
//
// It begins with "ready PID". The commands and their answers:
//
//   name NAME          ok             sets comm, prctl(2)
//   title TEXT         ok             writes TEXT over the arguments, as setproctitle(3) does
//   ignore N           ok             ignores signal N
//   exit N             ok             then exits with code N
//   kill N             ok             then kills itself with signal N
//   catch N            ok             says "caught N" whenever signal N comes
//   signals            blocked X ignored Y   the signals that it blocks and ignores, in hexadecimal, bit 0 for signal 1
//   descriptors        N N…           the open descriptors
//   group              group N        its process group
//   orphan             orphan PID     a grandchild whose parent has ended; it ends with this process
//   end-orphan         ok             has it exit
//   leave-main-thread  ok             goes on in another thread; the first one is a zombie by then
//   spawn NAME         child PID      a child that takes commands through `tell`, and ends with this process
//   crowd N NAME       ok             N children that only wait
//   tell PID COMMAND   (the child's)
//   await PID          ended          waits until the child is a zombie, and leaves it one
//   reap PID           reaped STATUS  waits for the child and reaps it

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

static char *arguments_begin, *arguments_end;

/// The children that take commands, and the pipes to them.
static struct { pid_t pid; FILE *input; } children[64];
static size_t child_count;

static void die(const char *what) {
    fprintf(stderr, "test-process: %s: %s\n", what, strerror(errno));
    exit(70);
}

static void answer(const char *text) {
    if (printf("%s\n", text) < 0 || fflush(stdout) != 0) exit(70);
}

static void take_uid(uid_t uid) {
    if (setgroups(0, NULL) != 0 || setresgid(uid, uid, uid) != 0 || setresuid(uid, uid, uid) != 0) die("setresuid");
    // Lost by the change of uid; without it the new owner could not read this process's links in /proc.
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static void deny_pidfd_open(int error, char **command) {
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_open, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ((unsigned)error & SECCOMP_RET_DATA)),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {.len = sizeof code / sizeof *code, .filter = code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) die("no_new_privs");
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) die("seccomp");
    execvp(command[0], command);
    die(command[0]);
}

/// A process of its own for the measuring, since the peak of a child counts what it was before it ran the program: a
/// copy of this small process, and not of a test runner.
static void measure(char **command) {
    pid_t pid = fork();
    if (pid < 0) die("fork");
    if (pid == 0) {
        execvp(command[0], command);
        die(command[0]);
    }
    int status;
    struct rusage usage;
    while (wait4(pid, &status, 0, &usage) < 0) {
        if (errno != EINTR) die("wait4");
    }
    long cpu = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000
        + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
    printf("peak %ld cpu %ld\n", usage.ru_maxrss, cpu);
    fflush(stdout);
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

static void set_title(const char *text) {
    size_t room = (size_t)(arguments_end - arguments_begin), length = strlen(text);
    memset(arguments_begin, 0, room);
    memcpy(arguments_begin, text, length < room ? length : room - 1);
}

static void spawn(const char *name) {
    int ends[2];
    if (child_count == sizeof children / sizeof *children || pipe(ends) != 0) die("spawn");
    pid_t pid = fork();
    if (pid < 0) die("fork");
    if (pid == 0) {
        // Nobody else may hold the other end, or the end of the input would never come.
        close(ends[1]);
        for (size_t i = 0; i < child_count; i++) close(fileno(children[i].input));
        child_count = 0;
        if (dup2(ends[0], STDIN_FILENO) < 0) die("dup2");
        close(ends[0]);
        clearerr(stdin);
        prctl(PR_SET_NAME, name, 0, 0, 0);
        printf("child %d\n", (int)getpid());
        fflush(stdout);
        return;
    }
    close(ends[0]);
    children[child_count].pid = pid;
    children[child_count++].input = fdopen(ends[1], "w");
}

static void crowd(int count, const char *name) {
    int ends[2];
    if (pipe(ends) != 0) die("pipe");
    for (int i = 0; i < count; i++) {
        pid_t pid = fork();
        if (pid < 0) die("fork");
        if (pid > 0) continue;
        prctl(PR_SET_NAME, name, 0, 0, 0);
        prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
        // The last of the children to close it ends the parent's wait.
        close(ends[0]);
        close(ends[1]);
        for (;;) pause();
    }
    char byte;
    close(ends[1]);
    if (read(ends[0], &byte, 1) != 0) die("read");
    close(ends[0]);
    answer("ok");
}

static void tell(pid_t pid, const char *command) {
    for (size_t i = 0; i < child_count; i++) {
        if (children[i].pid != pid) continue;
        fprintf(children[i].input, "%s\n", command);
        fflush(children[i].input);
        return;
    }
    answer("no such child");
}

static void kill_self(int number) {
    sigset_t all;
    sigemptyset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    signal(number, SIG_DFL);
    answer("ok");
    kill(getpid(), number);
    for (;;) pause();
}

/// Async-signal-safe: one write(2), so that it stands whole between other lines.
static void say_caught(int number) {
    char text[] = "caught   \n";
    text[7] = number >= 10 ? (char)('0' + number / 10) : (char)('0' + number);
    text[8] = number >= 10 ? (char)('0' + number % 10) : '\n';
    ssize_t ignored = write(STDOUT_FILENO, text, number >= 10 ? 10 : 9);
    (void)ignored;
}

static void catch_signal(int number) {
    struct sigaction action = {.sa_handler = say_caught, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    answer(sigaction(number, &action, NULL) == 0 ? "ok" : "no such signal");
}

static void tell_signals(void) {
    unsigned long blocked = 0, ignored = 0;
    sigset_t mask;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    for (int number = 1; number <= 64; number++) {
        struct sigaction action;
        if (sigismember(&mask, number) == 1) blocked |= 1UL << (number - 1);
        if (sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN) ignored |= 1UL << (number - 1);
    }
    printf("blocked %lx ignored %lx\n", blocked, ignored);
    fflush(stdout);
}

static void tell_descriptors(void) {
    for (int number = 0; number < 1024; number++) {
        if (fcntl(number, F_GETFD) >= 0) printf(number == 0 ? "%d" : " %d", number);
    }
    answer("");
}

static int orphan_input = -1;

/// The orphan reads a pipe that nobody else writes to; so it ends with whoever holds the other end.
static void orphan(void) {
    int ends[2], numbers[2];
    pid_t pid;
    if (pipe(ends) != 0 || pipe(numbers) != 0) die("pipe");
    pid_t parent = fork();
    if (parent < 0) die("fork");
    if (parent == 0) {
        pid = fork();
        if (pid != 0) {
            if (pid < 0 || write(numbers[1], &pid, sizeof pid) != sizeof pid) _exit(70);
            _exit(0);
        }
        char byte;
        close(ends[1]);
        close(numbers[0]);
        close(numbers[1]);
        ssize_t ignored = read(ends[0], &byte, 1);
        (void)ignored;
        _exit(0);
    }
    close(ends[0]);
    close(numbers[1]);
    orphan_input = ends[1];
    if (read(numbers[0], &pid, sizeof pid) != sizeof pid || waitpid(parent, NULL, 0) != parent) die("orphan");
    close(numbers[0]);
    printf("orphan %d\n", (int)pid);
    fflush(stdout);
}

static void *obey(void *);

/// Runs in the second thread: answers once the first is a zombie, which it becomes a moment after it has ended.
static void *go_on(void *unused) {
    char text[512], *close;
    do {
        sched_yield();
        FILE *stat = fopen("/proc/self/stat", "r");
        if (stat == NULL || fgets(text, sizeof text, stat) == NULL) die("/proc/self/stat");
        fclose(stat);
        close = strrchr(text, ')');
    } while (close == NULL || close[2] != 'Z');
    answer("ok");
    return obey(unused);
}

static void leave_main_thread(void) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, go_on, NULL) != 0) die("pthread_create");
    pthread_exit(NULL);
}

/// Reads a line without its end, byte by byte, so that a child begins with its own input and not with what its parent has
/// read ahead; false at the end of the input. read(2) itself, since a thread sanitizer delivers signals during calls that
/// it knows to wait, and not within stdio.
static bool read_line(char *line, size_t size) {
    size_t length = 0;
    ssize_t count;
    char byte;
    while ((count = read(STDIN_FILENO, &byte, 1)) == 1 && byte != '\n')
        if (length < size - 1) line[length++] = byte;
    line[length] = 0;
    return count == 1 || length > 0;
}

static void *obey(void *unused) {
    (void)unused;
    char line[4096];
    while (read_line(line, sizeof line)) {
        char *rest = strchr(line, ' ');
        if (rest != NULL) *rest++ = 0; else rest = line + strlen(line);
        if (strcmp(line, "name") == 0) {
            prctl(PR_SET_NAME, rest, 0, 0, 0);
            answer("ok");
        } else if (strcmp(line, "title") == 0) {
            set_title(rest);
            answer("ok");
        } else if (strcmp(line, "ignore") == 0) {
            signal(atoi(rest), SIG_IGN);
            answer("ok");
        } else if (strcmp(line, "exit") == 0) {
            answer("ok");
            _exit(atoi(rest));
        } else if (strcmp(line, "kill") == 0) {
            kill_self(atoi(rest));
        } else if (strcmp(line, "catch") == 0) {
            catch_signal(atoi(rest));
        } else if (strcmp(line, "signals") == 0) {
            tell_signals();
        } else if (strcmp(line, "descriptors") == 0) {
            tell_descriptors();
        } else if (strcmp(line, "group") == 0) {
            printf("group %d\n", (int)getpgrp());
            fflush(stdout);
        } else if (strcmp(line, "orphan") == 0) {
            orphan();
        } else if (strcmp(line, "end-orphan") == 0) {
            close(orphan_input);
            answer("ok");
        } else if (strcmp(line, "leave-main-thread") == 0) {
            leave_main_thread();
        } else if (strcmp(line, "spawn") == 0) {
            spawn(rest);
        } else if (strcmp(line, "crowd") == 0) {
            char *name = strchr(rest, ' ');
            crowd(atoi(rest), name != NULL ? name + 1 : "crowd");
        } else if (strcmp(line, "tell") == 0) {
            char *command = strchr(rest, ' ');
            tell(atoi(rest), command != NULL ? command + 1 : "");
        } else if (strcmp(line, "await") == 0) {
            siginfo_t info;
            answer(waitid(P_PID, (id_t)atoi(rest), &info, WEXITED | WNOWAIT) == 0 ? "ended" : "no such child");
        } else if (strcmp(line, "reap") == 0) {
            int status;
            if (waitpid(atoi(rest), &status, 0) < 0) {
                answer("no such child");
            } else {
                printf("reaped %d\n", status);
                fflush(stdout);
            }
        } else {
            answer("unknown command");
        }
    }
    _exit(0);
}

int main(int count, char **arguments) {
    arguments_begin = arguments[0];
    arguments_end = arguments[count - 1] + strlen(arguments[count - 1]) + 1;
    for (int i = 1; i + 1 < count; i += 2) {
        if (strcmp(arguments[i], "--name") == 0) {
            prctl(PR_SET_NAME, arguments[i + 1], 0, 0, 0);
        } else if (strcmp(arguments[i], "--uid") == 0) {
            take_uid((uid_t)atoi(arguments[i + 1]));
        } else if (strcmp(arguments[i], "--deny-pidfd-open") == 0 && i + 2 < count) {
            deny_pidfd_open(atoi(arguments[i + 1]), arguments + i + 2);
        } else if (strcmp(arguments[i], "--measure") == 0) {
            measure(arguments + i + 1);
        } else {
            break;
        }
    }
    printf("ready %d\n", (int)getpid());
    fflush(stdout);
    obey(NULL);
}

/* floor: what no watcher of a process can beat. One pidfd, one poll, one request, nothing else.
 *
 * $BENCH_PID is watched, the port $BENCH_PORT of 127.0.0.1 is told. Writes "rule.watching" to standard error when it
 * watches, as Knell does. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char announcement[] = "rule.watching\n";
static const char request[] =
    "POST /quitquitquit HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

int main(void) {
    const char *pid = getenv("BENCH_PID"), *port = getenv("BENCH_PORT");
    if (pid == NULL || port == NULL) return 64;
    struct pollfd target = {.fd = (int)syscall(SYS_pidfd_open, atoi(pid), 0), .events = POLLIN};
    if (target.fd < 0) return 71;
    if (write(STDERR_FILENO, announcement, sizeof announcement - 1) < 0) return 74;
    if (poll(&target, 1, -1) != 1) return 71;

    struct sockaddr_in peer = {
        .sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(port)), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(connection, (struct sockaddr *)&peer, sizeof peer) != 0) return 69;
    if (write(connection, request, sizeof request - 1) != (ssize_t)sizeof request - 1) return 74;
    char answer[256];
    return read(connection, answer, sizeof answer) >= 12 && answer[9] == '2' ? 0 : 1;
}

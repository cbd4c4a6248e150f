import Glibc
import LinuxProcesses
import Testing

struct SystemCallErrorTests {
    @Test(arguments: [
        (SystemCallError(call: "openat", errno: EACCES, subject: "/x"), "openat /x: Permission denied (EACCES)"),
        (SystemCallError(call: "pidfd_open", errno: ESRCH, subject: "17"), "pidfd_open 17: No such process (ESRCH)"),
        (SystemCallError(call: "epoll_wait", errno: EBADF), "epoll_wait: Bad file descriptor (EBADF)"),
        (SystemCallError(call: "read", errno: 4_711, subject: "/x"), "read /x: error 4711"),
    ])
    func namesTheCallItsSubjectAndTheError(error: SystemCallError, text: String) {
        #expect("\(error)" == text)
    }

    @Test(
        arguments: [
            (ENOENT, true, false, false), (ESRCH, true, false, false), (EACCES, false, true, false),
            (EPERM, false, true, false), (EMFILE, false, false, true), (EIO, false, false, false),
        ] as [(Int32, Bool, Bool, Bool)])
    func tellsWhatTheErrorMeans(code: Int32, gone: Bool, notPermitted: Bool, exhausted: Bool) {
        let error = SystemCallError(call: "openat", errno: code)
        #expect(error.meansGone == gone)
        #expect(error.meansNotPermitted == notPermitted)
        #expect(error.meansExhausted == exhausted)
    }
}

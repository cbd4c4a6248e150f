import Glibc
import TestSupport

/// A seccomp(2) filter, as container runtimes have them.
enum SeccompFilter {
    private typealias Prctl = @convention(c) (Int32, UInt, UInt, UInt, UInt) -> Int32

    /// Lets every pidfd_open(2) of this thread fail with `error` from now on. It is for good.
    static func denyPidfdOpen(with error: Int32) throws {
        // prctl(2) is variadic, so Swift cannot import it; with words as arguments the calling convention is the same.
        guard let symbol = unsafe dlsym(nil, "prctl") else { preconditionFailure("libc has no prctl") }
        let prctl = unsafe unsafeBitCast(symbol, to: Prctl.self)
        // struct sock_filter: code, jump if true, jump if false, and the operand.
        func instruction(_ code: UInt64, _ ifTrue: UInt64 = 0, _ ifFalse: UInt64 = 0, _ operand: UInt64) -> UInt64 {
            code | ifTrue << 16 | ifFalse << 24 | operand << 32
        }
        let program = [
            instruction(0x20, 0, 0, 0),  // load the number of the system call
            instruction(0x15, 0, 1, 434),  // pidfd_open?
            instruction(0x06, 0, 0, 0x0005_0000 | UInt64(error)),  // SECCOMP_RET_ERRNO
            instruction(0x06, 0, 0, 0x7FFF_0000),  // SECCOMP_RET_ALLOW
        ]
        let (setNoNewPrivileges, setSeccomp, filterMode): (Int32, Int32, UInt) = (38, 22, 2)
        try check(prctl(setNoNewPrivileges, 1, 0, 0, 0) == 0, "PR_SET_NO_NEW_PRIVS: errno \(errno)")
        let result = unsafe program.withUnsafeBufferPointer { instructions in
            // struct sock_fprog: the count in the first word, the address in the second.
            let header = [UInt(instructions.count), UInt(bitPattern: instructions.baseAddress)]
            return unsafe header.withUnsafeBufferPointer { header in
                prctl(setSeccomp, filterMode, UInt(bitPattern: header.baseAddress), 0, 0)
            }
        }
        try check(result == 0, "PR_SET_SECCOMP: errno \(errno)")
    }
}

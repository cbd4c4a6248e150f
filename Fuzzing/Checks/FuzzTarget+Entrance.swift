import Glibc

extension FuzzTarget {
    /// Checks what libFuzzer hands over; stops the process where a promise is broken, so that it keeps the input.
    package func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
        let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
        do throws(BrokenPromise) {
            try check(bytes)
        } catch {
            // preconditionFailure tells nothing in an optimised build.
            let message = Array("\(rawValue): broken promise: \(error)\n".utf8)
            _ = unsafe write(STDERR_FILENO, message, message.count)
            abort()
        }
        return 0
    }
}

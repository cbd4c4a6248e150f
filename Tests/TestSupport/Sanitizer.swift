internal import Glibc

/// The sanitizer that tests and products were built with.
package enum Sanitizer: String {
    case address, thread

    /// `nil` in a usual build; told by the functions that the compiler linked in.
    package static var current: Sanitizer? {
        if unsafe dlsym(nil, "__asan_init") != nil { return .address }
        return unsafe dlsym(nil, "__tsan_init") != nil ? .thread : nil
    }

    /// What `Scripts/sanitize` has told the sanitizer, for processes that are given an environment of their own: without
    /// it their reports would get lost or be false, and the leak checker would change their exit codes.
    package static var environment: [String] {
        ["ASAN_OPTIONS", "TSAN_OPTIONS", "LD_PRELOAD"].compactMap { (name: String) -> String? in
            unsafe getenv(name).map { unsafe "\(name)=\(String(cString: $0))" }
        }
    }

    /// Whether memory, threads and wake-ups are those of Knell alone, so that a test may measure them.
    package static var leavesFiguresAlone: Bool { current == nil }

    /// Why tests that measure them do not run.
    package static let reason = "a sanitizer has a thread and much memory of its own"
}

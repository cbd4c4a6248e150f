extension Duration {
    /// Reads a duration as Go writes it: `1m30s`, `1.5s`, `250ms`; units are h, m, s, ms, us (or µs) and ns.
    ///
    /// A bare number is refused, so that nobody has to guess the unit of `gracePeriod: 5`.
    ///
    /// - Throws: ``DurationFault``.
    package init(parsing text: String) throws(DurationFault) {
        var rest = Substring(text)
        guard !rest.isEmpty else { throw .syntax("write a number and a unit, such as 30s") }
        if rest.allSatisfy({ $0.isASCII && $0.isNumber }) {
            throw .syntax(
                rest.utf8.count < 8
                    ? "a number alone has no unit; write \(text)s or \(text)ms" : "write a unit, such as 30s")
        }
        if rest.hasPrefix("-") { throw .range("it is negative") }
        var total: Int64 = 0
        while !rest.isEmpty {
            let part = try Self.part(&rest)
            let (sum, overflow) = total.addingReportingOverflow(part)
            if overflow { throw .range("it is too long") }
            total = sum
        }
        self = .nanoseconds(total)
    }

    /// Takes one number and unit off the front; in nanoseconds.
    private static func part(_ rest: inout Substring) throws(DurationFault) -> Int64 {
        let syntax = DurationFault.syntax("write numbers and units h, m, s or ms, such as 1m30s or 250ms")
        let whole = rest.prefix { $0.isASCII && $0.isNumber }
        rest = rest.dropFirst(whole.count)
        var fraction: Substring = ""
        if rest.hasPrefix(".") {
            rest = rest.dropFirst()
            fraction = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(fraction.count)
        }
        guard !(whole.isEmpty && fraction.isEmpty), let unit = Self.unit(&rest) else { throw syntax }
        guard let count = whole.isEmpty ? 0 : Int64(whole),
            case (var value, false) = count.multipliedReportingOverflow(by: unit)
        else { throw .range("it is too long") }
        var scale = unit
        for digit in fraction.prefix(18) {
            scale /= 10
            value = value.addingReportingOverflow(Int64(digit.wholeNumberValue ?? 0) * scale).partialValue
        }
        guard value >= 0 else { throw .range("it is too long") }
        return value
    }

    /// Takes a unit off the front; its length in nanoseconds.
    private static func unit(_ rest: inout Substring) -> Int64? {
        let units: [(String, Int64)] = [
            ("ns", 1), ("us", 1_000), ("µs", 1_000), ("μs", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000),
            ("m", 60_000_000_000), ("h", 3_600_000_000_000),
        ]
        guard let (name, length) = units.first(where: { rest.hasPrefix($0.0) }) else { return nil }
        rest = rest.dropFirst(name.count)
        return length
    }
}

/// Why a text is no duration, worded for a diagnostic.
package enum DurationFault: Error, Hashable, Sendable {
    case syntax(String)
    case range(String)
}

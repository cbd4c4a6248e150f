import Foundation
import Testing

@testable import Supervisor

struct TimestampTests {
    @Test(
        arguments: [
            (0, 0, "1970-01-01T00:00:00.000Z"), (951_782_399, 999, "2000-02-28T23:59:59.999Z"),
            (951_782_400, 1, "2000-02-29T00:00:00.001Z"), (951_868_800, 0, "2000-03-01T00:00:00.000Z"),
            (1_709_164_800, 0, "2024-02-29T00:00:00.000Z"), (1_735_689_599, 10, "2024-12-31T23:59:59.010Z"),
            (4_107_542_400, 0, "2100-03-01T00:00:00.000Z"), (253_402_300_799, 999, "9999-12-31T23:59:59.999Z"),
        ] as [(Int64, Int64, String)]) func writesUTC(seconds: Int64, milliseconds: Int64, expected: String)
    {
        #expect(Timestamp.text(seconds: seconds, milliseconds: milliseconds) == expected)
    }

    @Test func agreesWithAnotherCalendarOnEveryDayOfACentury() {
        let formatter = ISO8601DateFormatter()
        for day in stride(from: Int64(0), to: 36_600, by: 1) {
            let seconds = day * 86_400 + day % 86_400
            let expected = formatter.string(from: Date(timeIntervalSince1970: TimeInterval(seconds)))
            let text = Timestamp.text(seconds: seconds, milliseconds: 0)
            if text != expected.dropLast() + ".000Z" {
                Issue.record("\(text) is not \(expected)")
                return
            }
        }
    }

    @Test func tellsTheTimeNow() throws {
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions.insert(.withFractionalSeconds)
        let before = Date()
        let time = try #require(formatter.date(from: Timestamp.now()))
        // Cut to milliseconds.
        #expect(time.timeIntervalSince(before) > -0.002)
        #expect(Date().timeIntervalSince(time) >= 0)
    }
}

import SupervisorCore
import Testing

@testable import Simulation

struct AgendaTests {
    private static func at(_ seconds: Int64) -> Instant { Instant(nanoseconds: seconds * 1_000_000_000) }

    @Test func handsOutWhatIsDueByTimeThenRankThenOrder() {
        var agenda = Agenda<String>()
        agenda.add("late", at: Self.at(9), rank: .start)
        agenda.add("signal", at: Self.at(5), rank: .other)
        agenda.add("answer", at: Self.at(5), rank: .other)
        agenda.add("end", at: Self.at(5), rank: .end)
        agenda.add("start", at: Self.at(5), rank: .start)
        agenda.add("early", at: Self.at(1), rank: .other)
        #expect(agenda.next == Self.at(1))
        var taken: [String] = []
        while let item = agenda.take(dueAt: Self.at(5)) { taken.append(item) }
        #expect(taken == ["early", "start", "end", "signal", "answer"])
        #expect(agenda.next == Self.at(9))
    }

    @Test func holdsNothingAtFirst() {
        var agenda = Agenda<Int>()
        #expect(agenda.next == nil)
        #expect(agenda.take(dueAt: Self.at(1)) == nil)
    }
}

import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import StatusServer

/// How questions cross to the main loop, on an event loop whose clock the test sets.
struct SnapshotDeskTests {
    private struct Source: StatusSource {
        let number: Int

        func answer(to page: StatusPage) -> StatusAnswer { StatusAnswer(body: "\(number)") }
    }

    /// The questions that have been asked; they are asked from a closure that may run on any thread.
    private final class Questions: Sendable {
        let all = Mutex<[StatusQuestion]>([])

        var count: Int { all.withLock { $0.count } }

        func answer(_ index: Int) { all.withLock { $0[index] }.answer(with: Source(number: index)) }
    }

    private let loop = EmbeddedEventLoop()
    private let questions = Questions()
    private let desk: SnapshotDesk

    init() {
        let questions = questions
        desk = SnapshotDesk(on: loop) { question in questions.all.withLock { $0.append(question) } }
    }

    /// What somebody who asked has got: the snapshot's number, or -1 for none.
    private final class Receipt {
        var number: Int?
    }

    private func take() -> Receipt {
        let receipt = Receipt()
        desk.take { source in
            #expect(receipt.number == nil, "answered twice")
            receipt.number = source.flatMap { Int($0.answer(to: .health).body) } ?? -1
        }
        return receipt
    }

    @Test func bringsTheAnswerToWhoHasAsked() throws {
        let receipt = take()
        #expect(questions.count == 1)
        questions.answer(0)
        loop.run()
        #expect(receipt.number == 0)
    }

    @Test func sharesTheNextQuestionAmongThoseWhoComeMeanwhile() throws {
        let receipts = (0..<8).map { _ in take() }
        #expect(questions.count == 1)
        questions.answer(0)
        loop.run()
        // Not older than its request: the first answer is for the first alone.
        #expect(receipts.map(\.number) == [0] + Array(repeating: nil, count: 7))
        #expect(questions.count == 2)
        questions.answer(1)
        loop.run()
        #expect(receipts.map(\.number) == [0] + Array(repeating: 1, count: 7))
        #expect(questions.count == 2)
    }

    @Test func givesUpWhereTheMainLoopIsSilent() throws {
        let early = take()
        loop.advanceTime(by: .milliseconds(600))
        let late = take()
        loop.advanceTime(by: .milliseconds(399))
        #expect(early.number == nil)
        loop.advanceTime(by: .milliseconds(1))
        #expect(early.number == -1 && late.number == nil)
        loop.advanceTime(by: .milliseconds(600))
        #expect(late.number == -1)
        // Nothing piles up: one question has been asked, and its answer is for nobody.
        #expect(questions.count == 1)
        questions.answer(0)
        loop.run()
        #expect(questions.count == 1)
        let next = take()
        questions.answer(1)
        loop.run()
        #expect(next.number == 1)
    }

    @Test func dropsASecondAnswerToOneQuestion() throws {
        let first = take()
        questions.answer(0)
        loop.run()
        let second = take()
        questions.answer(0)
        loop.run()
        #expect(first.number == 0 && second.number == nil)
        questions.answer(1)
        loop.run()
        #expect(second.number == 1)
    }
}

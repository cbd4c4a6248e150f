import FoundationEssentials
import FuzzChecks
import Testing

/// Every input that a fuzzer has kept, once, through the same checks, without sanitizers.
@Suite(.timeLimit(.minutes(10)))
struct CorpusReplayTests {
    @Test(arguments: FuzzTarget.allCases) func everyKeptInputKeepsEveryPromise(target: FuzzTarget) throws {
        let folders = ["Corpus", "Regressions"].map { Self.fuzzing.appending(path: "\($0)/\(target.rawValue)") }
        let files = folders.flatMap { folder in
            ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
                .map { folder.appending(path: $0) }
        }
        #expect(files.count > 10, "the corpus of \(target.rawValue) is missing")
        for file in files {
            let bytes = Array(try Data(contentsOf: file))
            #expect(throws: Never.self, "\(file.lastPathComponent)") { try target.check(bytes) }
        }
    }

    private static let fuzzing = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Fuzzing").standardizedFileURL
}

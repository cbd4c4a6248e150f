import TestSupport
import Testing

/// What `test-process --measure` says of a program that it has run.
struct Measurement {
    let peakBytes: Int
    let cpuMilliseconds: Int

    /// `nil` where the text is something else.
    init?(_ text: String) {
        let words = text.split { $0 == " " || $0 == "\n" }.suffix(4).map(String.init)
        guard words.count == 4, words[0] == "peak", words[2] == "cpu", let peak = Int(words[1]), let cpu = Int(words[3])
        else { return nil }
        (peakBytes, cpuMilliseconds) = (peak << 10, cpu)
    }

    /// Holds that the program took less than 64 MiB and `milliseconds` of CPU: bounds that only a hostile input without
    /// one would break. Under a sanitizer, which takes more for itself, it holds nothing.
    func expectModest(cpuBelow milliseconds: Int = 5_000, sourceLocation: SourceLocation = #_sourceLocation) {
        guard Sanitizer.leavesFiguresAlone else { return }
        #expect(peakBytes < 64 << 20, sourceLocation: sourceLocation)
        #expect(cpuMilliseconds < milliseconds, sourceLocation: sourceLocation)
    }
}

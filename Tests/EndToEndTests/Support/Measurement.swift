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
}

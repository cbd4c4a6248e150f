/// Finds the name that a misspelt one was probably meant to be.
enum Suggestion {
    /// The nearest of `candidates`, or `nil` when none is near: within two edits and less than half of the length, the same but
    /// for case and separators, or a beginning of at least four letters.
    static func nearest(to word: String, among candidates: [String]) -> String? {
        let folded = fold(word)
        guard !folded.isEmpty, word.utf8.count <= 64 else { return nil }
        if let same = candidates.first(where: { fold($0) == folded }) { return same }
        let ranked = candidates.map { ($0, distance(folded, fold($0))) }.min { $0.1 < $1.1 }
        if let (candidate, edits) = ranked, edits <= 2, edits * 2 < max(folded.count, candidate.utf8.count) {
            return candidate
        }
        return candidates.first { candidate in
            folded.count >= 4 && fold(candidate).starts(with: folded)
                || candidate.utf8.count >= 4 && folded.starts(with: fold(candidate))
        }
    }

    /// A phrase for the end of a message: `; did you mean "name"?`, or nothing.
    static func phrase(for word: String, among candidates: [String]) -> String {
        nearest(to: word, among: candidates).map { "; did you mean \"\($0)\"?" } ?? ""
    }

    private static func fold(_ word: String) -> [UInt8] {
        word.utf8.filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: " ") }
            .map { (65...90).contains($0) ? $0 + 32 : $0 }
    }

    /// The edits between two words, a transposition of neighbours counted as one (optimal string alignment).
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for i in left.indices {
            var row = [i + 1]
            for j in right.indices {
                var edits = min(last[j + 1] + 1, row[j] + 1, last[j] + (left[i] == right[j] ? 0 : 1))
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    edits = min(edits, beforeLast[j - 1] + 1)
                }
                row.append(edits)
            }
            (beforeLast, last) = (last, row)
        }
        return last[right.count]
    }
}

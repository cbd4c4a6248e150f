extension String {
    /// The text cut to so many cells of a terminal, with an ellipsis where something is missing.
    ///
    /// The sequences of a ``TerminalStyle`` take no cell, and one that is open where the text is cut is closed.
    package func truncated(toWidth width: Int) -> String {
        var (result, rest) = (String.UnicodeScalarView(), unicodeScalars[...])
        var (used, isStyled) = (0, false)
        // Where the ellipsis would go, should the text turn out to be too long.
        var (cut, cutIsStyled): (String.UnicodeScalarView, Bool) = (result, false)
        while let scalar = rest.popFirst() {
            if scalar == "\u{1B}", rest.first == "[", let end = rest.firstIndex(of: "m") {
                isStyled = !rest.starts(with: "[0m".unicodeScalars)
                result.append(scalar)
                result.append(contentsOf: rest[...end])
                rest = rest[rest.index(after: end)...]
                continue
            }
            if used + scalar.displayWidth > width {
                return width > 0 ? String(cut) + "…" + (cutIsStyled ? "\u{1B}[0m" : "") : ""
            }
            used += scalar.displayWidth
            result.append(scalar)
            if used < width { (cut, cutIsStyled) = (result, isStyled) }
        }
        return String(result)
    }
}

import Authoring
import ConfigModel
import Presentation

/// Values of one line: the first byte says which kind, the rest is the text.
enum ValueCheck {
    static func run(_ bytes: [UInt8]) throws(BrokenPromise) {
        guard let first = bytes.first else { return }
        let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
        switch first {
        case UInt8(ascii: "d"): try duration(text)
        case UInt8(ascii: "u"): try url(text)
        case UInt8(ascii: "s"): try signal(text)
        case UInt8(ascii: "t"): try template(text)
        case UInt8(ascii: "y"): try yamlText(text)
        case UInt8(ascii: "k"): try plainScalar(text)
        case UInt8(ascii: "a"): try answers(text)
        case UInt8(ascii: "i"): try interview(text)
        default: break
        }
    }

    private static func duration(_ text: String) throws(BrokenPromise) {
        guard let duration = try? Duration(parsing: text) else { return }
        try BrokenPromise.unless(duration >= .zero, "a duration is not negative", text)
        let written = duration.configText
        try BrokenPromise.unless(
            (try? Duration(parsing: written)) == duration, "a duration is read back as it was written",
            "\(text) as \(written)")
    }

    private static func url(_ text: String) throws(BrokenPromise) {
        let url: HTTPURL
        do throws(URLFault) {
            url = try HTTPURL(parsing: text)
        } catch {
            return try BrokenPromise.unless(!error.reason.isEmpty, "a fault says what is wrong")
        }
        try BrokenPromise.unless(
            url.text == text && url.requestTarget.hasPrefix("/") && text.utf8.allSatisfy { (0x21..<0x7F).contains($0) }
                && !text.contains("#"), "a URL is printable and has a path", text)
        switch url.endpoint {
        case .network(let host, let port, _):
            try BrokenPromise.unless(
                !host.isEmpty && (1...65_535).contains(port) && !host.utf8.contains { "@/?[]".utf8.contains($0) },
                "a URL has a host and a port", "\(text) as \(host) and \(port)")
        case .unixSocket(let path):
            try BrokenPromise.unless(
                path.hasPrefix("/") && path.utf8.count <= 103 && !path.utf8.contains(0), "a socket has a path", text)
        }
    }

    private static func signal(_ text: String) throws(BrokenPromise) {
        guard let signal = Signal(parsing: text) else { return }
        try BrokenPromise.unless(
            (1...64).contains(signal.number) && Signal(parsing: signal.description) == signal,
            "a signal is read back as it was written", text)
    }

    /// Against a reading of the bytes, one after the other.
    private static func template(_ text: String) throws(BrokenPromise) {
        let variables = ["HOST": "127.0.0.1", "EMPTY": "", "DOLLAR": "$(HOST)"]
        let expanded = Template.expand(text) { variables[$0] }
        var (result, undefined): ([UInt8], [String]) = ([], [])
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "$"), rest.first == byte {
                result.append(rest.removeFirst())
            } else if byte == UInt8(ascii: "$"), rest.first == UInt8(ascii: "("), let close = rest.firstIndex(of: 0x29)
            {
                let name = String(decoding: rest[(rest.startIndex + 1)..<close], as: UTF8.self)
                rest = rest[(close + 1)...]
                if let value = variables[name] {
                    result += value.utf8
                } else if !undefined.contains(name) {
                    undefined.append(name)
                }
            } else {
                result.append(byte)
            }
        }
        try BrokenPromise.unless(
            Array(expanded.text.utf8) == result && expanded.undefined == undefined,
            "variables are replaced wherever they stand", "\(text.debugDescription) becomes \(expanded)")
    }

    /// In block and flow style alike; characters that no YAML file may hold cannot be written.
    private static func yamlText(_ text: String) throws(BrokenPromise) {
        guard !text.unicodeScalars.contains(where: \.steersOutput), YAMLText.isWritable(text) else { return }
        let written = YAMLText.scalar(text)
        for document in ["- \(written)\n", "[\(written), x]\n", "k: \(written)\n", "{k: \(written)}\n"] {
            let list = DiagnosticList()
            let root = YAMLParser.parse(SourceText(Array(document.utf8)), into: list)
            let value: YAMLNode? =
                switch root {
                case .sequence(let items, _)?: items.first
                case .mapping(let entries, _)?: entries.first?.value
                case .scalar?, nil: nil
                }
            guard case .scalar(let scalar)? = value, scalar.kind == .string, list.sorted().isEmpty else {
                throw BrokenPromise("a text is read back from YAML as a string: \(document)")
            }
            try BrokenPromise.unless(
                Array(scalar.text.utf8) == Array(text.utf8), "a text is read back from YAML as it was", document)
        }
    }

    /// What the core schema makes of plain text, of one kind at a time.
    private static func plainScalar(_ text: String) throws(BrokenPromise) {
        let kind = YAMLScalar(plain: text, line: 1, column: 1).kind
        if let number = Int(text), text.utf8.allSatisfy({ $0 < 0x80 }) {
            try BrokenPromise.unless(kind == .integer(number), "decimal digits are a number", text)
        }
        if case .float = kind {
            let isNamed = text.lowercased().hasSuffix(".inf") || text.lowercased() == ".nan"
            try BrokenPromise.unless(
                isNamed || Double(text) != nil || text.lowercased().hasSuffix(".nan"), "a fraction is a number", text)
        }
    }
}

internal import NIOHTTP1

/// What a request's head asks for.
enum Route: Hashable, Sendable {
    case page(StatusPage)
    /// Answered by the server itself.
    case refused(StatusAnswer)

    /// What `Allow` says, RFC 9110 section 10.2.1.
    static let allowedMethods = "GET, HEAD"

    init(_ head: HTTPRequestHead) {
        let path = Self.path(of: head.uri)
        guard let page = StatusPage(rawValue: path) else {
            let paths = StatusPage.allCases.map(\.rawValue).joined(separator: "\n")
            self = .refused(StatusAnswer(status: 404, body: "no such page; there are\n\(paths)\n"))
            return
        }
        guard head.method == .GET || head.method == .HEAD else {
            self = .refused(StatusAnswer(status: 405, body: "pages are only read: \(Self.allowedMethods)\n"))
            return
        }
        guard !Self.announcesBody(head) else {
            self = .refused(StatusAnswer(status: 413, body: "a request has no body here\n"))
            return
        }
        self = .page(page)
    }

    /// Whether bytes follow the head, RFC 9112 section 6.3.
    static func announcesBody(_ head: HTTPRequestHead) -> Bool {
        head.headers.contains(name: "transfer-encoding")
            || head.headers["content-length"].contains { !$0.utf8.allSatisfy { $0 == UInt8(ascii: "0") } }
    }

    /// The path without query, also where a proxy has sent the whole URL, RFC 9112 section 3.2.2.
    private static func path(of target: String) -> String {
        var rest = target[...]
        let scheme = "http://"
        if rest.lowercased().hasPrefix(scheme) {
            rest = rest.dropFirst(scheme.count)
            rest = rest[(rest.firstIndex(of: "/") ?? rest.endIndex)...]
        }
        return String(rest.prefix { $0 != "?" })
    }
}

/// A page of the listener, by its path.
package enum StatusPage: String, Hashable, Sendable, CaseIterable {
    /// The main loop answers.
    case health = "/healthz"
    /// Every rule is past waiting.
    case readiness = "/readyz"
    /// Everything, as JSON.
    case status = "/status"
    /// Numbers, as Prometheus reads them.
    case metrics = "/metrics"
}

/// What is answered to a request.
package struct StatusAnswer: Hashable, Sendable {
    /// The form of a body, as its `Content-Type` header says it.
    package enum ContentType: String, Hashable, Sendable {
        case text = "text/plain; charset=utf-8"
        case json = "application/json"
        case metrics = "text/plain; version=0.0.4; charset=utf-8"
    }

    /// The HTTP status.
    package let status: Int
    package let contentType: ContentType
    package let body: String

    package init(status: Int = 200, _ contentType: ContentType = .text, body: String) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }
}

/// What all pages of one moment are made from. It is taken on the main thread and rendered on the server's.
package protocol StatusSource: Sendable {
    func answer(to page: StatusPage) -> StatusAnswer
}

/// A request for a ``StatusSource``, on its way to the main thread.
package struct StatusQuestion: Sendable {
    private let reply: @Sendable (any StatusSource) -> Void

    init(reply: @escaping @Sendable (any StatusSource) -> Void) { self.reply = reply }

    /// Answers, from any thread. A second answer is dropped.
    package func answer(with source: any StatusSource) { reply(source) }
}

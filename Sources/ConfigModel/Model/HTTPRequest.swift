/// One HTTP exchange and the judgement of its end.
package struct HTTPRequest: Hashable, Sendable {
    /// What an exchange that was never answered counts as.
    package enum AbsencePolicy: String, Hashable, Sendable, CaseIterable {
        case fail
        case succeed
    }

    /// A header in the order of the file.
    package struct Header: Hashable, Sendable {
        package let name: String
        package let value: HeaderValue
    }

    /// Where a header's value comes from.
    package enum HeaderValue: Hashable, Sendable {
        case literal(Secret)
        /// Read for every attempt, since secrets rotate; a line end at the end of the file is dropped.
        case fromFile(String)
    }

    /// What a status means when this product answers it, and what to do about it.
    package struct Hint: Hashable, Sendable {
        package let status: Int
        package let advice: String
    }

    package let method: String
    package let url: HTTPURL
    package let headers: [Header]
    package let body: Secret
    package let expectedStatus: [StatusRange]
    package let whenRefused: AbsencePolicy
    package let whenDropped: AbsencePolicy
    package let tls: TLSSettings?
    package let hints: [Hint]
}

/// A run of HTTP status codes: a class such as `2xx`, or one number.
package struct StatusRange: Hashable, Sendable {
    package let codes: ClosedRange<Int>

    package init(_ codes: ClosedRange<Int>) { self.codes = codes }
}

/// The trust and identity for `https`. Paths are absolute and read when a connection is made.
package struct TLSSettings: Hashable, Sendable {
    package let caFile: String?
    package let certificateFile: String?
    package let keyFile: String?
    package let insecureSkipVerify: Bool

    package init(
        caFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil, insecureSkipVerify: Bool = false
    ) {
        self.caFile = caFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.insecureSkipVerify = insecureSkipVerify
    }
}

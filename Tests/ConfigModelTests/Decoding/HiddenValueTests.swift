import ConfigModel
import Testing

/// What no quoted line shows, wherever it stands.
struct HiddenValueTests {
    /// A combining mark makes one character of itself and the `?`, and a query is one all the same.
    @Test(arguments: ["?token=s3cret", "?\u{301}token=s3cret", "?a=1&token=s3cret"])
    func noQueryIsQuoted(query: String) {
        let reading = read(document(action: "http: {url: 'http://h/quit\(query)', methot: GET}"))
        #expect(!reading.diagnostics.isEmpty)
        #expect(!reading.render(fileName: "f").contains("s3cret"))
    }

    @Test(arguments: [
        "qqq: {headers: {a: s3cret}}", "http: {url: 'http://h/', qqq: {body: s3cret}}",
        "http: {url: 'http://h/'}, http: {url: 'http://h/', headers: {a: s3cret}}",
        "touch: {path: {headers: {a: [s3cret]}}}", "? [qqq] : {headers: {a: s3cret}}",
    ])
    func noHeaderIsQuotedBelowAKeyThatNobodyReads(action: String) {
        let reading = read(document(action: action))
        #expect(!reading.diagnostics.isEmpty)
        #expect(!reading.render(fileName: "f").contains("s3cret"))
    }

    @Test func whereASecretIsToBeFoundIsShown() {
        let action = "http: {url: 'http://h/', headers: {a: {fromFile: not/absolute}}}"
        #expect(read(document(action: action)).render(fileName: "f").contains("{fromFile: not/absolute}"))
    }
}

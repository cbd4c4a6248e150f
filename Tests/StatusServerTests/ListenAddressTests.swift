import Testing

@testable import StatusServer

struct ListenAddressTests {
    @Test(
        arguments: [
            ("127.0.0.1:9464", .ipv4("127.0.0.1"), 9_464), ("0.0.0.0:1", .ipv4("0.0.0.0"), 1),
            ("[::1]:9464", .ipv6("::1"), 9_464), ("[::]:65535", .ipv6("::"), 65_535),
            ("localhost:80", .localhost, 80), (":9464", .all, 9_464), (":0", .all, 0),
        ] as [(String, ListenAddress.Host, UInt16)])
    func readsAnAddressAndAPort(text: String, host: ListenAddress.Host, port: UInt16) throws {
        let address = try ListenAddress(parsing: text)
        #expect(address.host == host && address.port == port)
        #expect("\(address)" == text)
    }

    @Test(
        arguments: [
            ("", "the port is missing"), ("9464", "the port is missing"), ("127.0.0.1", "the port is missing"),
            ("127.0.0.1:", "the port must be"), (":65536", "the port must be"), (":-1", "the port must be"),
            (":+1", "the port must be"), (":http", "the port must be"), (":٣", "the port must be"),
            ("example.com:80", "names other than localhost"), ("127.1:80", "names other than localhost"),
            ("256.0.0.1:80", "names other than localhost"), ("*:80", "names other than localhost"),
            ("::1:9464", "an IPv6 address stands in brackets"), ("::1", "an IPv6 address stands in brackets"),
            ("[::1]", "an IPv6 address stands in brackets"),
            ("[127.0.0.1]:80", "no IPv6 address"), ("[]:80", "no IPv6 address"), ("[::g]:80", "no IPv6 address"),
        ] as [(String, String)])
    func refusesEverythingElseAndSaysWhatToWrite(text: String, reason: String) throws {
        let fault = try #require(throws: ListenAddressFault.self) { try ListenAddress(parsing: text) }
        #expect(fault.description.contains(reason))
        #expect(
            fault.description.hasSuffix(
                "write ADDRESS:PORT, such as 127.0.0.1:9464, [::1]:9464, or :9464 for all interfaces"))
    }
}

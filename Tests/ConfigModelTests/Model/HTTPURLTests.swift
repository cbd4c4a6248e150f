import ConfigModel
import Testing

struct HTTPURLTests {
    @Test(arguments: [
        ("http://127.0.0.1:15020/quitquitquit", "127.0.0.1", 15_020, false, "/quitquitquit"),
        ("http://localhost/", "localhost", 80, false, "/"), ("https://example.com", "example.com", 443, true, "/"),
        ("HTTPS://EXAMPLE.com:8443/a/b?c=d&e", "EXAMPLE.com", 8_443, true, "/a/b?c=d&e"),
        ("http://h?x", "h", 80, false, "/?x"), ("http://[::1]:15020/q", "::1", 15_020, false, "/q"),
        ("http://[fe80::1]", "fe80::1", 80, false, "/"),
        ("http://[::ffff:127.0.0.1]/", "::ffff:127.0.0.1", 80, false, "/"),
        ("http://a_b-c.d:1/%2e", "a_b-c.d", 1, false, "/%2e"), ("http://h:65535/", "h", 65_535, false, "/"),
    ])
    func readsNetworkURLs(text: String, host: String, port: Int, isTLS: Bool, target: String) throws {
        let url = try HTTPURL(parsing: text)
        #expect(url.endpoint == .network(host: host, port: port, isTLS: isTLS))
        #expect(url.requestTarget == target)
        #expect(url.text == text)
    }

    @Test(arguments: [
        ("http+unix://%2Frun%2Fproxy.sock/quit", "/run/proxy.sock", "/quit"), ("http+unix://%2fs", "/s", "/"),
        ("http+unix://%2Frun%2F%C3%A4.sock?x", "/run/ä.sock", "/?x"),
        ("http+unix://%2F" + String(repeating: "s", count: 102), "/" + String(repeating: "s", count: 102), "/"),
    ])
    func readsUnixSockets(text: String, path: String, target: String) throws {
        let url = try HTTPURL(parsing: text)
        #expect(url.endpoint == .unixSocket(path: path))
        #expect(url.requestTarget == target)
    }

    @Test(arguments: [
        ("", "write it in full"), ("/quit", "write it in full"), ("127.0.0.1:80/quit", "write it in full"),
        ("http:/h", "write it in full"),
        ("://h", "the scheme"), ("ftp://h", "the scheme"), ("http+unx://h", "the scheme"),
        ("http://", "the host is missing"), ("http:///quit", "the host is missing"),
        ("http://?x", "the host is missing"),
        ("http://h:0/", "the port"), ("http://h:65536/", "the port"), ("http://h:/", "the port"),
        ("http://h:+80/", "the port"),
        ("http://h:8o/", "the port"), ("http://[::1]:/", "the port"), ("http://[::1]80/", "write :port"),
        ("http://[::1/", "the IPv6 address lacks"), ("http://[]/", "\"\" is no IPv6"),
        ("http://[:::]/", "\":::\" is no IPv6"),
        ("http://[127.0.0.1]/", "\"127.0.0.1\" is no IPv6"),
        ("http://[fe80::1%25eth0]/", "\"fe80::1%25eth0\" is no IPv6"),
        ("http://::1/", "\":\" is no host"), ("http://:80/", "\"\" is no host"), ("http://a/b#c", "a fragment"),
        ("http://256.0.0.1/", "\"256.0.0.1\" is no IPv4"), ("http://127.0.0.1.1/", "\"127.0.0.1.1\" is no IPv4"),
        ("http://127.1/", "\"127.1\" is no IPv4"), ("http://host%41/", "\"host%41\" is no host"),
        ("http://user:secret@h/", "credentials"), ("http://h/a b", "it holds the byte 0x20"),
        ("http://h/\n", "it holds the byte 0xa"),
        ("http://hä/", "it holds the byte 0xc3"), ("http://h/\u{7F}", "it holds the byte 0x7f"),
        ("http+unix:///run/x", "write the socket's"), ("http+unix://run%2Fx/", "write the socket's"),
        ("http+unix://%2Fa%00/", "write the socket's"), ("http+unix://%2F%ff/", "write the socket's"),
        ("http+unix://%2F%+f/", "write the socket's"), ("http+unix://%2F%2/", "write the socket's"),
        ("http+unix://%2F" + String(repeating: "s", count: 103), "write the socket's"),
    ])
    func refusesWhatCannotBeCalled(text: String, reason: String) throws {
        let fault = try #require(throws: URLFault.self) { try HTTPURL(parsing: text) }
        #expect(fault.reason.hasPrefix(reason))
        #expect(!fault.reason.contains("secret@"))
    }
}

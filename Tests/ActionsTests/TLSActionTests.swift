import Glibc
import SupervisorCore
import TestSupport
import Testing

@testable import Actions
@testable import ConfigModel

private let hasOpenSSL = unsafe system("openssl version >/dev/null 2>&1") == 0

@Suite(.timeLimit(.minutes(10)), .enabled(if: hasOpenSSL, "needs the openssl program to make certificates"))
struct TLSActionTests {
    private func get(_ server: TLSServer, host: String = "127.0.0.1", tls: TLSSettings?) throws -> AttemptResult {
        try RunnerHarness().run(.http(.testing("https://\(host):\(server.port)/", method: "GET", tls: tls)))
    }

    private func settings(
        caFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil, insecureSkipVerify: Bool = false
    ) -> TLSSettings {
        TLSSettings(
            caFile: caFile, certificateFile: certificateFile, keyFile: keyFile, insecureSkipVerify: insecureSkipVerify)
    }

    @Test(arguments: ["127.0.0.1", "localhost"])
    func trustsTheAuthorityOfTheFile(host: String) throws {
        let authority = try TestAuthority()
        let server = try TLSServer(authority, subject: "DNS:localhost,IP:127.0.0.1")
        let result = try get(server, host: host, tls: settings(caFile: authority.certificate))
        #expect(result == .answered(status: 200))
    }

    @Test func anUnknownAuthorityIsExplained() throws {
        let authority = try TestAuthority()
        let server = try TLSServer(authority, subject: "IP:127.0.0.1")
        let other = try TestAuthority()
        for tls in [nil, settings(caFile: other.certificate)] {
            let result = try get(server, tls: tls)
            #expect(result.reason?.hasPrefix("TLS with 127.0.0.1:\(server.port): ") == true, "\(result)")
            #expect(result.reason?.contains("set tls.caFile") == true, "\(result)")
            #expect(result.isTransient == false)
        }
    }

    @Test(arguments: [("IP:127.0.0.2", "127.0.0.1"), ("DNS:other.example", "localhost")])
    func aCertificateForAnotherNameIsRefused(subject: String, host: String) throws {
        let authority = try TestAuthority()
        let server = try TLSServer(authority, subject: subject)
        let result = try get(server, host: host, tls: settings(caFile: authority.certificate))
        #expect(result.reason?.contains("is for another host name or address") == true, "\(result)")
        #expect(result.isTransient == false)
    }

    @Test func verifiesNothingWhereItIsTold() throws {
        let server = try TLSServer(TestAuthority(), subject: "DNS:other.example")
        #expect(try get(server, tls: settings(insecureSkipVerify: true)) == .answered(status: 200))
    }

    @Test func probesByTheSameSettings() throws {
        let authority = try TestAuthority()
        let server = try TLSServer(authority, subject: "IP:127.0.0.1")
        let url = try HTTPURL(parsing: "https://127.0.0.1:\(server.port)/")
        func find(_ tls: TLSSettings) throws -> Probe.Finding { try Probe(url, timeout: .seconds(30), tls: tls).run() }
        for tls in [settings(caFile: authority.certificate), settings(insecureSkipVerify: true)] {
            guard case .answered(status: 200, _) = try find(tls) else {
                Issue.record("\(try find(tls)) with \(tls)")
                continue
            }
        }
        guard case .failed(let reason) = try find(settings()) else {
            Issue.record("an unknown authority is trusted")
            return
        }
        #expect(reason.contains("cannot be verified"))
    }

    @Test func showsItsCertificateToAServerThatAsks() throws {
        let authority = try TestAuthority()
        let server = try TLSServer(authority, subject: "IP:127.0.0.1", asksForCertificate: true)
        let client = try authority.issue("client", subject: "DNS:knell")
        let given = settings(
            caFile: authority.certificate, certificateFile: client.certificate, keyFile: client.key)
        #expect(try get(server, tls: given) == .answered(status: 200))

        let result = try get(server, tls: settings(caFile: authority.certificate))
        #expect(result.reason?.contains("tls.certificateFile") == true, "\(result)")
    }

    @Test func aFileThatIsMissingOrHoldsSomethingElseIsNamedWithItsKey() throws {
        let authority = try TestAuthority()
        let directory = try ScratchDirectory()
        let missing = directory.file("none.pem")
        let other = try directory.write("no PEM", to: "other.pem")
        let cases = [
            (settings(caFile: missing), "tls.caFile: ", missing), (settings(caFile: other), "tls.caFile: ", other),
            (settings(certificateFile: missing, keyFile: authority.key), "tls.certificateFile: ", missing),
            (settings(certificateFile: other, keyFile: authority.key), "tls.certificateFile: ", other),
            (settings(certificateFile: authority.certificate, keyFile: missing), "tls.keyFile: ", missing),
            (settings(certificateFile: authority.certificate, keyFile: other), "tls.keyFile: ", other),
        ]
        for (tls, key, path) in cases {
            let result = try RunnerHarness().run(.http(.testing("https://127.0.0.1:1/", tls: tls)))
            #expect(result.reason?.hasPrefix(key) == true, "\(result)")
            #expect(result.reason?.contains(path) == true)
            #expect(result.isTransient == false)
        }
    }

    @Test func aPeerThatSpeaksNoTLSIsExplained() throws {
        let server = try ScriptedServer(script: [.sendToAnything("HTTP/1.1 400 Bad Request\r\n\r\n")])
        let result = try RunnerHarness().run(
            .http(.testing("https://127.0.0.1:\(server.port)/", tls: settings(insecureSkipVerify: true))))
        #expect(result.reason?.contains("does not speak TLS") == true, "\(result)")
    }

    @Test func aPeerThatHangsUpInTheHandshakeHasDroppedIt() throws {
        let server = try ScriptedServer(script: [.closeAtOnce])
        let result = try RunnerHarness().run(.http(.testing("https://127.0.0.1:\(server.port)/")))
        #expect(result == .dropped)
    }
}

/// An authority of a test's own, made by openssl(1).
private final class TestAuthority {
    private let directory: ScratchDirectory

    init() throws {
        directory = try ScratchDirectory()
        try openssl(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=knell-test-ca "
                + "-keyout \(key) -out \(certificate)")
    }

    var certificate: String { directory.file("ca.pem") }
    var key: String { directory.file("ca.key") }

    /// A certificate for a `subjectAltName`, and its key.
    func issue(_ name: String, subject: String) throws -> (certificate: String, key: String) {
        let (certificate, key) = (directory.file("\(name).pem"), directory.file("\(name).key"))
        let request = directory.file("\(name).csr")
        let extensions = try directory.write("subjectAltName=\(subject)\n", to: "\(name).ext")
        try openssl(
            "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=\(name) -keyout \(key) -out \(request)"
        )
        try openssl(
            "x509 -req -in \(request) -CA \(self.certificate) -CAkey \(self.key) -CAcreateserial -days 2 "
                + "-extfile \(extensions) -out \(certificate)")
        return (certificate, key)
    }

    private func openssl(_ arguments: String) throws {
        let process = try ChildProcess("openssl", arguments.split(separator: " ").map(String.init), capturesError: true)
        let errors = try process.readToEnd(from: .standardError)
        let status = try process.wait()
        try #require(status == 0, "openssl \(arguments): \(errors)")
    }
}

/// A server that answers every GET with status 200, openssl-s_server(1).
private final class TLSServer {
    let port: Int
    private let process: ChildProcess

    init(_ authority: TestAuthority, subject: String, asksForCertificate: Bool = false) throws {
        let own = try authority.issue("server", subject: subject)
        var arguments = ["s_server", "-accept", "127.0.0.1:0", "-www", "-cert", own.certificate, "-key", own.key]
        if asksForCertificate {
            arguments += ["-Verify", "1", "-verify_return_error", "-CAfile", authority.certificate]
        }
        process = try ChildProcess("openssl", arguments, capturesError: true)
        while true {
            let line = try #require(try process.readLine(), "openssl s_server has ended")
            guard line.hasPrefix("ACCEPT "), let number = line.split(separator: ":").last.flatMap({ Int($0) }) else {
                continue
            }
            port = number
            break
        }
    }
}

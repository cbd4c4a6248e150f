import Actions
import ArgumentParser
import ConfigModel
import Glibc
import Presentation

/// `knell probe`: one GET, for exec probes in an image that holds nothing else that could make one.
struct ProbeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe",
        abstract: "GET a URL and exit with 0 if it answers 2xx, for exec probes.",
        discussion: """
            The exit code is 0 for an answer of 2xx and 1 for everything else, with one line on standard error that says what \
            came. Redirects are not followed.

            Examples:
              knell probe http://127.0.0.1:9464/readyz
              knell probe --timeout 250ms http+unix://%2Frun%2Fproxy.sock/healthz
            """)

    /// Enough for a loopback round trip at least, and less than anybody waits for a probe.
    private static let timeouts = Duration.milliseconds(1)...Duration.seconds(60)

    @Argument(
        help: ArgumentHelp(
            "http, https, or http+unix with the socket's path percent-encoded as host.", valueName: "url"),
        transform: { text in
            do throws(URLFault) {
                return try HTTPURL(parsing: text)
            } catch {
                throw ValidationError(error.reason)
            }
        })
    var url: HTTPURL

    @Option(
        help: ArgumentHelp("How long it may take, 1ms to 1m; if left out, 1s.", valueName: "duration"),
        transform: { text in
            let timeout: Duration
            do throws(DurationFault) {
                timeout = try Duration(parsing: text)
            } catch .syntax(let reason), .range(let reason) {
                throw ValidationError(reason)
            }
            guard Self.timeouts.contains(timeout) else { throw ValidationError("it must be from 1ms to 1m") }
            return timeout
        })
    var timeout = Duration.seconds(1)

    @Option(help: ArgumentHelp("The authority's certificate for https; if left out, the system's.", valueName: "file"))
    var caFile: String?

    @Flag(help: "Take every certificate, as a kubelet does.")
    var insecureSkipVerify = false

    func run() throws {
        // A peer that is gone must not end us without a word.
        signal(SIGPIPE, SIG_IGN)
        let probe: Probe
        let finding: Probe.Finding
        do {
            let tls = TLSSettings(caFile: caFile, insecureSkipVerify: insecureSkipVerify)
            probe = try Probe(url, timeout: timeout, tls: tls)
            finding = try probe.run()
        } catch {
            StandardStreams.printError("knell: error: cannot probe: \(error)\n")
            throw KnellExitCode.osError
        }
        // The exit closes everything at once; taking the HTTP client apart first would only cost time.
        withExtendedLifetime(probe) {
            guard let fault = fault(of: finding) else { Self.exit(withError: nil) }
            StandardStreams.printError("knell: probe failed: \(probe.peerName)\(fault)\n")
            Self.exit(withError: ExitCode.failure)
        }
    }

    /// What stands in the way of success, to be read behind the peer's name.
    private func fault(of finding: Probe.Finding) -> String? {
        switch finding {
        case .answered(status: 200...299, _): nil
        case .answered(let status, let bodyStart):
            " answered \(status)" + Self.firstLine(of: bodyStart).map { ": \($0)" }.joined()
        case .refused: " refused the connection"
        case .dropped: " closed the connection before it answered"
        case .timedOut: " did not answer within \(timeout.configText)"
        // The reasons name keys of the configuration, of which the option is the like here.
        case .failed(let reason): ": \(reason.replacing("tls.caFile", by: "--ca-file"))"
        }
    }

    /// The first line that is not empty, in one element, with what would steer a terminal replaced.
    private static func firstLine(of bytes: [UInt8]) -> [String] {
        let line = bytes.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }.first
        return line.map { [String(decoding: $0, as: UTF8.self).printable] } ?? []
    }
}

extension String {
    /// The text with every occurrence of another replaced. The standard library's own would bring regular expressions along.
    fileprivate func replacing(_ text: String, by replacement: String) -> String {
        var (result, rest) = ("", self[...])
        while !rest.isEmpty {
            if rest.hasPrefix(text) {
                result += replacement
                rest = rest.dropFirst(text.count)
            } else {
                result.append(rest.removeFirst())
            }
        }
        return result
    }
}

internal import Glibc
internal import TestSupport

/// A real Envoy with an admin listener on a free port of 127.0.0.1, and nothing else.
///
/// `KNELL_ENVOY` names the binary; `make test` sets it. Envoy is killed and reaped at the latest when this value goes.
final class EnvoyServer {
    /// Whether tests with Envoy run: where there is one, and where `KNELL_REQUIRE_ENVOY=1` makes its absence a failure.
    static var isExpected: Bool { binary != nil || environment("KNELL_REQUIRE_ENVOY") == "1" }

    /// Why they do not.
    static let absence = "KNELL_ENVOY names no Envoy; make test installs one"

    /// The port of the admin listener.
    let adminPort: UInt16
    /// Envoy itself; its standard error is captured.
    let process: ChildProcess

    /// Starts Envoy and waits until its admin listener answers.
    ///
    /// - Parameter program: The binary, or a link to it where the test wants another process name.
    /// - Throws: ``EnvoyFault``, or a ``ChildProcessFault`` where Envoy does not start or stays silent.
    init(program: String? = binary) throws {
        guard let program else { throw EnvoyFault(description: Self.absence) }
        let addressFile = try AddressFile()
        process = try ChildProcess(
            program,
            [
                "--config-yaml", "admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}",
                // Hot restart would leave shared memory behind, and two Envoys would meet in it.
                "--disable-hot-restart", "--concurrency", "1",
                "--log-level", "warning", "--component-log-level", "main:info",
                "--admin-address-path", addressFile.path,
            ],
            capturesError: true)
        var log = ""
        while !log.contains("starting main dispatch loop") {
            guard let line = try process.readLine(from: .standardError) else { break }
            log += line + "\n"
        }
        guard let port = addressFile.port else {
            throw EnvoyFault(description: "Envoy names no admin address:\n\(log)")
        }
        adminPort = port
    }

    /// The path of the binary; `nil` where there is none.
    static var binary: String? { environment("KNELL_ENVOY").flatMap { $0.isEmpty ? nil : $0 } }

    private static func environment(_ name: String) -> String? {
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }
}

/// Why there is no Envoy for a test.
struct EnvoyFault: Error, CustomStringConvertible {
    let description: String
}

/// The file into which Envoy writes `HOST:PORT` of its admin listener; removed with this value.
private struct AddressFile: ~Copyable {
    private let directory: String
    var path: String { directory + "/admin-address" }

    init() throws(EnvoyFault) {
        var template = Array("/tmp/knell-envoy-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw EnvoyFault(description: "mkdtemp: error \(errno)") }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        unsafe unlink(path)
        unsafe rmdir(directory)
    }

    /// The port that the file names; `nil` before Envoy has written it.
    var port: UInt16? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var text = [UInt8](repeating: 0, count: 64)
        let count = unsafe read(descriptor, &text, text.count)
        guard count > 0, let colon = text.lastIndex(of: UInt8(ascii: ":")) else { return nil }
        return UInt16(String(decoding: text[..<count].dropFirst(colon + 1), as: UTF8.self))
    }
}

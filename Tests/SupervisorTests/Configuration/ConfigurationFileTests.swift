import ConfigModel
import Foundation
import LinuxProcesses
import Testing

@testable import Supervisor

struct ConfigurationFileTests {
    private func withFile<Result>(_ bytes: [UInt8], _ body: (String) throws -> Result) throws -> Result {
        let path = NSTemporaryDirectory() + "/knell-configuration-\(UUID())"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }

    @Test func readsAFile() throws {
        let text = "version: 1\nrules:\n  - {name: r, watch: {processes: [{name: x}]}}\n"
        let reading = try withFile(Array(text.utf8)) {
            try ConfigurationSource(path: $0, environment: .empty).read().reading
        }
        #expect(reading.plan?.rules.map(\.name) == ["r"])
    }

    @Test(arguments: [(1 << 20, false), (1 << 20 + 1, true), (3 << 20, true)])
    func refusesMoreThanAMebibyte(size: Int, isTooLarge: Bool) throws {
        let bytes = [UInt8](repeating: UInt8(ascii: "#"), count: size)
        let reading = try withFile(bytes) { try ConfigurationSource(path: $0, environment: .empty).read().reading }
        #expect(reading.diagnostics.contains { $0.code == .inputTooLarge } == isTooLarge)
        #expect(reading.plan == nil)
    }

    @Test(arguments: [("/nowhere/at/all.yaml", ENOENT), ("/", EISDIR), ("", ENOENT)])
    func throwsWhereTheFileCannotBeRead(path: String, code: Int32) throws {
        let fault = try #require(throws: SystemCallError.self) {
            try ConfigurationSource(path: path, environment: .empty).read()
        }
        #expect(fault.errno == code)
        #expect(fault.subject == path)
    }

    @Test(arguments: [("-", "<stdin>"), ("a.yaml", "a.yaml"), ("./-", "./-")])
    func namesStandardInput(path: String, name: String) {
        #expect(ConfigurationFile.displayName(path) == name)
    }
}

import Foundation
import LinuxProcesses
import Testing

@testable import Supervisor

struct ConfigurationPlacesTests {
    private func directory() throws -> String {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("knell-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        return path
    }

    @Test func namesAPlainFile() throws {
        let directory = try directory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try Data().write(to: URL(fileURLWithPath: directory + "/knell.yaml"))
        let places = ConfigurationPlaces(of: directory + "/knell.yaml")
        #expect(places.names == [directory: ["knell.yaml"]])
        #expect(!places.isMountedAlone)
        #expect(places.isConcerned(by: .init(directory: directory, name: "knell.yaml")))
        #expect(places.isConcerned(by: .init(directory: directory, name: "")))
        #expect(!places.isConcerned(by: .init(directory: directory, name: "knell.yaml.swp")))
    }

    @Test func followsTheLinksOfAKubelet() throws {
        let directory = try directory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let files = FileManager.default
        try files.createDirectory(atPath: directory + "/..v1", withIntermediateDirectories: false)
        try Data().write(to: URL(fileURLWithPath: directory + "/..v1/knell.yaml"))
        try files.createSymbolicLink(atPath: directory + "/..data", withDestinationPath: "..v1")
        try files.createSymbolicLink(atPath: directory + "/knell.yaml", withDestinationPath: "..data/knell.yaml")
        let places = ConfigurationPlaces(of: directory + "/knell.yaml")
        #expect(places.names == [directory: ["knell.yaml", "..data"], directory + "/..v1": ["knell.yaml"]])
    }

    @Test(arguments: [
        ("knell.yaml", ".", "knell.yaml"), ("/knell.yaml", "/", "knell.yaml"), ("/no/such/knell.yaml", "/", "no"),
        ("/etc/no/knell.yaml", "/etc", "no"), ("/etc/passwd/knell.yaml", "/etc", "passwd"),
    ])
    func namesWhatIsMissingOnTheWay(path: String, directory: String, name: String) {
        #expect(ConfigurationPlaces(of: path).names == [directory: [name]])
    }

    @Test func followsLinksAmongTheDirectories() throws {
        let directory = try directory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let files = FileManager.default
        try files.createDirectory(atPath: directory + "/a", withIntermediateDirectories: false)
        try Data().write(to: URL(fileURLWithPath: directory + "/a/knell.yaml"))
        try files.createSymbolicLink(atPath: directory + "/current", withDestinationPath: "a")
        let places = ConfigurationPlaces(of: directory + "/current/knell.yaml")
        #expect(places.names == [directory: ["current"], directory + "/a": ["knell.yaml"]])
    }

    @Test func comesToAnEndWhereLinksGoRoundInCircles() throws {
        let directory = try directory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try FileManager.default.createSymbolicLink(atPath: directory + "/loop", withDestinationPath: "loop")
        #expect(ConfigurationPlaces(of: directory + "/loop").names == [directory: ["loop"]])
    }

    @Test func readsMountPointsWithEveryCharacter() {
        let table = MountTable(
            parsing: Array(
                """
                22 1 0:21 / /proc rw,nosuid shared:12 - proc proc rw
                23 1 8:1 /a\\040b/c /etc/a\\040b\\134c rw - ext4 /dev/sda1 rw
                short line
                24 1 8:1 /x /trailing\\04 rw - ext4 /dev/sda1 rw

                """.utf8))
        #expect(table.contains("/proc"))
        #expect(table.contains("/etc/a b\\c"))
        #expect(table.contains("/trailing\\04"))
        #expect(!table.contains("/etc/a b"))
    }
}

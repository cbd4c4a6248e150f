import Foundation
import Glibc
import TestSupport

/// A directory laid out as a kubelet lays out a ConfigMap: `knell.yaml -> ..data/knell.yaml`, `..data -> ..VERSION`.
final class ConfigMap: Sendable {
    let directory: TemporaryDirectory
    var path: String { directory.file("knell.yaml") }

    init(_ text: String) throws {
        directory = try TemporaryDirectory()
        try writeVersion("..v0", text)
        try link("..data", to: "..v0")
        try link("knell.yaml", to: "..data/knell.yaml")
    }

    /// Replaces the whole by the kubelet's steps: a new directory, a link beside `..data`, one rename over it, and the old
    /// directory goes.
    func swap(to text: String) throws {
        let old = try FileManager.default.destinationOfSymbolicLink(atPath: directory.file("..data"))
        let new = "..v\(UInt64.random(in: .min ... .max))"
        try writeVersion(new, text)
        try link("..data_tmp", to: new)
        guard unsafe rename(directory.file("..data_tmp"), directory.file("..data")) == 0 else {
            throw KnellFault("rename: error \(errno)")
        }
        try FileManager.default.removeItem(atPath: directory.file(old))
    }

    private func writeVersion(_ name: String, _ text: String) throws {
        try FileManager.default.createDirectory(atPath: directory.file(name), withIntermediateDirectories: false)
        try directory.write(text, to: "\(name)/knell.yaml")
    }

    private func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: directory.file(name), withDestinationPath: target)
    }
}

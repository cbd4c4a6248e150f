import Foundation
import TestSupport

/// A directory of one test, open to all users, removed with this value.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/knell-e2e-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw KnellFault("mkdtemp: error \(errno)") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        unsafe chmod(path, 0o777)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a file that need not be there.
    func file(_ name: String) -> String { path + "/" + name }

    func holds(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name)) }

    /// The path of the file that now holds the text.
    @discardableResult
    func write(_ text: String, to name: String) throws -> String { try write(Array(text.utf8), to: name) }

    @discardableResult
    func write(_ bytes: [UInt8], to name: String) throws -> String {
        let path = file(name)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        unsafe chmod(path, 0o644)
        return path
    }

    func read(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: file(name))), as: UTF8.self)
    }

    /// A copy of a program that every user may run, wherever the original lies; one of another mode where that is to be.
    func copy(ofProgram program: String, mode: mode_t = 0o755) throws -> String {
        let path = file((program as NSString).lastPathComponent)
        // By a process of its own: a program that another test starts meanwhile would inherit a descriptor of ours that
        // writes, and as long as it had that, the copy could not be run, ETXTBSY.
        let status = try ChildProcess("/bin/cp", [program, path]).wait()
        unsafe chmod(path, mode)
        guard status == 0 else { throw KnellFault("cannot copy \(program)") }
        return path
    }

    /// What a JSON file holds.
    func json(_ name: String) throws -> [String: Any] {
        guard let object = try JSONSerialization.jsonObject(with: Data(try read(name).utf8)) as? [String: Any] else {
            throw KnellFault("\(name) holds no JSON object")
        }
        return object
    }
}

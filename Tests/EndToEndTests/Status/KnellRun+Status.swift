import Foundation
import TestSupport

extension KnellRun {
    /// The port of the status listener, once Knell has told it.
    func statusPort() throws -> UInt16 {
        let event = try self.await("status.listening")
        let address: String = event["note"] ?? ""
        guard let port = address.split(separator: ":").last.flatMap({ UInt16($0) }) else {
            throw KnellFault("no port in \(event)")
        }
        return port
    }

    /// Reads on to the event of this name, unless it has been read already.
    func awaitUnlessRead(_ name: String, _ fields: [String: String] = [:]) throws {
        if events(named: name, fields).isEmpty { try self.await(name, fields) }
    }
}

extension RawClient {
    /// The page `/status`, read by a JSON reader that is not Knell's own.
    static func status(port: UInt16) throws -> [String: Any] {
        let answer = try RawClient(port: port).get("/status")
        guard answer.status == 200, answer.headers["content-type"] == "application/json",
            let object = try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any]
        else { throw KnellFault("no status: \(answer)") }
        return object
    }
}

internal import CLinux
internal import ConfigModel
internal import Glibc
package import LinuxProcesses
internal import Presentation
internal import Reporting
package import SupervisorCore

/// The verdict as one line of JSON, where a kubelet picks it up for the container's status.
package enum TerminationLog {
    /// `terminationMessagePath`'s default in Kubernetes.
    package static let defaultPath = "/dev/termination-log"
    /// A kubelet reads no more than this many bytes of it.
    static let limit = 4_096
    /// The most characters that are said of a command.
    private static let commandLimit = 400

    /// Writes the verdict to `path`; `nil` is the default path, which is written only where it exists.
    ///
    /// - Throws: ``SystemCallError`` where a path that was asked for cannot be written.
    package static func write(_ verdict: Verdict, isDryRun: Bool, to path: String?) throws(SystemCallError) {
        let create = path == nil ? 0 : O_CREAT
        let target = path ?? defaultPath
        // A link may come from whoever shares the volume, and lead to any file that Knell may write; those that lead to our
        // own streams do not, and what a stream has taken before stays in the file behind it.
        let mode = isOwnStream(target) ? O_APPEND : O_TRUNC | O_NOFOLLOW
        // Non-blocking, since the path may be a FIFO that nobody reads.
        let raw = unsafe knell_openat(
            AT_FDCWD, target, O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | mode | create, 0o644)
        guard raw >= 0 else {
            if path == nil { return }
            throw .last("openat", target)
        }
        let file = FileDescriptor(owning: raw)
        var rest = Array(text(of: verdict, isDryRun: isDryRun).utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(file.raw, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw .last("write", target) }
            rest = rest.dropFirst(count)
        }
    }

    /// Whether the path means one of our own descriptors: /dev/stdout, /dev/stderr, /dev/fd/N.
    private static func isOwnStream(_ path: String) -> Bool {
        path == "/dev/stdout" || path == "/dev/stderr" || path.hasPrefix("/dev/fd/")
    }

    /// The line, with as much detail as fits.
    static func text(of verdict: Verdict, isDryRun: Bool) -> String {
        let details: [(Verdict) -> [JSONObject]] = [
            { $0.rules.map { $0.json() } },
            { $0.rules.filter(isRemarkable).map { $0.json(withReasons: false) } },
        ]
        for detail in details {
            var object = JSONObject()
            object.add("exitCode", verdict.exitCode)
            object.add("reason", verdict.reason.text)
            object.add("command", verdict.command.map { String($0.prefix(commandLimit)) })
            object.addFlag("dryRun", isDryRun)
            object.add("rules", detail(verdict))
            let line = object.compact + "\n"
            if line.utf8.count <= limit { return line }
        }
        return cutText(of: verdict, isDryRun: isDryRun)
    }

    /// The line with as many of the remarkable rules as fit, by name, and the number of the others.
    private static func cutText(of verdict: Verdict, isDryRun: Bool) -> String {
        let remarkable = verdict.rules.filter(isRemarkable)
        // The rest of the object, with room to spare.
        let command = verdict.command.map { String($0.prefix(commandLimit)) }
        var room = limit - 200 - JSONValue.quoted(verdict.reason.text + (command ?? "")).utf8.count
        let named = remarkable.prefix { rule in
            room -= outline(of: rule).compact.utf8.count + 1
            return room >= 0
        }
        var object = JSONObject()
        object.add("exitCode", verdict.exitCode)
        object.add("reason", verdict.reason.text)
        object.add("command", command)
        object.addFlag("dryRun", isDryRun)
        object.add("rules", named.map(outline))
        object.addFlag("truncated", true)
        object.add("omittedRules", verdict.rules.count - named.count)
        return object.compact + "\n"
    }

    private static func outline(of rule: Verdict.RuleVerdict) -> JSONObject {
        var object = JSONObject()
        object.add("rule", rule.name)
        object.add("state", rule.state.rawValue)
        object.add("exitCode", rule.exitCode)
        object.add("notDone", rule.notDone.isEmpty ? nil : rule.notDone.count)
        return object
    }

    private static func isRemarkable(_ rule: Verdict.RuleVerdict) -> Bool {
        rule.exitCode != 0 || !rule.notDone.isEmpty || !rule.failures.isEmpty
    }
}

internal import ConfigModel
package import Presentation

extension Explanation {
    /// The explanation for programs. Every object lists under `defaults` the keys whose values the file does not give.
    package var json: JSONValue {
        var object = DefaultedObject()
        object.object.add("version", 1)
        object.add("onTerminate", onTerminate) { .string($0.rawValue) }
        object.add("terminationTimeout", terminationTimeout) { .string($0.configText) }
        object.object.add("longestTerminationMs", longestTermination.milliseconds)
        object.object.add("leastTerminationGracePeriodSeconds", leastGracePeriodSeconds)
        object.object.add("rules", rules.map(\.json))
        object.object.add(
            "notes",
            notes.map { note in
                var entry = JSONObject()
                entry.add("code", note.code.rawValue)
                entry.add("rule", note.rule)
                entry.add("text", note.text)
                return entry
            })
        return .object(object.finished)
    }
}

/// An object that remembers which of its values are defaults.
private struct DefaultedObject {
    var object = JSONObject()
    private var defaults: [String] = []

    mutating func add<Value>(_ key: String, _ stated: Stated<Value>, _ json: (Value) -> JSONValue) {
        object.add(key, json(stated.value))
        if stated.isDefault { defaults.append(key) }
    }

    mutating func add<Value>(_ key: String, _ stated: Stated<Value>?, _ json: (Value) -> JSONValue) {
        if let stated { add(key, stated, json) }
    }

    var finished: JSONObject {
        var object = object
        object.add("defaults", defaults)
        return object
    }
}

extension Duration {
    fileprivate var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    }
}

extension ExplainedRule {
    fileprivate var json: JSONObject {
        var object = DefaultedObject()
        object.object.add("name", name)
        var watch = DefaultedObject()
        watch.object.add("processes", targets.map(\.json))
        watch.add("until", until) { .string($0.rawValue) }
        watch.object.add("startTimeout", startTimeout?.configText)
        watch.add("onStartTimeout", onStartTimeout) { .string($0.rawValue) }
        object.object.add("watch", watch.finished)
        object.add("gracePeriod", gracePeriod) { .string($0.configText) }
        object.object.add("actions", actions.map(\.json))
        object.object.add("exitCode", codes)
        object.add("final", isFinal) { .boolean($0) }
        object.add("repeat", repeats) { .boolean($0) }
        object.object.add("longestMs", longestTime.milliseconds)
        return object.finished
    }

    private var codes: JSONObject {
        var object = DefaultedObject()
        object.add("ended", ended) {
            switch $0 {
            case .code(let code): .integer(Int64(code))
            case .fromTarget: .string("fromTarget")
            }
        }
        object.add("actionFailed", actionFailed) { .integer(Int64($0)) }
        object.add("notStarted", notStarted) { .integer(Int64($0)) }
        object.add("terminated", terminated) { .integer(Int64($0)) }
        object.object.add("unknown", unknown)
        var byOutcome = JSONObject()
        for outcome in Outcome.allCases {
            byOutcome.add(outcome.name, code(for: outcome).map { .integer(Int64($0)) } ?? .string("fromTarget"))
        }
        object.object.add("byOutcome", byOutcome)
        return object.finished
    }
}

extension ExplainedSelector {
    fileprivate var json: JSONObject {
        var object = DefaultedObject()
        for (key, text) in conditions { object.object.add(key, text) }
        switch user {
        case .id(let id): object.object.add("user", id)
        case .name(let name): object.object.add("user", name)
        case nil: break
        }
        object.add("ignoreCase", ignoreCase) { .boolean($0) }
        return object.finished
    }
}

extension ExplainedReference {
    fileprivate var json: JSONObject {
        var object = JSONObject()
        switch self {
        case .matching(let selector): return selector.json
        case .pid(let pid): object.add("pid", pid)
        case .pidFile(let path): object.add("pidFile", path)
        }
        return object
    }
}

extension ExplainedAction {
    fileprivate var json: JSONObject {
        var object = DefaultedObject()
        object.object.add("label", label)
        object.object.add("does", deed)
        if let expansion {
            var shutdown = DefaultedObject()
            shutdown.object.add("preset", expansion.preset.name)
            shutdown.object.add("product", expansion.preset.product)
            shutdown.object.add("assumes", expansion.preset.assumes)
            shutdown.add("port", expansion.port) { .integer(Int64($0)) }
            shutdown.add("host", expansion.host) { .string($0) }
            object.object.add("shutdown", shutdown.finished)
        }
        addKind(to: &object)
        object.add("timeout", timeout) { .string($0.configText) }
        if let retry {
            var json = DefaultedObject()
            json.add("attempts", retry.attempts) { .integer(Int64($0)) }
            json.add("delay", retry.delay) { .string($0.configText) }
            json.add("maxDelay", retry.maxDelay) { .string($0.configText) }
            object.object.add("retry", json.finished)
        }
        object.add("when", when) { .array($0.map { .string($0.name) }) }
        object.add("onFailure", onFailure) { .string($0.rawValue) }
        if let thenGone {
            var json = DefaultedObject()
            json.add("process", thenGone.process) { .object($0.json) }
            json.object.add("within", thenGone.within.configText)
            object.object.add("thenGone", json.finished)
        }
        object.object.add("longestMs", longestTime.milliseconds)
        return object.finished
    }

    private func addKind(to object: inout DefaultedObject) {
        var inner = DefaultedObject()
        switch kind {
        case .http(let request):
            object.object.add("http", request.json)
        case .signal(let process, let signal):
            inner.object.add("process", process.json)
            inner.add("signal", signal) { .string($0.description) }
            object.object.add("signal", inner.finished)
        case .touch(let path, let createDirectories, let mode):
            inner.object.add("path", path)
            inner.add("createDirectories", createDirectories) { .boolean($0) }
            inner.add("mode", mode) { .string("0" + String($0, radix: 8)) }
            object.object.add("touch", inner.finished)
        case .exec(let program, let argumentCount):
            inner.object.add("program", program)
            inner.object.add("argumentCount", argumentCount)
            object.object.add("exec", inner.finished)
        case .sleep(let duration): object.object.add("sleep", duration.configText)
        }
    }
}

extension ExplainedRequest {
    fileprivate var json: JSONObject {
        var object = DefaultedObject()
        object.add("method", method) { .string($0) }
        object.object.add("url", url)
        object.object.add("hasQuery", .boolean(hasQuery))
        object.object.add(
            "headers",
            headers.map { header in
                var entry = JSONObject()
                entry.add("name", header.name)
                switch header.source {
                case .text: entry.add("from", "text")
                case .file(let path):
                    entry.add("from", "file")
                    entry.add("file", path)
                case .variable(let name):
                    entry.add("from", "variable")
                    entry.add("variable", name)
                }
                return entry
            })
        object.object.add("bodyBytes", bodyBytes)
        object.add("expectStatus", expectStatus) { .array($0.map { .string($0.text) }) }
        object.add("whenRefused", whenRefused) { .string($0.rawValue) }
        object.add("whenDropped", whenDropped) { .string($0.rawValue) }
        if let tls {
            var json = DefaultedObject()
            json.object.add("caFile", tls.caFile)
            json.object.add("certificateFile", tls.certificateFile)
            json.object.add("keyFile", tls.keyFile)
            json.add("insecureSkipVerify", Stated(tls.insecureSkipVerify ?? false, written: tls.insecureSkipVerify)) {
                .boolean($0)
            }
            object.object.add("tls", json.finished)
        }
        object.object.add(
            "hints",
            hints.map { hint in
                var entry = JSONObject()
                entry.add("status", hint.status)
                entry.add("advice", hint.advice)
                return entry
            })
        return object.finished
    }
}

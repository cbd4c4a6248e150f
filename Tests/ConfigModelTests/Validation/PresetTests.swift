import Testing

@testable import ConfigModel

struct PresetTests {
    @Test func thePresetsAreThoseOfTheContract() {
        #expect(
            Preset.names == [
                "istio", "linkerd", "envoy", "consul", "dapr", "cloud-sql-proxy", "alloydb-proxy", "vault-agent",
                "prometheus", "kuma",
                "gcs-fuse",
            ])
    }

    @Test(arguments: [
        ("istio", "http://127.0.0.1:15020/quitquitquit"), ("linkerd", "http://127.0.0.1:4191/shutdown"),
        ("envoy", "http://127.0.0.1:9901/quitquitquit"), ("consul", "http://127.0.0.1:20600/graceful_shutdown"),
        ("dapr", "http://127.0.0.1:3500/v1.0/shutdown"), ("cloud-sql-proxy", "http://127.0.0.1:9091/quitquitquit"),
        ("alloydb-proxy", "http://127.0.0.1:9091/quitquitquit"), ("vault-agent", "http://127.0.0.1:8200/agent/v1/quit"),
        ("prometheus", "http://127.0.0.1:9090/-/quit"),
    ])
    func aPresetIsARequestThatTakesAbsenceForSuccess(name: String, url: String) throws {
        let action = try #require(read(document(action: "shutdown: \(name)")).action)
        guard case .http(let request) = action.kind else {
            Issue.record("no request: \(action.kind)")
            return
        }
        #expect(request.method == "POST")
        #expect(request.url.text == url)
        #expect(request.whenRefused == .succeed)
        #expect(request.expectedStatus.contains { $0.codes.contains(200) && $0.codes.contains(204) })
        #expect(action.label == "0/shutdown")
        #expect(action.retry.attempts == 3)
    }

    @Test(arguments: ["envoy", "vault-agent"])
    func whereTheProductMayDropTheConnectionThatIsASuccess(name: String) throws {
        guard case .http(let request) = try #require(read(document(action: "shutdown: \(name)")).action).kind else {
            Issue.record("no request")
            return
        }
        #expect(request.whenDropped == .succeed)
    }

    @Test func linkerdHintsAtItsSwitch() throws {
        guard case .http(let request) = try #require(read(document(action: "shutdown: linkerd")).action).kind else {
            Issue.record("no request")
            return
        }
        #expect(try #require(request.hints.first { $0.status == 404 }).advice.contains("proxy.enableShutdownEndpoint"))
    }

    @Test(arguments: [
        ("{preset: istio, port: 15021}", "http://127.0.0.1:15021/quitquitquit"),
        ("{preset: istio, host: '::1'}", "http://[::1]:15020/quitquitquit"),
        ("{preset: istio, host: '[::1]'}", "http://[::1]:15020/quitquitquit"),
        ("{preset: envoy, host: proxy.local, port: 1}", "http://proxy.local:1/quitquitquit"),
        ("{preset: envoy}", "http://127.0.0.1:9901/quitquitquit"),
    ])
    func portAndHostCanBeChanged(shutdown: String, url: String) throws {
        guard case .http(let request) = try #require(read(document(action: "shutdown: \(shutdown)")).action).kind else {
            Issue.record("no request")
            return
        }
        #expect(request.url.text == url)
    }

    @Test func kumaGetsASignalAndGcsFuseAFile() throws {
        guard case .signal(let signal) = try #require(read(document(action: "shutdown: kuma")).action).kind,
            case .matching(let selector) = signal.process
        else {
            Issue.record("no signal")
            return
        }
        #expect(signal.signal == Signal(number: 15))
        #expect(try #require(selector.name).matches(Array("kuma-dp".utf8)))
        #expect(
            read(document(action: "shutdown: gcs-fuse")).action?.kind
                == .touch(TouchRequest(path: "/gcsfuse-tmp/.volumes/exit", createDirectories: false, mode: 0o644)))
    }

    @Test(arguments: Preset.all.map(\.name))
    func everyPresetSaysWhatItAssumes(name: String) throws {
        let preset = try #require(Preset.all.first { $0.name == name })
        #expect(!preset.product.isEmpty)
        #expect(!preset.assumes.isEmpty)
        #expect(!preset.summary.isEmpty)
        #expect(preset.hints.allSatisfy { (400...599).contains($0.status) && !$0.advice.isEmpty })
    }
}

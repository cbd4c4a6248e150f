/// How a well-known proxy or helper is told to quit.
///
/// Each preset says what it assumes of the product; `knell presets` prints the table.
package struct Preset: Sendable {
    /// What the preset does.
    package enum Means: Sendable {
        /// `POST`s to a loopback endpoint; statuses beyond 2xx are not expected.
        case post(port: Int, path: String, whenDropped: HTTPRequest.AbsencePolicy)
        /// Sends SIGTERM to processes of this name.
        case terminate(name: String)
        /// Creates this file, in a directory that is the product's.
        case touch(path: String)
    }

    package let name: String
    /// The product, as its makers write it.
    package let product: String
    package let means: Means
    /// What must be true of the product's set-up.
    package let assumes: String
    /// What an unexpected status means here.
    package let hints: [HTTPRequest.Hint]

    /// What the preset does, in one phrase such as `POST http://127.0.0.1:15020/quitquitquit`.
    package var summary: String {
        switch means {
        case .post(let port, let path, _): "POST http://127.0.0.1:\(port)\(path)"
        case .terminate(let name): "SIGTERM to \(name)"
        case .touch(let path): "touch \(path)"
        }
    }

    /// Whether the preset has an endpoint, and so a port and a host.
    package var makesRequest: Bool {
        switch means {
        case .post: true
        case .terminate, .touch: false
        }
    }

    package static let names = all.map(\.name)

    /// `; did you mean "istio"?` for a name that is nearly a preset's, else nothing.
    package static func suggestion(for name: String) -> String { Suggestion.phrase(for: name, among: names) }

    /// All presets, in the order of the table.
    package static let all: [Preset] = [
        Preset(
            name: "istio", product: "Istio (pilot-agent)",
            means: .post(port: 15020, path: "/quitquitquit", whenDropped: .fail),
            assumes: "the status port is 15020, the default; requests in flight are cut",
            hints: [
                HTTPRequest.Hint(status: 403, advice: "pilot-agent takes it from the loopback address only"),
                HTTPRequest.Hint(status: 404, advice: "is this port really pilot-agent's? 15020 is its default"),
            ]),
        Preset(
            name: "linkerd", product: "Linkerd (linkerd2-proxy)",
            means: .post(port: 4191, path: "/shutdown", whenDropped: .fail),
            assumes: "proxy.enableShutdownEndpoint=true; the admin port is 4191, the default",
            hints: [
                HTTPRequest.Hint(
                    status: 404,
                    advice: "the shutdown endpoint is off; install Linkerd with proxy.enableShutdownEndpoint=true"),
                HTTPRequest.Hint(status: 403, advice: "linkerd2-proxy takes it from the loopback address only"),
            ]),
        Preset(
            name: "envoy", product: "Envoy (admin interface)",
            means: .post(port: 9901, path: "/quitquitquit", whenDropped: .succeed),
            assumes: "the admin interface listens on 9901; requests in flight are cut",
            hints: [HTTPRequest.Hint(status: 404, advice: "is this port really Envoy's admin interface?")]),
        Preset(
            name: "consul", product: "Consul dataplane",
            means: .post(port: 20600, path: "/graceful_shutdown", whenDropped: .fail),
            assumes:
                "consul-k8s's lifecycle port 20600 (a bare consul-dataplane has 20300); it then takes its own grace period",
            hints: [HTTPRequest.Hint(status: 404, advice: "lifecycle management is off, or its path was changed")]),
        Preset(
            name: "dapr", product: "Dapr (daprd)",
            means: .post(port: 3500, path: "/v1.0/shutdown", whenDropped: .fail),
            assumes:
                "the HTTP API is on 3500 without token authentication (use http with the dapr-api-token header otherwise)",
            hints: [
                HTTPRequest.Hint(status: 401, advice: "API tokens are on; use http with the header dapr-api-token"),
                HTTPRequest.Hint(status: 403, advice: "the API allow-list denies v1.0/shutdown"),
            ]),
        Preset(
            name: "cloud-sql-proxy", product: "Cloud SQL Auth Proxy v2",
            means: .post(port: 9091, path: "/quitquitquit", whenDropped: .fail),
            assumes: "started with --quitquitquit; the admin port is 9091, the default",
            hints: [HTTPRequest.Hint(status: 404, advice: "start the proxy with --quitquitquit")]),
        Preset(
            name: "alloydb-proxy", product: "AlloyDB Auth Proxy",
            means: .post(port: 9091, path: "/quitquitquit", whenDropped: .fail),
            assumes: "started with --quitquitquit; the admin port is 9091, the default",
            hints: [HTTPRequest.Hint(status: 404, advice: "start the proxy with --quitquitquit")]),
        Preset(
            name: "vault-agent", product: "Vault Agent, OpenBao Agent",
            means: .post(port: 8200, path: "/agent/v1/quit", whenDropped: .succeed),
            assumes:
                "the annotation vault.hashicorp.com/agent-enable-quit: \"true\"; the port is agent-cache-listener-port",
            hints: [
                HTTPRequest.Hint(
                    status: 404, advice: "set the annotation vault.hashicorp.com/agent-enable-quit: \"true\"")
            ]),
        Preset(
            name: "prometheus", product: "Prometheus, agent mode too",
            means: .post(port: 9090, path: "/-/quit", whenDropped: .fail),
            assumes: "started with --web.enable-lifecycle; the port is 9090, the default",
            hints: [HTTPRequest.Hint(status: 403, advice: "start Prometheus with --web.enable-lifecycle")]),
        Preset(
            name: "kuma", product: "Kuma, Kong Mesh",
            means: .terminate(name: "^kuma-dp$"),
            assumes:
                "Knell may signal kuma-dp: it runs as the same user, or has CAP_KILL; its admin endpoint takes the control "
                + "plane's certificate only",
            hints: []),
        Preset(
            name: "gcs-fuse", product: "GKE Cloud Storage FUSE sidecar",
            means: .touch(path: "/gcsfuse-tmp/.volumes/exit"),
            assumes: "the volume gke-gcsfuse-tmp is mounted at /gcsfuse-tmp in Knell's container too; polled every 5 s",
            hints: []),
    ]
}

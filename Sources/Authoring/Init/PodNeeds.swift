internal import ConfigModel

/// What presets ask of the pod around Knell.
struct PodNeeds: Sendable {
    /// A volume of the product's in Knell's container.
    struct Mount: Hashable, Sendable {
        let volume: String
        let path: String
    }

    /// The user that Knell runs as.
    let userID: Int
    /// Why it is that one, or what it is not enough for; one line each.
    let userRemarks: [String]
    /// Of the pod.
    let annotations: [(key: String, value: String)]
    let mounts: [Mount]

    /// The user of the image, nobody's own.
    private static let ownUserID = 65_532
    /// The user of Kuma's sidecar.
    private static let kumaUserID = 5_678
    /// The user of the sidecar of Cloud Storage FUSE.
    private static let fuseUserID = 65_534

    init(of presets: [String]) {
        let isKuma = presets.contains("kuma")
        let isFuse = presets.contains("gcs-fuse")
        userID = isKuma ? Self.kumaUserID : isFuse ? Self.fuseUserID : Self.ownUserID
        userRemarks =
            (isKuma ? ["The user of kuma-dp, so that Knell may signal it"] : [])
            + (isFuse
                ? [
                    isKuma
                        ? "The FUSE sidecar runs as \(Self.fuseUserID): see that this user may write to /gcsfuse-tmp/.volumes"
                        : "The FUSE sidecar's own user, so that it may delete the file"
                ] : [])
        annotations =
            (presets.contains("vault-agent") ? [("vault.hashicorp.com/agent-enable-quit", "true")] : [])
            + (presets.contains("consul") ? [("consul.hashicorp.com/enable-sidecar-proxy-lifecycle", "true")] : [])
        mounts = isFuse ? [Mount(volume: "gke-gcsfuse-tmp", path: "/gcsfuse-tmp")] : []
    }
}

import TestSupport

/// Whether unshare(1) can make such a namespace here.
func canUnshare(_ option: String) -> Bool {
    guard let process = try? ChildProcess("unshare", [option, "--fork", "true"]) else { return false }
    return (try? process.wait()) == 0
}

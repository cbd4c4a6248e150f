internal import LinuxProcesses

/// The connections that are open, in the order in which they came. It belongs to the server's event loop.
final class ConnectionList {
    /// More than kubelet, Prometheus and a curious user have at once.
    static let limit = 16

    private var connections: [StatusConnection] = []

    /// Whether the process has descriptors to spare for one more, so that Knell's own work goes first.
    var hasRoom: Bool { DescriptorLimit.hasReserve() }

    /// Takes a connection in. Beyond the limit the oldest one that is not being answered is closed for it, so that
    /// whoever only holds connections open shuts nobody out.
    ///
    /// - Returns: `false` where all are being answered; then the new one has to go.
    func admit(_ connection: StatusConnection) -> Bool {
        if connections.count >= Self.limit {
            guard let oldest = connections.first(where: { !$0.isAnswering }) else { return false }
            remove(oldest)
            oldest.close()
        }
        connections.append(connection)
        return true
    }

    /// Forgets a connection that is closed; doing it twice does nothing.
    func remove(_ connection: StatusConnection) { connections.removeAll { $0 === connection } }
}

internal import Glibc
package import LinuxProcesses
internal import NIOCore
internal import NIOPosix

/// The HTTP server of the status pages: one thread that sleeps in the kernel while nobody asks.
///
/// It knows nothing of what the pages say; it asks for a ``StatusSource`` for each request. It listens for the life of
/// this value.
package final class StatusServer: Sendable {
    /// Where it listens, with the port that was taken.
    package let address: ListenAddress
    private let group: MultiThreadedEventLoopGroup
    private let channel: any Channel

    /// Listens and answers from now on; `ask` is called on the server's thread.
    ///
    /// Signals have to be blocked before, since this makes a thread.
    ///
    /// - Throws: ``SystemCallError`` where the address cannot be had, or nothing is left for a thread.
    package init(
        on address: ListenAddress, ask: @escaping @Sendable (StatusQuestion) -> Void
    ) throws(SystemCallError) {
        let socket = try ListeningSocket(on: address)
        self.address = socket.address
        if let shortage = LoopThread.shortage() {
            throw SystemCallError(call: shortage.call, errno: shortage.errno, subject: "\(address)")
        }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            channel = try serve(socket.release(), on: group, ask)
        } catch {
            group.shutdownGracefully { _ in }
            let code = (error as? IOError)?.errnoCode ?? EIO
            throw SystemCallError(call: "accept4", errno: code, subject: "\(address)")
        }
        self.group = group
    }

    deinit { group.shutdownGracefully { _ in } }
}

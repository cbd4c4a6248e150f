internal import CLinux

/// The memory that Knell occupies while it only waits.
package enum ResidentMemory {
    /// Keeps all threads on one heap, mallopt(3): a second one would cost more than Knell's few allocations gain by it.
    ///
    /// For the very start, before there is a second thread.
    package static func limitHeaps() {
        knell_limit_heaps()
    }
}

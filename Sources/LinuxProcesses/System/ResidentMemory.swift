internal import CLinux

/// The memory that Knell occupies while it only waits.
package enum ResidentMemory {
    /// Keeps all threads on one heap, mallopt(3): a second one would cost more than Knell's few allocations gain by it.
    ///
    /// For the very start, before there is a second thread.
    package static func limitHeaps() {
        knell_limit_heaps()
    }

    /// Gives back what the start alone needed: free heap pages, and the mapping of code that will not run again.
    ///
    /// Code that is needed later comes back from the page cache, some tens of microseconds for a whole action; it is
    /// the price for a sidecar that is small for hours.
    package static func releaseUnused() {
        knell_trim_heap()
        // Fails only where a security module forbids it, and then nothing is lost but the saving.
        _ = knell_release_text()
    }
}

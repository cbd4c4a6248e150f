internal import Glibc

/// Where the build has put its executables.
package enum TestProducts {
    /// The path of a product, such as `knell` or `test-process`.
    ///
    /// `swift test` runs the tests from a bundle that lies beside the executables, or from a helper of the toolchain
    /// that is told the bundle's path.
    package static func path(of product: String) -> String {
        let candidates = [executable()] + CommandLine.arguments
        for candidate in candidates {
            guard let slash = candidate.lastIndex(of: "/") else { continue }
            let path = candidate[...slash] + product
            if unsafe access(String(path), X_OK) == 0 { return String(path) }
        }
        preconditionFailure("\(product) is beside none of \(candidates)")
    }

    private static func executable() -> String {
        var path = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let length = unsafe path.withUnsafeMutableBytes { buffer in
            guard let start = unsafe buffer.baseAddress?.assumingMemoryBound(to: CChar.self) else { return 0 }
            return unsafe readlink("/proc/self/exe", start, buffer.count)
        }
        return String(decoding: path.prefix(max(0, length)), as: UTF8.self)
    }
}

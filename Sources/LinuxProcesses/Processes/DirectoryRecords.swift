/// The records that getdents64(2) fills a buffer with.
package enum DirectoryRecords {
    /// Where struct linux_dirent64 has `d_reclen`, 16 bits, and `d_name`, which a NUL ends.
    private static let (lengthOffset, nameOffset) = (16, 19)

    /// Appends the names that are pids: digits only, as `/proc` has them among others.
    package static func appendNumbers(in records: UnsafeRawBufferPointer, to pids: inout [Int32]) {
        var start = 0
        while start + nameOffset < records.count {
            let length = Int(unsafe records.loadUnaligned(fromByteOffset: start + lengthOffset, as: UInt16.self))
            guard length > nameOffset, start + length <= records.count else { return }
            let name = unsafe records[(start + nameOffset)..<(start + length)]
            if let pid = unsafe number(name) { pids.append(pid) }
            start += length
        }
    }

    private static func number(_ name: Slice<UnsafeRawBufferPointer>) -> Int32? {
        var value: Int32 = 0
        for index in unsafe name.indices {
            let byte = unsafe name[index]
            if byte == 0 { break }
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int32(byte - UInt8(ascii: "0")))
            if overflow || carry { return nil }
            value = sum
        }
        return value > 0 ? value : nil
    }
}

import FuzzChecks

/// libFuzzer's entrance for `pattern`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt { unsafe FuzzTarget.pattern.fuzz(start, count) }

import FuzzChecks

/// libFuzzer's entrance for `output`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt { unsafe FuzzTarget.output.fuzz(start, count) }

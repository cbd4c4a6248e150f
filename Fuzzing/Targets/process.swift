import FuzzChecks

/// libFuzzer's entrance for `process`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt { unsafe FuzzTarget.process.fuzz(start, count) }

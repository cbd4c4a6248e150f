import FuzzChecks

/// libFuzzer's entrance for `value`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt { unsafe FuzzTarget.value.fuzz(start, count) }

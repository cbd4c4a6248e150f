import FuzzChecks

/// libFuzzer's entrance for `scenario`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt { unsafe FuzzTarget.scenario.fuzz(start, count) }

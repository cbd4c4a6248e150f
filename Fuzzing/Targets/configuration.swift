import FuzzChecks

/// libFuzzer's entrance for `configuration`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    unsafe FuzzTarget.configuration.fuzz(start, count)
}

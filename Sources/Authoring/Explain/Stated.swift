/// A value that counts, and whether it does so because nothing else was written.
struct Stated<Value: Sendable>: Sendable {
    let value: Value
    let isDefault: Bool

    /// `resolved` is what counts; `written` is what the file says, if anything.
    init(_ resolved: Value, written: Any?) {
        value = resolved
        isDefault = written == nil
    }
}

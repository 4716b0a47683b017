/// Waits for the first call of a callback.
///
/// - Parameters:
///   - what: what is waited for, in a few words.
///   - begin: gets the callback, and returns without waiting for it.
/// - Throws: `ComplianceError` when the task is cancelled first.
func firstCall<Value: Sendable>(
    _ what: String, _ begin: (_ tell: @escaping @Sendable (Value) -> Void) -> Void
) async throws -> Value {
    let (calls, continuation) = AsyncStream.makeStream(of: Value.self)
    begin { value in
        continuation.yield(value)
        continuation.finish()
    }
    for await value in calls { return value }
    throw ComplianceError("\(what) does not come")
}

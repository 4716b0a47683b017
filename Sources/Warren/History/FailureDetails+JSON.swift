package import WarrenSupport

extension FailureDetails {
    /// Writes this failure as a JSON object: `{"type","message","stack","retryable","isNonRetriable","details","inner"}`.
    ///
    /// `stack` and `details` are left out if there are none. Details that are no JSON, which only damage can cause, are
    /// written as a string.
    ///
    /// - Parameter includesRetryable: whether to add `retryable`, the opposite of `isNonRetriable`, for programs that read it
    ///   on the wire.
    package func jsonObject(includesRetryable: Bool = false) -> JSONObjectWriter {
        var object = JSONObjectWriter()
        object.add("type", type)
        object.add("message", message)
        object.add("stack", ifPresent: stack)
        if includesRetryable { object.add("retryable", !isNonRetriable) }
        object.add("isNonRetriable", isNonRetriable)
        object.add("details", ifPresent: details?.embedded)
        object.add("inner", inner.map { $0.jsonObject(includesRetryable: includesRetryable) })
        return object
    }
}

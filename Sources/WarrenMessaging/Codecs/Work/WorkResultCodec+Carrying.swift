import Warren

/// Answers that stay values on their way to a partition of the same process.
extension WorkResultCodec {
    /// Returns what a partition decodes from an answer's message, without encoding it.
    ///
    /// - Returns: `nil` for a result that a partition would not accept as JSON: what comes of it is decided where its message is
    ///   decoded.
    package static func carried(_ outcome: WorkResult.Outcome) -> WorkResult.Outcome? {
        switch outcome {
        case .completed(let payload):
            let isReadable = !payload.bytes.isEmpty && JSONValidator.accepts(payload.bytes, WireLimits())
            return isReadable ? outcome : nil
        case .failed(let failure):
            // Failures are rare, and on the wire they are shortened.
            return .failed(FailureCodec.decode(FailureCodec.encode(failure)))
        case .heartbeat(let lease, let details, let worker):
            return .heartbeat(lease: lease, details: details?.isNull == true ? nil : details, worker: worker)
        case .released: return outcome
        }
    }
}

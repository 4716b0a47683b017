import Warren
import WarrenMessaging

/// Gives activities whole payloads, and hosts references.
struct ActivityPayloads: Sendable {
    /// The payload folder; `nil` for none.
    let claims: ClaimCheck?

    /// Returns the input of a work item as the activity gets it.
    ///
    /// - Throws: `PayloadFailure`.
    @inline(never)
    func input(of item: WorkItem) async throws -> Payload {
        // Only a host with a payload folder sends references; anything else that looks like one is the input itself.
        guard item.takesReferences, let reference = PayloadReference(item.input) else { return item.input }
        let subject = "The input of activity '\(item.activity)'"
        guard let claims else {
            throw PayloadFailure(
                details: FailureDetails(
                    type: FailureDetails.payloadUnavailableType,
                    message:
                        "\(subject) has \(reference.bytes) bytes and is in the hub's payload folder, and this worker has "
                        + "none: give it the setting 'payloads.directory' of the orchestrator hosts."))
        }
        do {
            return try await claims.claimApart(item.input, of: item.token.instanceID)
        } catch let error as PayloadStoreError {
            throw PayloadFailure(details: FailureDetails(subject, error))
        }
    }

    /// Stores a large result.
    ///
    /// - Returns: its reference, or the result itself if it is small, or if the host has no payload folder.
    /// - Throws: `PayloadFailure`.
    @inline(never)
    func stored(_ result: Payload, of item: WorkItem) async throws -> Payload {
        guard item.takesReferences, let claims, claims.isLarge(result) else { return result }
        do {
            return try await claims.checkInApart(result, for: item.token.instanceID)
        } catch let error as PayloadStoreError {
            // What is too large for the folder is too large for a message, too, and is refused as that.
            // The host also says best what is wrong with one that is no JSON.
            guard error.isPassing else { return result }
            throw PayloadFailure(details: FailureDetails("The result of activity '\(item.activity)'", error))
        }
    }
}

/// A failure of an activity that is due to the payload folder.
struct PayloadFailure: Error {
    var details: FailureDetails
}

extension FailureDetails {
    /// A payload that is gone from the payload folder, or damaged there.
    static let payloadMissingType = "PayloadMissing"
    /// A payload folder that cannot be used.
    static let payloadUnavailableType = "PayloadUnavailable"

    /// Describes a failure of the payload folder.
    ///
    /// - Parameter subject: the beginning of a sentence: what is stored there, or is to be.
    init(_ subject: String, _ error: PayloadStoreError) {
        self.init(
            type: error.isPassing ? Self.payloadUnavailableType : Self.payloadMissingType,
            message: "\(subject) is not to be had from the payload folder: \(error.message)",
            isNonRetriable: !error.isPassing)
    }
}

package import Warren
import WarrenSupport

/// Puts payloads above a threshold into the hub's payload folder, and gets them from there by their references.
///
/// Everything between the two ends carries the reference: messages, histories, journals.
package struct ClaimCheck: Sendable {
    /// The size in bytes above which a payload is stored, unless it is configured.
    package static let usualThreshold = 256 << 10
    /// The size in bytes of the largest payload that is stored.
    package static let mostBytes = 64 << 20

    package let store: any PayloadStore
    package let threshold: Int

    package init(_ store: any PayloadStore, threshold: Int = ClaimCheck.usualThreshold) {
        self.store = store
        self.threshold = threshold
    }

    /// Opens the payload folder of a hub.
    ///
    /// - Throws: `.unavailable` if the folder can neither be used nor made.
    package static func open(
        directory: String, hub: String, threshold: Int = ClaimCheck.usualThreshold
    ) throws(PayloadStoreError) -> ClaimCheck {
        ClaimCheck(try PayloadFolder(directory: directory, hub: hub), threshold: threshold)
    }

    /// Whether a payload is to be stored.
    package func isLarge(_ payload: Payload) -> Bool { payload.bytes.count > threshold }

    /// Stores a large payload for instances. Blocks if it is large.
    ///
    /// - Returns: its reference, or the payload itself if it is small.
    package func checkIn(_ payload: Payload, for instanceIDs: [String]) throws(PayloadStoreError) -> Payload {
        guard isLarge(payload) else { return payload }
        try Self.checkSize(of: payload)
        return try store.put(payload.bytes, for: instanceIDs).payload
    }

    /// Returns the payload that a reference names, or the payload itself if it is no reference. Blocks for a reference.
    package func claim(_ payload: Payload, of instanceID: String) throws(PayloadStoreError) -> Payload {
        guard let reference = PayloadReference(payload) else { return payload }
        var whole = Payload(bytes: try store.get(reference, of: instanceID))
        whole.origin = payload.origin
        return whole
    }

    /// Stores a large payload for an instance, away from the threads of the cooperative pool.
    ///
    /// - Throws: `.invalid` for a payload that is no JSON. A host would refuse it in a message, but does not look into the
    ///   folder.
    package func checkInApart(_ payload: Payload, for instanceID: String) async throws -> Payload {
        guard isLarge(payload) else { return payload }
        // The check of the JSON reads all of it.
        try Self.checkSize(of: payload)
        return try await Self.apart {
            do throws(JSONProblem) {
                try JSONValidator.check(payload.bytes)
            } catch {
                throw PayloadStoreError(.invalid, "The payload is not JSON: \(error)")
            }
            return try checkIn(payload, for: [instanceID])
        }
    }

    private static func checkSize(of payload: Payload) throws(PayloadStoreError) {
        guard payload.bytes.count <= mostBytes else {
            throw PayloadStoreError(
                .tooLarge, "The payload has \(payload.bytes.count) bytes; at most \(mostBytes) are taken.")
        }
    }

    /// Returns the payload that a reference names, and reads it away from the threads of the cooperative pool.
    package func claimApart(_ payload: Payload, of instanceID: String) async throws -> Payload {
        guard PayloadReference(payload) != nil else { return payload }
        return try await Self.apart { try claim(payload, of: instanceID) }
    }

    private static func apart(_ body: @escaping @Sendable () throws -> Payload) async throws -> Payload {
        try await withCheckedThrowingContinuation { continuation in
            do throws(SystemThread.Failure) {
                try SystemThread.start(name: "warren-payload", stackSize: 1 << 20) {
                    continuation.resume(with: Result { try body() })
                }
            } catch {
                continuation.resume(
                    throwing: PayloadStoreError(.unavailable, "No thread can be started (errno \(error.code))."))
            }
        }
    }
}

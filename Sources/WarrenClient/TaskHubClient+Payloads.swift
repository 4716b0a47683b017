import Warren
import WarrenMessaging

/// Exchanges large payloads for references in the hub's payload folder.
extension TaskHubClient {
    /// Opens a payload folder, and words what is wrong with it.
    static func openClaimCheck(_ directory: String?, hub: String) throws -> ClaimCheck? {
        guard let directory else { return nil }
        do throws(MessagingError) {
            // The name becomes part of a path.
            _ = try TaskHubName(hub)
        } catch {
            throw ClientError(.invalidArgument, error.message)
        }
        do {
            return try ClaimCheck.open(directory: directory, hub: hub)
        } catch {
            throw ClientError(.invalidArgument, "The payload folder cannot be used: \(error.message)", cause: error)
        }
    }

    /// Stores a large payload for an instance.
    ///
    /// - Returns: its reference, or the payload itself if it is small, or if the client has no payload folder.
    func stored(_ payload: Payload, for instanceID: String) async throws -> Payload {
        guard let claims, claims.isLarge(payload) else { return payload }
        do {
            return try await claims.checkInApart(payload, for: instanceID)
        } catch let error as PayloadStoreError {
            throw ClientError(
                error.isPassing ? .unreachable : .invalidArgument,
                "The payload cannot be stored in the hub's payload folder: \(error.message)", cause: error)
        }
    }

    /// Returns the output that a reference names, or the output itself if it is no reference.
    func whole(output: Payload, of instanceID: String) async throws -> Payload {
        guard let claims, PayloadReference(output) != nil else { return output }
        do {
            return try await claims.claimApart(output, of: instanceID)
        } catch let error as PayloadStoreError {
            throw ClientError(
                error.isPassing ? .unreachable : .invalidReply,
                "The output of instance '\(instanceID)' is not to be had from the hub's payload folder: \(error.message)",
                cause: error)
        }
    }

    /// Replaces references in a status by the payloads that they name. One that is gone stays a reference.
    ///
    /// The histories keep theirs: an event is shown, and not decoded.
    func whole(_ status: OrchestrationStatus) async throws -> OrchestrationStatus {
        guard let claims else { return status }
        var status = status
        status.input = await Self.whole(status.input, of: status.instanceID, claims)
        status.output = await Self.whole(status.output, of: status.instanceID, claims)
        status.customStatus = await Self.whole(status.customStatus, of: status.instanceID, claims)
        return status
    }

    private static func whole(_ payload: Payload?, of instanceID: String, _ claims: ClaimCheck) async -> Payload? {
        guard let payload, PayloadReference(payload) != nil else { return payload }
        do {
            return try await claims.claimApart(payload, of: instanceID)
        } catch {
            return payload
        }
    }
}

import WarrenMessaging

/// Hears what the hosts of a hub with journals say of themselves.
extension TaskHubProvisioning {
    /// The hosts of the hub and the owners of its partitions.
    ///
    /// - Parameters:
    ///   - partitions: the number of the hub's partitions.
    ///   - listening: the time to listen; hosts speak twice a second.
    /// - Throws: `MessagingError`: `missing` if the hub has no journals.
    package func sharing(
        partitions: Int, listening: Duration = .milliseconds(1200), clock: any Clock<Duration> = ContinuousClock()
    ) async throws -> HubSharing {
        let subscription = try await transport.tail(hub.hostsStream, from: .next)
        let beats = try await withThrowingTaskGroup(of: [HostBeat].self) { group in
            group.addTask {
                var heard: [HostBeat] = []
                for try await batch in subscription.batches { heard += batch.compactMap(HostBeatCodec.decode) }
                return heard
            }
            group.addTask {
                // Closing ends the other task, also when this one is cancelled.
                let end: Result<Void, any Error>
                do { end = .success(try await clock.sleep(for: listening)) } catch { end = .failure(error) }
                await subscription.close()
                try end.get()
                return []
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        return HubSharing(beats: beats, partitions: partitions)
    }
}

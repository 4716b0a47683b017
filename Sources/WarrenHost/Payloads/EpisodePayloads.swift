import Logging
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage
import WarrenSupport

/// Gives orchestrators whole payloads, and everything else references.
///
/// The code of an orchestrator sees the payloads themselves, in events and on replay, so that what it asks for is compared
/// with what it asked for. What it asks for is stored before the step that says so is committed.
struct EpisodePayloads: Sendable {
    let claims: ClaimCheck
    /// The activities with workers that know nothing of references: they get their input whole.
    let foreignActivities: Set<String>
    let logger: Logger

    /// Replaces the references in an instance's events by the payloads that they name. A payload that is gone stays a
    /// reference: the orchestrator gets it as a value that cannot be read.
    ///
    /// - Throws: `StorageError` with the reach `passing` while the folder cannot be used.
    func claim(_ events: [HistoryEvent], of instanceID: String) throws(StorageError) -> [HistoryEvent] {
        guard events.contains(where: { $0.payload.flatMap(PayloadReference.init) != nil }) else { return events }
        var whole: [HistoryEvent] = []
        whole.reserveCapacity(events.count)
        for event in events {
            if let payload = event.payload, PayloadReference(payload) != nil {
                whole.append(event.with(payload: try claim(payload, of: instanceID)))
            } else {
                whole.append(event)
            }
        }
        return whole
    }

    /// Returns the payload that a reference names. One that is gone stays a reference.
    ///
    /// - Throws: `StorageError` with the reach `passing` while the folder cannot be used.
    func claim(_ payload: Payload, of instanceID: String) throws(StorageError) -> Payload {
        do {
            return try claims.claim(payload, of: instanceID)
        } catch {
            guard !error.isPassing else { throw StorageError(error) }
            logger.error(
                "A payload of an instance is gone from the payload folder, or damaged",
                metadata: [LogKey.instance: "\(instanceID)", LogKey.error: "\(error)"])
            return payload
        }
    }

    /// Stores the large payloads of an outcome, for the instance and for those that get them.
    ///
    /// - Throws: `StorageError` with the reach `passing` while the folder cannot be used.
    func checkIn(_ outcome: inout EpisodeOutcome, of request: EpisodeRequest) throws(StorageError) {
        let own = request.instanceID
        for index in outcome.actions.indices {
            switch outcome.actions[index] {
            case .scheduleTask(let id, let name, let input, let terms):
                guard claims.isLarge(input), !foreignActivities.contains(name) else { continue }
                outcome.actions[index] = .scheduleTask(
                    id: id, name: name, input: try stored(input, for: [own]), terms: terms)
            case .createSubOrchestration(let id, let name, let target, let input, let version):
                guard claims.isLarge(input) else { continue }
                outcome.actions[index] = .createSubOrchestration(
                    id: id, name: name, instanceID: target, input: try stored(input, for: [own, target]),
                    version: version)
            case .sendEvent(let id, let target, let name, let input):
                // Messages to entities go whole: the payload is a part of a request.
                guard claims.isLarge(input), !target.hasPrefix("@") else { continue }
                outcome.actions[index] = .sendEvent(
                    id: id, instanceID: target, name: name, input: try stored(input, for: [own, target]))
            case .startOrchestration(let id, let name, let target, let input, let startAt, let version):
                guard claims.isLarge(input) else { continue }
                outcome.actions[index] = .startOrchestration(
                    id: id, name: name, instanceID: target, input: try stored(input, for: [own, target]),
                    startAt: startAt, version: version)
            case .setAsideEvent(let name, let input, let reason):
                guard claims.isLarge(input) else { continue }
                outcome.actions[index] = .setAsideEvent(
                    name: name, input: try stored(input, for: [own]), reason: reason)
            case .cancelTask, .createTimer, .cancelTimer, .markPatch, .setTag, .printLine: continue
            }
        }
        if let status = outcome.customStatus { outcome.customStatus = try stored(status, for: [own]) }
        switch outcome.completion {
        case .completed(let output) where claims.isLarge(output):
            let readers = [own] + (request.parentID.map { [$0] } ?? [])
            outcome.completion = .completed(try stored(output, for: readers))
        case .continuedAsNew(let input, var events):
            for index in events.indices { events[index].input = try stored(events[index].input, for: [own]) }
            outcome.completion = .continuedAsNew(try stored(input, for: [own]), unprocessedEvents: events)
        case nil, .completed, .failed: break
        }
    }

    private func stored(_ payload: Payload, for instanceIDs: [String]) throws(StorageError) -> Payload {
        do {
            return try claims.checkIn(payload, for: instanceIDs)
        } catch {
            // What is too large for the folder is too large for a message, too, and is refused as that.
            guard error.isPassing else { return payload }
            throw StorageError(error)
        }
    }
}

extension StorageError {
    /// Describes that the payload folder cannot be used at present: the partition is opened again after a pause.
    init(_ error: PayloadStoreError) {
        self.init(error.code == .full ? .full : .io, error.message)
    }
}

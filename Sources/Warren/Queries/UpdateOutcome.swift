/// What became of an update in an episode.
package struct UpdateOutcome: Sendable, Hashable {
    package enum Result: Sendable, Hashable {
        /// It was taken, and has this result.
        case completed(Payload)
        /// It was taken, and its handler failed.
        case failed(FailureDetails)
        /// It was taken, and its handler waits: the result comes with a later episode.
        case begun
        /// The orchestrator refused it. The history does not have it.
        case refused(FailureDetails)
        /// The orchestrator takes no update of the name so far; those that it takes, sorted.
        case noHandler(known: [String])
        /// The orchestrator's body had ended.
        case ended
        /// The execution was suspended in the same episode.
        case suspended
    }

    /// The update's ID.
    package var id: String
    package var result: Result

    package init(id: String, result: Result) {
        self.id = id
        self.result = result
    }

    /// Whether the update took effect, so that the history has it.
    package var isTaken: Bool {
        switch result {
        case .completed, .failed, .begun: true
        case .refused, .noHandler, .ended, .suspended: false
        }
    }

    /// The event by which the history records the result; `nil` if there is none, or none so far.
    package var recordedEvent: HistoryEvent? {
        switch result {
        case .completed(let result): .updateCompleted(id: id, result: result, failure: nil)
        case .failed(let failure): .updateCompleted(id: id, result: .null, failure: failure)
        case .begun, .refused, .noHandler, .ended, .suspended: nil
        }
    }
}

extension EpisodeOutcome {
    /// The episode's events as the history records them: without the updates that took no effect, and with the results of
    /// the others behind them, and of those that began in earlier episodes.
    ///
    /// - Returns: no event at all if the episode consists only of updates that took no effect. Such an episode changed
    ///   nothing, so it is as if it had not been.
    package func recorded(of events: [HistoryEvent]) -> [HistoryEvent] {
        let results = updates.compactMap(\.recordedEvent)
        guard !results.isEmpty || events.contains(where: \.isUpdate) else { return events }
        let taken = Set(updates.lazy.filter(\.isTaken).map(\.id))
        let kept = events.filter { event in
            event.updateID.map { taken.contains($0) } ?? true
        }
        // The first event is the time of the episode.
        if kept.count <= 1, results.isEmpty, actions.isEmpty, completion == nil { return [] }
        return kept + results
    }
}

extension HistoryEvent {
    /// Whether it is an update.
    package var isUpdate: Bool { updateID != nil }

    /// The ID of the update, if it is one.
    package var updateID: String? { if case .updateAccepted(let id, _, _) = self { id } else { nil } }
}

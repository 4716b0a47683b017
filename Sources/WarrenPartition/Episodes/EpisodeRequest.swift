package import Warren
import WarrenMessaging

/// The name of one episode of one execution. The outcome of an episode that is not awaited any more is dropped.
package struct EpisodeTicket: Sendable, Hashable {
    /// The instance's key.
    package var instance: Int64
    package var generation: Int
    /// The number of the episode among those that the partition has requested since it was opened.
    package var number: UInt64
}

/// A request to run one episode of an orchestrator: given these events, which actions does it take?
package struct EpisodeRequest: Sendable {
    package var ticket: EpisodeTicket
    /// The orchestration.
    package var name: String
    package var instanceID: String
    /// The instance that waits for the result, if there is one.
    package var parentID: String?
    /// The subject to which a death during the episode is attributed.
    package var subject: String
    /// The orchestrator as it is in memory; `nil` if it has to be rebuilt from `history`.
    package var session: (any OrchestratorSession)?
    package var history: [HistoryEvent]
    /// The new events; `orchestratorStarted` first.
    package var events: [HistoryEvent]
}

/// An episode at an executor that answers later.
///
/// The events of the request are in the history already, and a timer records the wait: `InstanceRecord.episodeTimer`.
/// The answer becomes the next row of the history. So the inputs that led to the episode do not wait for the answer.
package struct EpisodeInFlight: Sendable, Hashable {
    package var ticket: EpisodeTicket
    /// The time of the episode.
    package var time: Timestamp
    /// The events of the request.
    package var events: [HistoryEvent]
}

/// The run of an instance's episodes, one after the other, through as many generations as it takes.
struct EpisodeRun {
    /// The number of generations an instance may go through in one step without waiting for anything.
    static let mostGenerations = 10_000

    let instance: InstanceState
    var ticket: EpisodeTicket
    /// The time of the episode.
    var time: Timestamp
    /// The events to add to the history: those that were run, then those that record the orchestrator's actions.
    var recorded: [HistoryEvent]
    /// The messages to send when the last of the episodes has ended.
    var messages: [OutboxMessage] = []
    var generations = 0
    /// The outcome of the episode, once it is known.
    var outcome: EpisodeOutcome?
}

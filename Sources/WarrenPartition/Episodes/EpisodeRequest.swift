package import Warren
import WarrenMessaging

/// Names one episode of one execution. Whatever comes of an episode that is not awaited any more is dropped.
package struct EpisodeTicket: Sendable, Hashable {
    /// The instance's key.
    package var instance: Int64
    package var generation: Int
    /// Counts the episodes that a partition has asked for since it was opened.
    package var number: UInt64
}

/// Asks for one episode of an orchestrator: these events, so which actions?
package struct EpisodeRequest: Sendable {
    package var ticket: EpisodeTicket
    /// The orchestration.
    package var name: String
    package var instanceID: String
    /// What a death over it is put down to.
    package var subject: String
    /// The orchestrator as it is in memory; `nil` if it has to be rebuilt from `history`.
    package var session: (any OrchestratorSession)?
    package var history: [HistoryEvent]
    /// What is new; `orchestratorStarted` first.
    package var events: [HistoryEvent]
}

/// An episode that an executor has which answers later.
///
/// The events that it was asked with are in the history already, and a timer says so: `InstanceRecord.episodeTimer`. What it
/// answers is the next row of the history. So nothing that led to the episode waits for the answer.
package struct EpisodeInFlight: Sendable, Hashable {
    package var ticket: EpisodeTicket
    /// The time of the episode.
    package var time: Timestamp
    /// What it was asked with.
    package var events: [HistoryEvent]
}

/// The instance of which episodes are run at this moment, one after the other through as many generations as it takes.
struct EpisodeRun {
    /// How many generations an instance may go through in one step without waiting for anything.
    static let mostGenerations = 10_000

    let instance: InstanceState
    var ticket: EpisodeTicket
    /// The time of the episode.
    var time: Timestamp
    /// What the history gets: the events that were run, then what the orchestrator asked for.
    var recorded: [HistoryEvent]
    /// What is sent when the last of the episodes has ended.
    var messages: [OutboundMessage] = []
    var generations = 0
    /// What the episode led to, once that is known.
    var outcome: EpisodeOutcome?
}

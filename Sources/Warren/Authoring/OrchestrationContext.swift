public import Logging
import WarrenSupport

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The interface of an orchestrator to the world: calls, timers, events, time.
///
/// An orchestrator learns about the world only through its context, so that the same history always leads to the same
/// decisions. Use it only in the orchestrator's own task and its structured children (`async let`, task groups);
/// elsewhere its methods fail the instance.
///
/// A body gets a ``BodyContext``, which also has the type of the orchestration's input. Functions that it calls may
/// take the plain context.
///
/// `@unchecked Sendable`: it holds one constant, and its only subclass adds nothing.
public class OrchestrationContext: @unchecked Sendable {
    let core: OrchestratorCore

    init(core: OrchestratorCore) {
        self.core = core
    }

    /// The instance's ID.
    public var instanceID: String { core.started.instanceID }

    /// This generation's ID; a new one with every continue-as-new, and when the instance is rewound or reset.
    public var executionID: String { core.isEntered ? core.executionID : core.started.executionID }

    /// The orchestration's name.
    public var name: String { core.started.name }

    /// The instance that waits for the result, if an orchestration started this one.
    public var parent: ParentInstance? { core.started.parent }

    /// The instance's labels: those with which it began, as ``setTag(_:_:file:line:)`` has changed them.
    public var tags: [String: String] { core.isEntered ? core.tags : core.started.tags }

    /// The current time: that of the newest episode. It stands still between two awaits and is the same on replay.
    public var now: Date {
        core.isEntered ? core.now.date : core.startTimeElsewhere("now")
    }

    /// Whether the code runs again over recorded events. Make no decision depend on it.
    public var isReplaying: Bool { core.isEntered && core.isReplaying }

    /// A logger that is silent on replay, so every line appears once. The instance's ID is in its metadata.
    public var logger: Logger {
        var logger = core.baseLogger
        logger.handler = ReplaySafeLogHandler(base: logger.handler, core: core)
        logger[metadataKey: LogKey.instance] = "\(instanceID)"
        logger[metadataKey: LogKey.orchestration] = "\(name)"
        return logger
    }

    /// A UUID that is the same on replay and different with every call.
    public func uuid(file: StaticString = #fileID, line: UInt = #line) -> UUID {
        guard core.isLive(CallSite(file, line)) else {
            return UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
        }
        defer { core.uuidCount += 1 }
        return DeterministicUUID.make(instanceID: instanceID, now: core.now, counter: core.uuidCount)
    }

    /// Random numbers that are the same on replay: `Int.random(in: 1...6, using: &generator)`.
    public var random: OrchestrationRandom { OrchestrationRandom(core: core) }

    /// Sends a line to the console queue, once, however often the code is replayed.
    public func print(
        _ text: String, level: ConsoleLevel = .info, file: StaticString = #fileID, line: UInt = #line
    ) {
        guard core.isLive(CallSite(file, line)) else { return }
        let number = core.lineCount
        core.lineCount += 1
        if !core.isReplaying { core.actions.append(.printLine(number: number, level: level, text: text)) }
    }

    /// Publishes the progress of the orchestration; `nil` clears it. It is part of the status while the orchestration
    /// runs and after.
    ///
    /// - Throws: `WarrenError` with `customStatusTooLarge` beyond 16 KiB of JSON.
    public func setCustomStatus<Status: Encodable & Sendable>(
        _ status: Status?, file: StaticString = #fileID, line: UInt = #line
    ) throws {
        try core.admitNow(CallSite(file, line))
        let payload = try status.map { try core.codec.encode($0) } ?? .null
        guard payload.bytes.count <= 16 * 1024 else {
            throw WarrenError(
                .customStatusTooLarge, "The custom status has \(payload.bytes.count) bytes of JSON; 16384 are allowed.",
                file: file, line: line)
        }
        if !core.isReplaying { core.customStatus = payload }
    }
}

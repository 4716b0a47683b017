public import Logging
import WarrenSupport

/// The facts that an activity has about the call that it answers, and its ways to report while it runs.
///
/// The activity's Swift task is cancelled when its result is not wanted any more: the instance was terminated or failed,
/// the call was cancelled, or one of its time limits ran out (``isCanceled`` is `true` then). It is also cancelled when its
/// host stops and the grace period is over; the work then goes to another worker.
public struct ActivityContext: Sendable {
    /// The ID of the calling instance.
    public let instanceID: String
    /// The execution ID of the calling instance.
    public let executionID: String
    /// The name of the calling orchestration.
    public let orchestration: String
    /// The activity's name.
    public let activity: String
    /// The number of the call in the execution; each attempt of a retry policy has one of its own.
    public let taskID: Int
    /// The number of dispatches of this call, from 1; more than 1 after a crash or a lost lease.
    public let attempt: Int
    /// The number of the attempt under the call's retry policy, from 1; more than 1 after failures.
    public let retryAttempt: Int
    /// The same for every dispatch of this call, and for every attempt of its retry policy: pass it to systems that
    /// recognise repeated requests. `<instance>:<execution>:<number of the first attempt>`.
    ///
    /// The next attempt then does not repeat an effect that happened although its answer was lost.
    public let idempotencyKey: String
    /// The time limits of the call.
    public let timeouts: ActivityTimeouts
    /// The place of this run in a distributed trace, to be passed on in requests to other systems; `nil` if the caller is
    /// in no trace. Where a tracer is bootstrapped, it is that of the activity's own span, which `ServiceContext.current`
    /// has as well.
    public let trace: TraceContext?
    private let previous: Payload?
    private let codec: any PayloadCodec
    private let baseLogger: Logger
    private let printLine: @Sendable (ConsoleLevel, String) -> Void
    private let control: (any ActivityControl)?

    /// The maximum size of the details of a heartbeat, in bytes of JSON.
    public static let maximumHeartbeatBytes = 4096

    package init(
        instanceID: String, executionID: String, orchestration: String, activity: String, taskID: Int, attempt: Int,
        retryAttempt: Int = 1, idempotencyKey: String, timeouts: ActivityTimeouts = .none, trace: TraceContext? = nil,
        previousHeartbeat: Payload? = nil, codec: any PayloadCodec = JSONPayloadCodec(), logger: Logger,
        printLine: @escaping @Sendable (ConsoleLevel, String) -> Void, control: (any ActivityControl)? = nil
    ) {
        self.instanceID = instanceID
        self.executionID = executionID
        self.orchestration = orchestration
        self.activity = activity
        self.taskID = taskID
        self.attempt = attempt
        self.retryAttempt = retryAttempt
        self.idempotencyKey = idempotencyKey
        self.timeouts = timeouts
        self.trace = trace
        previous = previousHeartbeat
        self.codec = codec
        baseLogger = logger
        self.printLine = printLine
        self.control = control
    }

    /// A logger for messages of the activity; instance ID and activity are in its metadata.
    ///
    /// It is created anew at every call, because most activities log nothing: keep it if you log often.
    public var logger: Logger {
        var logger = baseLogger
        logger[metadataKey: LogKey.instance] = "\(instanceID)"
        logger[metadataKey: LogKey.activity] = "\(activity)"
        return logger
    }

    /// Sends a line to the console queue. It is published while the activity runs, and before its result. If the activity
    /// runs again, the n-th line has the message ID that the n-th line had before; a call that is tried again under its
    /// retry policy is another task, and its lines have other IDs.
    public func print(_ text: String, level: ConsoleLevel = .info) {
        printLine(level, text)
    }

    /// Whether the caller gave this call up: its result is dropped, and nobody runs the activity again. `false` if the
    /// Swift task is cancelled because the host stops.
    public var isCanceled: Bool { control?.isCanceled ?? false }

    /// Reports that the activity goes on: for a call with the time limit ``ActivityTimeouts/heartbeat``, which no other
    /// sign of life extends. Call it as often as you like; it is sent as often as the limit requires.
    public func heartbeat() {
        control?.heartbeat(nil)
    }

    /// Reports that the activity goes on, and how far it is. The newest details are part of the instance's status
    /// (``OpenWait/heartbeat``), and the next run of the call begins with them (``previousHeartbeat(as:)``).
    ///
    /// Call it as often as you like. The first details are sent at once, later ones at most every five seconds, or every
    /// third of the heartbeat limit if that is shorter; the last ones go before a failure, and before the work is given
    /// back by a host that stops. So a worker that is killed loses what it reported in the last seconds. Details that have
    /// arrived are as durable as the instance's history.
    ///
    /// - Throws: `WarrenError` with `heartbeatTooLarge` beyond 4 KiB of JSON, `payloadNotEncodable` for a value that
    ///   cannot be written.
    public func heartbeat<Details: Encodable & Sendable>(_ details: Details) throws {
        let payload = try codec.encode(details)
        guard payload.bytes.count <= Self.maximumHeartbeatBytes else {
            throw WarrenError(
                .heartbeatTooLarge,
                "The details of the heartbeat have \(payload.bytes.count) bytes of JSON; "
                    + "\(Self.maximumHeartbeatBytes) are allowed.")
        }
        control?.heartbeat(payload)
    }

    /// The details of the last heartbeat of an earlier run of this call, whether its worker was lost or its attempt failed;
    /// `nil` if there were none.
    ///
    /// ```swift
    /// var next = try context.previousHeartbeat(as: Int.self) ?? 0
    /// while next < rows.count {
    ///     try await copy(rows[next])
    ///     next += 1
    ///     try context.heartbeat(next)
    /// }
    /// ```
    ///
    /// - Throws: `WarrenError` with `payloadNotDecodable` if they are of another type.
    public func previousHeartbeat<Details: Decodable>(as type: Details.Type = Details.self) throws -> Details? {
        try previous.map { try codec.decode(type, from: $0) }
    }
}

public import Logging
import WarrenSupport

/// The facts that an activity has about the call that it answers.
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
    /// The same for every dispatch of this call, and for every attempt of its retry policy: pass it to systems that
    /// recognise repeated requests. `<instance>:<execution>:<number of the first attempt>`.
    ///
    /// The next attempt then does not repeat an effect that happened although its answer was lost.
    public let idempotencyKey: String
    /// The place of this run in a distributed trace, to be passed on in requests to other systems; `nil` if the caller is
    /// in no trace. Where a tracer is bootstrapped, it is that of the activity's own span, which `ServiceContext.current`
    /// has as well.
    public let trace: TraceContext?
    private let baseLogger: Logger
    private let printLine: @Sendable (ConsoleLevel, String) -> Void

    package init(
        instanceID: String, executionID: String, orchestration: String, activity: String, taskID: Int, attempt: Int,
        idempotencyKey: String, trace: TraceContext? = nil, logger: Logger,
        printLine: @escaping @Sendable (ConsoleLevel, String) -> Void
    ) {
        self.instanceID = instanceID
        self.executionID = executionID
        self.orchestration = orchestration
        self.activity = activity
        self.taskID = taskID
        self.attempt = attempt
        self.idempotencyKey = idempotencyKey
        self.trace = trace
        baseLogger = logger
        self.printLine = printLine
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
}

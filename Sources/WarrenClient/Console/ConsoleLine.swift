public import Warren

/// One line that an orchestrator or activity printed for people.
public struct ConsoleLine: Sendable, Hashable, Codable, Identifiable {
    /// The line.
    public var text: String
    /// The severity of the line.
    public var level: ConsoleLevel
    /// The instance that printed it.
    public var instanceID: String
    /// The instance's generation.
    public var executionID: String
    /// The orchestration's name.
    public var orchestration: String
    /// The line's number within the execution: `c4`, or `7:c0` for the first line of activity number 7.
    public var number: String
    /// The time at which it was printed.
    public var at: Timestamp
    /// Whether the line may have been delivered before.
    public var isRedelivered: Bool

    /// The line's message ID. A line may arrive twice, with the same ID: a consumer that must not show it twice has to
    /// remember the IDs.
    public var id: String { "\(instanceID):\(executionID):\(number)" }

    /// One line of the console.
    public init(
        text: String, level: ConsoleLevel, instanceID: String, executionID: String, orchestration: String,
        number: String, at: Timestamp, isRedelivered: Bool = false
    ) {
        self.text = text
        self.level = level
        self.instanceID = instanceID
        self.executionID = executionID
        self.orchestration = orchestration
        self.number = number
        self.at = at
        self.isRedelivered = isRedelivered
    }
}

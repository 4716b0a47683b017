package import Warren

/// A line for people: the body is the line, all other facts are in properties.
package struct ConsoleMessage: Sendable, Hashable {
    package var text: String
    package var level: ConsoleLevel
    package var instanceID: String
    package var executionID: String
    package var orchestration: String
    /// Names the line within the execution: `c4`, or `7:c0` for the first line of activity number 7. With the
    /// instance and execution IDs it makes the message ID.
    package var number: String
    package var at: Timestamp

    package init(
        text: String, level: ConsoleLevel, instanceID: String, executionID: String, orchestration: String,
        number: String, at: Timestamp
    ) {
        self.text = text
        self.level = level
        self.instanceID = instanceID
        self.executionID = executionID
        self.orchestration = orchestration
        self.number = number
        self.at = at
    }
}

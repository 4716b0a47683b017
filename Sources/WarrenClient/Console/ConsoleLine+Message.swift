import WarrenMessaging

extension ConsoleLine {
    init(_ message: ConsoleMessage, isRedelivered: Bool) {
        self.init(
            text: message.text, level: message.level, instanceID: message.instanceID,
            executionID: message.executionID, orchestration: message.orchestration, number: message.number,
            at: message.at, isRedelivered: isRedelivered)
    }
}

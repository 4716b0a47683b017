import Warren
import WarrenMessaging

/// Everything that an activity worker says and hears, as messages.
struct WorkerWire: Sendable {
    private let names: TaskHubName
    private let workItems: WorkItemCodec
    private let results: WorkResultCodec

    init(names: TaskHubName) {
        self.names = names
        workItems = WorkItemCodec(hub: names)
        results = WorkResultCodec(hub: names)
    }

    func decode(_ message: InboundMessage) -> Result<WorkCall, Refusal> {
        workItems.decode(message)
    }

    func result(_ outcome: WorkResult.Outcome, of call: WorkCall) -> OutboundMessage {
        results.encode(outcome, of: call)
    }

    func console(_ message: ConsoleMessage) -> OutboundMessage {
        ConsoleCodec(hub: names).encode(message)
    }

    func deadLetter(_ message: InboundMessage, _ refusal: Refusal, at time: Timestamp) -> OutboundMessage {
        DeadLetterCodec(hub: names).encode(message, refusal, partition: nil, at: time)
    }
}

package import AMQPMessages
package import WarrenMessaging

/// A transport that loses messages or confirmations on purpose. Messages are counted in the order in which they are
/// published.
package final class FaultInjectingTransport: ForwardingTransport {
    package let target: any MessageTransport
    private let faults: PlantedFaults<MessageFault>

    package init(_ target: any MessageTransport, faults: PlantedFaults<MessageFault>) {
        self.target = target
        self.faults = faults
    }

    // What a wrapper does not change has to be as it is beneath it.
    package var outlivesProcess: Bool { target.outlivesProcess }
    package func suspectLoss() { target.suspectLoss() }
    package func collectMetrics() { target.collectMetrics() }

    package func publish(
        _ messages: [OutboundMessage], completion: @escaping @Sendable ([PublishOutcome]) -> Void
    ) {
        let verdicts = messages.map { _ in faults.next() }
        guard verdicts.contains(where: { $0 != nil }) else {
            target.publish(messages, completion: completion)
            return
        }
        let sent = zip(messages, verdicts).filter { $0.1 != .lost }.map(\.0)
        target.publish(sent) { outcomes in
            var rest = outcomes[...]
            completion(
                verdicts.map { fault in
                    let outcome = fault == .lost ? nil : rest.popFirst()
                    guard let outcome, fault == nil else {
                        return .unknown(reason: "A test has lost the message or its confirmation.")
                    }
                    return outcome
                })
        }
    }

    package func publishAlone(_ message: OutboundMessage, completion: @escaping @Sendable (PublishOutcome) -> Void) {
        publish([message]) { outcomes in
            completion(outcomes.first ?? .unknown(reason: "The transport named no outcome."))
        }
    }
}

import AMQPMessages
import WarrenMessaging

/// Streams: what is stored stays and is read by all in one order, and everything before that may go wrong.
extension SimBroker {
    /// Handles the arrival of a record.
    ///
    /// - Parameter settle: called with the outcome, once, perhaps much later.
    func append(
        _ message: OutboundMessage, to stream: SimStream, settle: @escaping (PublishOutcome) -> Void
    ) {
        let entity = stream.entity
        func settleLate() {
            // The publisher waits for so long.
            world.after(Self.recordPatience) { settle(.unconfirmed(after: .microseconds(Self.recordPatience))) }
        }
        if world.time < streamsReturn {
            // What comes while a stream has no leader is gone, though it may be confirmed; or the broker does not know the
            // stream yet.
            world.trace { "** gone: \(SimJournal.text(message.body))" }
            switch world.draws.number("gone", entity, faults.occurrence("gone", entity)) % 3 {
            case 0: settle(.confirmed)
            case 1: settle(.returned(code: 312, text: "NO_ROUTE"))
            default: settleLate()
            }
            return
        }
        switch faults.strikes(
            .streamLoses, .streamLosesSilently, .streamRefuses, .streamDelays, .streamRepeats, .streamConfirmLost,
            of: entity)
        {
        case .streamLoses: return settle(.confirmed)
        case .streamLosesSilently: return settleLate()
        case .streamRefuses: return settle(.refused)
        case .streamDelays:
            let wait = faults.delay("late", entity, most: 300_000)
            world.after(wait) { stream.store(message) }
            return world.after(wait + 1) { settle(.confirmed) }
        case .streamRepeats:
            stream.store(message)
            world.after(faults.delay("again", entity, most: 100_000)) { stream.store(message) }
            return settle(.confirmed)
        case .streamConfirmLost:
            stream.store(message)
            return settle(.unknown(reason: "the channel ended"))
        default:
            stream.store(message)
            settle(.confirmed)
        }
    }

    /// Handles a record that was on its way when its connection or its process ended: it may arrive much later.
    func arriveLate(_ message: OutboundMessage) {
        guard message.exchange.isEmpty, let stream = streams[message.routingKey],
            faults.strikes(.streamKeepsLate, of: stream.entity) != nil
        else { return }
        world.after(faults.delay("limbo", stream.entity, most: 300_000)) { stream.store(message) }
    }
}

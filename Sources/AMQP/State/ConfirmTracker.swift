import AMQPMessages
import DequeModule

/// Tracks the unconfirmed publishes of a channel, and the batch of each.
///
/// Sequence numbers of a channel in confirm mode count from 1, one per published message. Every number up to
/// `settledThrough` (the low-water mark) is settled; above it there is one flag per message, because the broker may
/// confirm out of order. A batch is done when all its messages are.
///
/// `Token` identifies the recipient of the outcomes; the tracker only returns it.
struct ConfirmTracker<Token> {
    /// A batch with an outcome for every message.
    struct Settled {
        var token: Token
        var outcomes: [PublishOutcome]
    }

    private struct Batch {
        var token: Token
        var messages: [OutboundMessage]
        var outcomes: [PublishOutcome]
        var openCount: Int
        var isTaken = false
    }

    private struct Slot {
        var batch: Int
        var position: Int
        var isSettled = false
    }

    private(set) var settledThrough: UInt64 = 0
    private(set) var openCount = 0
    /// The number of the last publish.
    var issuedThrough: UInt64 { settledThrough + UInt64(slots.count) }
    private var slots: Deque<Slot> = []
    private var batches: Deque<Batch> = []
    private var firstBatch = 0
    private var doneBatches: [Int] = []
    /// The start of the search for the next returned message: returns arrive in the order of their publishes.
    private var returnedThrough: UInt64 = 0

    /// Begins a batch; call `publish` or `skip` once for each of its messages.
    mutating func begin(_ messages: [OutboundMessage], token: Token) {
        batches.append(
            Batch(
                token: token, messages: messages, outcomes: Array(repeating: .confirmed, count: messages.count),
                openCount: messages.count))
        openCount += messages.count
        if messages.isEmpty { close(batchAt: batches.count - 1, by: 0) }
    }

    /// Records that the message at this position of the last batch was written: it takes the next sequence number.
    mutating func publish(position: Int) {
        slots.append(Slot(batch: firstBatch + batches.count - 1, position: position))
    }

    /// Records that the message at this position of the last batch was not written; it takes no sequence number.
    mutating func skip(position: Int, outcome: PublishOutcome) {
        let last = batches.count - 1
        batches[last].outcomes[position] = outcome
        close(batchAt: last, by: 1)
    }

    /// Handles a `basic.ack` (`.confirmed`) or `basic.nack` (`.refused`). Settled numbers are skipped.
    ///
    /// - Returns: whether the number was ever issued; if not, the broker broke the protocol.
    mutating func settle(_ tag: UInt64, multiple: Bool, as outcome: PublishOutcome) -> Bool {
        // 0 with `multiple` means all messages so far.
        let last = tag == 0 && multiple ? settledThrough + UInt64(slots.count) : tag
        guard last <= settledThrough + UInt64(slots.count) else { return false }
        guard last > settledThrough else { return true }
        let end = Int(last - settledThrough)
        for index in (multiple ? 0 : end - 1)..<end where !slots[index].isSettled {
            settle(slotAt: index, as: outcome)
        }
        removeSettledSlots()
        return true
    }

    /// Ends the open publishes up to a number: the broker has not confirmed them in time. Confirms that still come for them
    /// are skipped.
    mutating func giveUp(through number: UInt64, after patience: Duration) {
        guard number > settledThrough else { return }
        for index in 0..<min(Int(number - settledThrough), slots.count) where !slots[index].isSettled {
            settle(slotAt: index, as: .unconfirmed(after: patience))
        }
        removeSettledSlots()
    }

    private mutating func removeSettledSlots() {
        while let first = slots.first, first.isSettled {
            slots.removeFirst()
            settledThrough += 1
        }
    }

    /// Finds the publish that a `basic.return` belongs to. Its ack is still to follow.
    ///
    /// A return has no sequence number, but the broker returns in the order of publishing and before the ack, so it is
    /// the first open message at or after the last match that looks the same.
    ///
    /// - Returns: whether one was found.
    mutating func returned(_ message: OutboundMessage, code: Int, text: String) -> Bool {
        let start = returnedThrough > settledThrough ? min(Int(returnedThrough - settledThrough), slots.count) : 0
        guard
            let index = firstMatch(of: message, in: start..<slots.count) ?? firstMatch(of: message, in: 0..<start)
        else { return false }
        batches[slots[index].batch - firstBatch].outcomes[slots[index].position] = .returned(code: code, text: text)
        returnedThrough = settledThrough + UInt64(index) + 1
        return true
    }

    /// Ends everything that is open because the channel ended.
    ///
    /// - Parameter offence: when the channel was closed because of a message: the first open one that fits is the
    ///   cause, since the broker takes publishes in order. Only for this one is it known that no queue has it.
    mutating func fail(reason: String, offence: PublishOffence? = nil) {
        var culpritIsOpen = offence != nil
        for index in slots.indices where !slots[index].isSettled {
            let slot = slots[index]
            let batch = slot.batch - firstBatch
            if culpritIsOpen, let offence, offence.isOf(batches[batch].messages[slot.position]) {
                culpritIsOpen = false
                settle(slotAt: index, as: offence.outcome)
            } else {
                settle(slotAt: index, as: .unknown(reason: reason))
            }
        }
        settledThrough += UInt64(slots.count)
        slots.removeAll()
    }

    /// Ends everything that is open because the channel was closed for a missing exchange.
    mutating func fail(reason: String, missingExchange: String) {
        fail(
            reason: reason,
            offence: PublishOffence(code: 404, text: "NOT_FOUND - no exchange '\(missingExchange)'", told: reason))
    }

    /// Takes the completed batches, in the order of their completion.
    mutating func takeSettled(into settled: inout [Settled]) {
        guard !doneBatches.isEmpty else { return }
        for number in doneBatches {
            let index = number - firstBatch
            settled.append(Settled(token: batches[index].token, outcomes: batches[index].outcomes))
            batches[index].isTaken = true
            batches[index].messages = []
        }
        doneBatches.removeAll(keepingCapacity: true)
        while let first = batches.first, first.isTaken {
            batches.removeFirst()
            firstBatch += 1
        }
    }

    private func firstMatch(of message: OutboundMessage, in range: Range<Int>) -> Int? {
        range.first { index in
            let slot = slots[index]
            let batch = slot.batch - firstBatch
            return !slot.isSettled && batches[batch].outcomes[slot.position] == .confirmed
                && Self.looksEqual(batches[batch].messages[slot.position], message)
        }
    }

    private mutating func close(batchAt index: Int, by count: Int) {
        openCount -= count
        batches[index].openCount -= count
        if batches[index].openCount == 0 { doneBatches.append(firstBatch + index) }
    }

    private mutating func settle(slotAt index: Int, as outcome: PublishOutcome) {
        slots[index].isSettled = true
        let batch = slots[index].batch - firstBatch
        let position = slots[index].position
        // A returned message is acked afterwards; the return counts.
        if batches[batch].outcomes[position] == .confirmed, outcome != .confirmed {
            batches[batch].outcomes[position] = outcome
        }
        close(batchAt: batch, by: 1)
    }

    private static func looksEqual(_ one: OutboundMessage, _ other: OutboundMessage) -> Bool {
        one.isMandatory && one.routingKey == other.routingKey && one.exchange == other.exchange
            && one.properties.messageID == other.properties.messageID && one.body == other.body
    }
}

import AMQP
import Logging
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenStorage

/// Keeping what is sent, and what is taken, within bounds.
extension PartitionProcessor {
    /// Reads rows that wait in the store as soon as there is room for them on the way.
    func sendWaiting() throws {
        try dispatcher.sendWaiting { after in
            var after = after
            while true {
                let stored = try store.outbox(after: after, most: 256, bytes: 4 << 20)
                let rows = stored.compactMap(readable)
                // Only unreadable ones: what follows them must not be taken for the end.
                guard rows.isEmpty, let last = stored.last else { return rows }
                after = last.id
            }
        } row: { id in
            try store.outbox(after: id - 1, most: 1, bytes: 1).first { $0.id == id }.flatMap(readable)
        }
    }

    /// Commits messages to be published once the commit is durable.
    func addRow(_ messages: [OutboundMessage], _ batch: inout StepBatch) {
        // Rows are of bounded size, so that a crash in the middle of a large fan-out repeats few of its messages.
        var rest = messages[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(Self.messagesPerRow(rest)))
            rest = rest.dropFirst(part.count)
            lastOutboxID += 1
            batch.commit.outbox.append(OutboxRow(id: lastOutboxID, messages: OutboxCodec.encode(part)))
            batch.rows.append(OutboxDispatcher.Row(id: lastOutboxID, messages: part))
        }
    }

    /// How many of these messages make up the next row: 64 at the most, and 4 MiB unless one alone is larger.
    static func messagesPerRow(_ messages: ArraySlice<OutboundMessage>) -> Int {
        var bytes = 0
        let fitting = messages.prefix(OutboxLedger.messagesPerRow).prefix { message in
            bytes += message.body.count
            return bytes <= 4 << 20
        }
        return max(1, fitting.count)
    }

    /// The rows that can be removed.
    func takeSettled() -> [Int64] {
        let settled = dispatcher.takeSettled()
        let setAside = dispatcher.takeSetAside()
        changeGate { $0.remove(settled.count + setAside.count) }
        changeGate { $0.park(dispatcher.parkedRows) }
        return settled + setAside.map(\.row)
    }

    /// Tells whoever waits for a message that it cannot be sent.
    func answer(for unsendable: UnsendableMessage, _ batch: inout StepBatch) throws {
        let message = unsendable.message
        // For people, unless it was for them already.
        if message.exchange != setup.names.deadExchange {
            let source = InboundMessage(
                exchange: message.exchange, routingKey: message.routingKey, properties: message.properties,
                body: message.body)
            let refusal = Refusal(
                unsendable.fault.size == nil ? .badHeader : .tooLarge,
                "The host cannot send this message: \(unsendable.fault).")
            batch.loose.append(
                setup.wire.deadLetter(source, refusal, partition: setup.partition, at: batch.now))
        }
        if message.exchange == setup.names.activityExchange {
            guard let token = message.properties.correlationID.flatMap(setup.wire.token) else { return }
            let failure = unsendable.fault.failure(of: "The input of activity '\(message.routingKey)'")
            return try undeliverable(token, failure, &batch)
        }
        if message.exchange == setup.names.partitionExchange, case .success(let command) = setup.wire.decode(message) {
            switch command {
            case .start(let start):
                guard let parent = start.parent else { return }
                fail(parent, unsendable.fault.failure(of: "The input of sub-orchestration '\(start.name)'"), &batch)
            case .childCompleted(let completed):
                fail(completed.parent, unsendable.fault.failure(of: "The output of a sub-orchestration"), &batch)
            default: break
            }
            return
        }
        // A rejection that cannot be sent is not answered by another one.
        let status = message.properties.headers[WireHeader.status]?.string
        guard message.exchange.isEmpty, status != ReplyMessage.Status.rejected.rawValue,
            let correlationID = message.properties.correlationID
        else { return }
        let failure = unsendable.fault.failure(of: "The answer")
        batch.loose.append(
            setup.wire.reply(
                ReplyMessage(
                    address: ReplyAddress(queue: message.routingKey, correlationID: correlationID),
                    status: .rejected, instanceID: message.properties.headers[WireHeader.instanceID]?.string,
                    body: setup.wire.json(Refusal(.tooLarge, failure.message)))))
    }

    /// What a row says; `nil` if it cannot be read: then it is set aside in the next round.
    private func readable(_ row: OutboxRow) -> OutboxDispatcher.Row? {
        var damage = row.damage
        if damage == nil {
            do {
                let messages = try OutboxCodec.decode(row.messages)
                if !messages.isEmpty { return OutboxDispatcher.Row(id: row.id, messages: messages) }
                damage = "it is empty"
            } catch {
                damage = "\(error)"
            }
        }
        guard unreadableOutbox.insert(row.id).inserted else { return nil }
        unkept.append(DamagedRow(.outbox, key: row.id, reason: damage ?? ""))
        return nil
    }

    /// Counts rows, and says once when the partition stops to take new work and when it goes on.
    func changeGate(_ change: (inout OutboxGate) -> Void) {
        let before = gate
        change(&gate)
        guard gate.takesIntake != before.takesIntake || gate.firesTimers != before.firesTimers else { return }
        dispatcher.report(everyRow: !gate.takesIntake || !gate.firesTimers)
        let metadata: Logger.Metadata = ["unconfirmed": "\(gate.count)", "limit": "\(setup.outboxLimit)"]
        if gate.takesIntake != before.takesIntake {
            if gate.takesIntake {
                setup.logger.notice("The partition takes starts, events and control messages again", metadata: metadata)
            } else {
                setup.logger.warning(
                    """
                    The partition takes no new starts, events and control messages: too much of what it sent is not \
                    confirmed. They wait in their queue. See whether the broker is reachable, in an alarm, or slow
                    """, metadata: metadata)
            }
        }
        if gate.firesTimers != before.firesTimers {
            setup.logger.warning(
                gate.firesTimers ? "The partition's timers fire again" : "The partition's timers wait as well",
                metadata: metadata)
        }
    }
}

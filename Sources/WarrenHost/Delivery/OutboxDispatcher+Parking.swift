import AMQPMessages
import Logging
import Synchronization
import Warren
import WarrenMessaging
import WarrenPartition
import WarrenSupport

/// Handles destinations that accept nothing.
extension OutboxDispatcher {
    /// Parks a destination that did not accept a message, and the message with it.
    ///
    /// - Returns: `false` when too many destinations are parked, so that this one has to be tried from memory.
    func park(_ sending: Sending, _ cause: OutboxParking.Cause, _ reason: String) -> Bool {
        let message = sending.message
        let isActivity = message.exchange == activityExchange
        let now = clock.now
        let jitter = random.fraction()
        // Permissions are granted for exchanges, unless the refusal states that it concerns the key.
        let isWhole = cause == .denied && !reason.contains("topic '")
        let fresh = OutboxParking.Destination(
            exchange: message.exchange, key: isWhole ? nil : message.routingKey)
        let (destination, isNew) = state.withLock { state -> (OutboxParking.Destination, Bool?) in
            let destination = state.parking.place(of: message) ?? fresh
            let isNew = state.parking.refuse(
                destination, cause, reason, patience: isActivity ? unknownActivityGrace : nil, now: now,
                jitter: jitter)
            if isNew != nil, state.ledger.waits(sending.reference.row, for: destination) {
                state.parking.wait(sending.reference.row, for: destination)
            }
            return (destination, isNew)
        }
        guard let isNew else { return false }
        if isNew {
            logger.warning(
                """
                Messages for a destination wait: it takes nothing. Everything else goes on; 'warren hub show' lists such \
                destinations
                """, metadata: [LogKey.destination: "\(destination)", LogKey.reason: "\(reason)"])
        }
        end([sending.reference], .parked)
        return true
    }

    /// The reason why a destination is parked to which a message was not confirmed in time. If only the confirm was lost,
    /// the first probe opens it again.
    static func silence(_ patience: Duration) -> String {
        "the broker has not confirmed a message for \(patience): the queue may have lost its leader"
    }

    /// Reports to the parking which of its messages arrived.
    func noteConfirmed(_ sendings: [Sending], _ outcomes: [PublishOutcome]) {
        state.withLock { state in
            guard !state.parking.isEmpty else { return }
            for (sending, outcome) in zip(sendings, outcomes) where outcome == .confirmed {
                guard let destination = state.parking.place(of: sending.message) else { continue }
                state.parking.settled(destination, isConfirmed: true)
            }
        }
    }

    /// Notes that a message is given up: nothing of its destination waits for it.
    func leaveOpen(_ sending: Sending) {
        state.withLock { state in
            guard let destination = state.parking.place(of: sending.message) else { return }
            state.parking.settled(destination, isConfirmed: false)
        }
    }

    /// Sends the messages that waited for destinations which are open again, and probes those that may be tried.
    func sendParked(_ read: (Int64) async throws -> Row?) async rethrows {
        // 1. Rows that may be sent now.
        var turns = 0
        while turns < 256, let turn = state.withLock({ $0.nextRow() }) {
            turns += 1
            guard let row = try await read(turn.row) else {
                state.withLock { $0.ledger.forget(turn.row) }
                continue
            }
            let sendings = state.withLock { $0.readmit(row, for: turn.destination) }
            if turn.isFailing {
                for sending in sendings { fail(sending, turn.destination) }
            } else {
                publish(sendings)
            }
        }
        if turns == 256 { mailbox.signal() }
        // 2. Probes.
        let now = clock.now
        while let turn = state.withLock({ $0.canProbe ? $0.parking.dueProbe(now) : nil }) {
            guard let row = try await read(turn.row) else {
                state.withLock { state in
                    state.ledger.forget(turn.row)
                    state.parking.probeAccepted(turn.destination)
                }
                mailbox.signal()
                continue
            }
            let (probe, hasMore) = state.withLock { state -> (Sending?, Bool) in
                let waiting = state.waiting(of: row, for: turn.destination)
                guard let first = waiting.first else {
                    state.parking.probeAccepted(turn.destination)
                    return (nil, false)
                }
                state.readmit([first], of: row, for: turn.destination)
                return (first, waiting.count > 1)
            }
            if let probe { send(probe, to: turn.destination, hasMore: hasMore) } else { mailbox.signal() }
        }
    }

    /// Sets the alarm for the next probe, and reports to the host what is parked.
    func noteParked() {
        let now = clock.now
        let (report, next) = state.withLock { state -> ([OutboxParking.Report], Timestamp?) in
            // Destinations that cannot be probed now are considered again when that changes.
            let next = state.canProbe ? state.parking.nextProbe(now) : nil
            defer { state.probeTime = next }
            return (state.isSilent ? [] : state.parking.report, next == state.probeTime ? nil : next)
        }
        parked.report(report, of: partition)
        // The alarm is set by a pause, which does not get longer if the clock is put back meanwhile.
        if let next { alarms.probe.set(after: next.duration(since: now)) }
    }

    private func send(_ probe: Sending, to destination: OutboxParking.Destination, hasMore: Bool) {
        transport.publishAlone(wire.outgoing(probe.message.encoded, at: clock.now)) { [weak self] outcome in
            self?.conclude(probe, to: destination, hasMore: hasMore, outcome)
        }
    }

    private func conclude(
        _ probe: Sending, to destination: OutboxParking.Destination, hasMore: Bool, _ outcome: PublishOutcome
    ) {
        let now = clock.now
        let row = probe.reference.row
        func refused(_ cause: OutboxParking.Cause?, _ reason: String?) {
            let jitter = random.fraction()
            state.withLock { state in
                state.parking.probeRefused(destination, cause, reason, now: now, jitter: jitter)
                if state.ledger.waits(row, for: destination) { state.parking.wait(row, for: destination) }
            }
            end([probe.reference], .parked)
        }
        func accepted() {
            state.withLock { state in
                if hasMore, state.ledger.waits(row, for: destination) { state.parking.wait(row, for: destination) }
                state.parking.probeAccepted(destination)
            }
        }
        switch outcome.verdict {
        case .confirmed:
            accepted()
            end([probe.reference], .settled)
            logger.notice(
                "A destination takes messages again; those that waited for it are sent",
                metadata: [LogKey.destination: "\(destination)"])
        case .missing where probe.message.exchange.isEmpty:
            accepted()
            end([probe.reference], .settled)
        case .missing(let code, let text): refused(.missing, "\(code) \(text)")
        case .full: refused(.full, nil)
        case .unconfirmed(let patience): refused(.full, Self.silence(patience))
        case .denied(let text): refused(.denied, text)
        case .invalid(let code, let text):
            accepted()
            giveUp(probe, .init(code: code, text: text))
        case .tooLarge(let bytes, let limit):
            accepted()
            giveUp(probe, .init(bytes: bytes, limit: limit))
        case .unknown: refused(nil, nil)
        }
        noteParked()
        // Rows of an opened or given-up destination are handled by the processor, which can read the store.
        mailbox.signal()
    }

    /// Fails a message because the patience with its missing queue is over.
    private func fail(_ sending: Sending, _ destination: OutboxParking.Destination) {
        guard let token = sending.message.encoded.properties.correlationID.flatMap(wire.token) else {
            return giveUp(sending, .init(code: 312, text: "no queue takes it, and it names no task of this hub"))
        }
        let activity = sending.message.routingKey
        local.began()
        mailbox.add(
            PartitionInput(
                .undeliverable(
                    token,
                    FailureDetails(
                        type: "UnknownActivity",
                        message:
                            "No host has registered the activity '\(activity)' in this hub: it has no queue. Start "
                            + "a host that registers it, or correct the name. Calls wait for a worker that comes "
                            + "later if the host names the activity in 'activities.foreign', or after 'warren hub create "
                            + "--activity \(activity)'.",
                        isNonRetriable: true)),
                receipt: .local(self, sending.reference)))
    }
}

extension OutboxDispatcher.State {
    /// The part of a row that can be sent now.
    private struct Part {
        var row: OutboxDispatcher.Row
        var sendings: [OutboxDispatcher.Sending]
        /// The destinations that the other messages of the row wait for.
        var places: [OutboxParking.Destination]

        var size: OutboxWindow.Size {
            OutboxWindow.Size(
                id: row.id, messages: sendings.count, bytes: sendings.reduce(0) { $0 + $1.size })
        }
    }

    var canProbe: Bool { !isSilent && !window.isBlocked && window.hasRoom }

    /// Whether rows of an open destination may be sent.
    var hasTurns: Bool { !parking.isEmpty && canProbe && parking.hasTurns }

    /// Whether a destination waits for a probe that had no room when the alarm was set.
    var mustSetProbe: Bool { !parking.isEmpty && probeTime == nil && canProbe && parking.hasWaiting }

    /// Returns the part of a row, just committed or read, that can be sent.
    private func part(of row: OutboxDispatcher.Row) -> Part {
        var part = Part(row: row, sendings: [], places: [])
        part.sendings.reserveCapacity(row.messages.count)
        for (index, message) in row.messages.enumerated() {
            if let place = parking.place(of: message) {
                if !part.places.contains(place) { part.places.append(place) }
            } else {
                part.sendings.append(.init(index, of: row))
            }
        }
        return part
    }

    /// Takes as many rows as the window has room for, and returns their messages.
    ///
    /// - Parameter admitting: tells the window of the sizes, and returns for how many it has room.
    mutating func take(
        _ rows: [OutboxDispatcher.Row], admitting: (inout OutboxWindow, [OutboxWindow.Size]) -> Int
    ) -> (sendings: [OutboxDispatcher.Sending], isPublishing: Bool) {
        var sendings: [OutboxDispatcher.Sending] = []
        guard parking.isEmpty else {
            let parts = rows.map { part(of: $0) }
            let count = admitting(&window, parts.map(\.size))
            guard !isSilent else { return ([], false) }
            for part in parts.prefix(count) { sendings += admit(part) }
            return (sendings, count > 0)
        }
        // This is the case nearly always.
        let sizes = rows.map(\.size)
        let count = admitting(&window, sizes)
        guard !isSilent else { return ([], false) }
        sendings.reserveCapacity(sizes.prefix(count).reduce(0) { $0 + $1.messages })
        for row in rows.prefix(count) where !row.messages.isEmpty {
            ledger.begin(row.id, of: row.messages.count)
            for index in row.messages.indices { sendings.append(.init(index, of: row)) }
        }
        return (sendings, count > 0)
    }

    /// Takes a part that the window has admitted.
    private mutating func admit(_ part: Part) -> [OutboxDispatcher.Sending] {
        if part.sendings.isEmpty {
            if !part.places.isEmpty { ledger.park(part.row.id) }
        } else {
            ledger.begin(part.row.id, of: part.row.messages.count)
        }
        for place in part.places where ledger.waits(part.row.id, for: place) { parking.wait(part.row.id, for: place) }
        return part.sendings
    }

    /// Removes the messages from a list that are for destinations which were parked meanwhile: they wait in the store. The
    /// caller ends them.
    mutating func takeWaiting(
        _ list: WritableKeyPath<Self, [OutboxDispatcher.Sending]>
    ) -> [OutboxDispatcher.MessageReference] {
        if parking.isEmpty || self[keyPath: list].isEmpty { return [] }
        var taken: [OutboxDispatcher.MessageReference] = []
        var left: [OutboxDispatcher.Sending] = []
        for sending in self[keyPath: list] {
            guard let place = parking.place(of: sending.message), parking.isShut(place) else {
                left.append(sending)
                continue
            }
            let row = sending.reference.row
            if ledger.waits(row, for: place) { parking.wait(row, for: place) }
            taken.append(sending.reference)
        }
        self[keyPath: list] = left
        return taken
    }

    /// Returns the next parked row that may be sent or given up.
    mutating func nextRow() -> OutboxParking.Turn? {
        canProbe ? parking.nextRow() : nil
    }

    /// Returns the messages of a row that wait for a destination.
    func waiting(
        of row: OutboxDispatcher.Row, for destination: OutboxParking.Destination
    ) -> [OutboxDispatcher.Sending] {
        let unsettled = ledger.unsettled(row.id, of: row.messages.count)
        return row.messages.enumerated().compactMap { index, message in
            guard unsettled & OutboxLedger.bit(index) != 0, parking.place(of: message) == destination else {
                return nil
            }
            return .init(index, of: row)
        }
    }

    /// Puts the messages of a row that wait for a destination back on their way.
    mutating func readmit(
        _ row: OutboxDispatcher.Row, for destination: OutboxParking.Destination
    ) -> [OutboxDispatcher.Sending] {
        let sendings = waiting(of: row, for: destination)
        readmit(sendings, of: row, for: destination)
        parking.sent(sendings.count, to: destination)
        return sendings
    }

    mutating func readmit(
        _ sendings: [OutboxDispatcher.Sending], of row: OutboxDispatcher.Row,
        for destination: OutboxParking.Destination
    ) {
        ledger.waitsNoMore(row.id, for: destination)
        guard !sendings.isEmpty else { return }
        ledger.begin(row.id, of: row.messages.count, wasParked: !ledger.isOpen(row.id))
        window.readmit(
            .init(id: row.id, messages: sendings.count, bytes: sendings.reduce(0) { $0 + $1.size }))
    }
}

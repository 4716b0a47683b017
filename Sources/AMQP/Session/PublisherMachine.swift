import AMQPMessages

/// The state of a session's publisher: its channel, and the messages that it keeps until it has one.
struct PublisherMachine<Channel> {
    struct Held {
        var messages: [OutboundMessage]
        var completion: PublishCompletion
    }

    enum Action {
        /// Pass it to the channel while still holding the lock, so that order is kept.
        case forward(Channel)
        /// It is kept for the next channel.
        case hold
        /// Inform the caller that it was not sent.
        case refuse(String)
    }

    private enum State {
        case down
        case up(Channel, id: UInt64)
        case closed
    }

    private var state = State.down
    private var held: [Held] = []
    private var heldBytes = 0
    private var lastEnded: UInt64 = 0
    /// For the channel in use: the time at which it was opened, and the number of its refusals.
    private var openedAt: ContinuousClock.Instant?
    private var refusals = 0
    private let heldBytesLimit: Int

    /// The number of refusals, and the age, from which on a channel is replaced on suspicion.
    private static var refusalsToRenew: Int { 3 }
    private static var ageToRenew: Duration { .seconds(10) }

    init(heldBytesLimit: Int) { self.heldBytesLimit = heldBytesLimit }

    /// The channel in use.
    var channel: Channel? {
        if case .up(let channel, _) = state { channel } else { nil }
    }

    mutating func publish(_ messages: [OutboundMessage], _ completion: @escaping PublishCompletion) -> Action {
        switch state {
        case .up(let channel, _): return .forward(channel)
        case .closed: return .refuse("the publisher was closed")
        case .down: return hold(messages, completion)
        }
    }

    /// Handles a refusal by the channel: its connection ended a moment ago.
    mutating func refused(_ messages: [OutboundMessage], _ completion: @escaping PublishCompletion) -> Action {
        if case .closed = state { return .refuse("the publisher was closed") }
        state = .down
        return hold(messages, completion)
    }

    /// Handles a new channel in confirm mode; returns the kept messages, in order, for it. `nil` when it has ended
    /// meanwhile.
    mutating func opened(_ channel: Channel, id: UInt64, at now: ContinuousClock.Instant = .now) -> [Held]? {
        guard case .down = state, lastEnded != id else { return nil }
        state = .up(channel, id: id)
        openedAt = now
        refusals = 0
        return takeHeld()
    }

    /// Handles the end of a channel.
    mutating func ended(id: UInt64) {
        lastEnded = id
        if case .up(_, id) = state { state = .down }
    }

    /// Handles a message that the channel in use refused, or that was confirmed elsewhere. Returns whether the channel
    /// is to be replaced; then messages are kept until the next one is open.
    ///
    /// - Parameter isCertain: whether another channel takes messages like those that this channel was refused.
    mutating func renewal(isCertain: Bool, at now: ContinuousClock.Instant) -> Bool {
        guard case .up = state else { return false }
        if !isCertain { refusals += 1 }
        let isOld = openedAt.map { now - $0 >= Self.ageToRenew } ?? false
        guard isCertain ? refusals > 0 : refusals >= Self.refusalsToRenew && isOld else { return false }
        state = .down
        return true
    }

    /// Handles messages that were handed over at a time and do not arrive, although nothing reports an error. Returns whether
    /// the channel in use is to be replaced; then messages are kept until the next one is open. It is not if it was opened
    /// later: the messages went over an earlier channel.
    mutating func silence(since sentAt: ContinuousClock.Instant) -> Bool {
        guard case .up = state, let openedAt, openedAt <= sentAt else { return false }
        state = .down
        return true
    }

    /// Ends the publisher; returns the kept messages.
    mutating func close() -> [Held] {
        state = .closed
        return takeHeld()
    }

    private mutating func hold(_ messages: [OutboundMessage], _ completion: @escaping PublishCompletion) -> Action {
        guard heldBytes < heldBytesLimit else {
            return .refuse("there is no connection, and \(heldBytes) bytes wait for one already")
        }
        held.append(Held(messages: messages, completion: completion))
        heldBytes += messages.reduce(0) { $0 + $1.approximateSize }
        return .hold
    }

    private mutating func takeHeld() -> [Held] {
        defer {
            held = []
            heldBytes = 0
        }
        return held
    }
}

/// Whether a session's publisher has a channel, and what it holds until it gets one.
struct PublisherMachine<Channel> {
    struct Held {
        var messages: [AMQPMessage]
        var completion: PublishCompletion
    }

    enum Action {
        /// Hand it to the channel while still holding the lock, so that order is kept.
        case forward(Channel)
        /// It is kept for the next channel.
        case hold
        /// Tell the caller that it was not sent.
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
    /// Of the channel in use: when it was opened, and how often it was refused.
    private var openedAt: ContinuousClock.Instant?
    private var refusals = 0
    private let heldBytesLimit: Int

    /// From how many refusals on, and at what age, a channel is replaced on suspicion.
    private static var refusalsToRenew: Int { 3 }
    private static var ageToRenew: Duration { .seconds(10) }

    init(heldBytesLimit: Int) { self.heldBytesLimit = heldBytesLimit }

    /// The channel in use.
    var channel: Channel? {
        if case .up(let channel, _) = state { channel } else { nil }
    }

    mutating func publish(_ messages: [AMQPMessage], _ completion: @escaping PublishCompletion) -> Action {
        switch state {
        case .up(let channel, _): return .forward(channel)
        case .closed: return .refuse("the publisher was closed")
        case .down: return hold(messages, completion)
        }
    }

    /// The channel refused: its connection ended a moment ago.
    mutating func refused(_ messages: [AMQPMessage], _ completion: @escaping PublishCompletion) -> Action {
        if case .closed = state { return .refuse("the publisher was closed") }
        state = .down
        return hold(messages, completion)
    }

    /// There is a channel in confirm mode; returns what was held, in order, for it. `nil` when it has ended meanwhile.
    mutating func opened(_ channel: Channel, id: UInt64, at now: ContinuousClock.Instant = .now) -> [Held]? {
        guard case .down = state, lastEnded != id else { return nil }
        state = .up(channel, id: id)
        openedAt = now
        refusals = 0
        return takeHeld()
    }

    /// A channel ended.
    mutating func ended(id: UInt64) {
        lastEnded = id
        if case .up(_, id) = state { state = .down }
    }

    /// A message was refused by the channel in use, or confirmed elsewhere. Returns whether the channel is to be
    /// replaced; then what comes is held until the next one is open.
    ///
    /// - Parameter isCertain: whether messages like those that the channel was refused are taken on another one.
    mutating func renewal(isCertain: Bool, at now: ContinuousClock.Instant) -> Bool {
        guard case .up = state else { return false }
        if !isCertain { refusals += 1 }
        let isOld = openedAt.map { now - $0 >= Self.ageToRenew } ?? false
        guard isCertain ? refusals > 0 : refusals >= Self.refusalsToRenew && isOld else { return false }
        state = .down
        return true
    }

    /// No more; returns what was held.
    mutating func close() -> [Held] {
        state = .closed
        return takeHeld()
    }

    private mutating func hold(_ messages: [AMQPMessage], _ completion: @escaping PublishCompletion) -> Action {
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

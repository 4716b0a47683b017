/// What a call of an activity states besides its name and input.
public struct TaskTerms: Sendable, Hashable {
    /// The number of the first attempt, if this is a later one of the same call.
    public var retryOf: Int?
    /// The number of the attempt under the call's retry policy, from 1.
    public var attempt: Int
    /// The time limits of the call.
    public var timeouts: ActivityTimeouts
    /// The share of `timeouts.total` that earlier attempts and the delays between them took.
    public var spent: Duration
    /// Most calls have none, and the terms are a part of every event: one word.
    private var place: CallPlace?

    /// The terms of a call.
    public init(
        retryOf: Int? = nil, attempt: Int = 1, timeouts: ActivityTimeouts = .none, spent: Duration = .zero,
        order: CallOrder = CallOrder()
    ) {
        self.retryOf = retryOf
        self.attempt = attempt
        self.timeouts = timeouts
        self.spent = spent
        place = order.isEmpty ? nil : CallPlace(order, needsPermit: false)
    }

    /// The place of the call among those that wait for a permit.
    public var order: CallOrder { place?.order ?? CallOrder() }

    /// Whether the call waits for a permit, because the activity had limits when it was made. Then `order` has its
    /// priority and its key.
    public var needsPermit: Bool { place?.needsPermit ?? false }

    /// Makes the call wait for a permit.
    package mutating func requirePermit(_ order: CallOrder) { place = CallPlace(order, needsPermit: true) }
}

/// The place of a call among those that wait for permits.
private final class CallPlace: Sendable, Hashable {
    let order: CallOrder
    let needsPermit: Bool

    init(_ order: CallOrder, needsPermit: Bool) {
        self.order = order
        self.needsPermit = needsPermit
    }

    static func == (left: CallPlace, right: CallPlace) -> Bool {
        left === right || left.order == right.order && left.needsPermit == right.needsPermit
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(order)
        hasher.combine(needsPermit)
    }
}

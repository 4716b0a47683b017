/// What a call of an activity states besides its name and input.
///
/// Most calls state nothing, and the terms are a part of every event: one word.
public struct TaskTerms: Sendable, Hashable {
    private struct Values: Sendable, Hashable {
        var retryOf: Int?
        var attempt = 1
        var timeouts = ActivityTimeouts.none
        var spent = Duration.zero
        var order = CallOrder()
        var needsPermit = false
    }

    /// The stated values; `nil` if there are none.
    private var stated: Boxed<Values>?

    private var values: Values {
        get { stated?.value ?? Values() }
        set { stated = newValue == Values() ? nil : Boxed(newValue) }
    }

    /// The terms of a call.
    public init(
        retryOf: Int? = nil, attempt: Int = 1, timeouts: ActivityTimeouts = .none, spent: Duration = .zero,
        order: CallOrder = CallOrder()
    ) {
        if retryOf == nil, attempt == 1, timeouts.isEmpty, spent == .zero, order.isEmpty { return }
        values = Values(retryOf: retryOf, attempt: attempt, timeouts: timeouts, spent: spent, order: order)
    }

    /// The number of the first attempt, if this is a later one of the same call.
    public var retryOf: Int? {
        get { stated?.value.retryOf }
        set { values.retryOf = newValue }
    }

    /// The number of the attempt under the call's retry policy, from 1.
    public var attempt: Int {
        get { stated?.value.attempt ?? 1 }
        set { values.attempt = newValue }
    }

    /// The time limits of the call.
    public var timeouts: ActivityTimeouts {
        get { stated?.value.timeouts ?? .none }
        set { values.timeouts = newValue }
    }

    /// The share of `timeouts.total` that earlier attempts and the delays between them took.
    public var spent: Duration {
        get { stated?.value.spent ?? .zero }
        set { values.spent = newValue }
    }

    /// The place of the call among those that wait for a permit.
    public var order: CallOrder { stated?.value.order ?? CallOrder() }

    /// Whether the call waits for a permit, because the activity had limits when it was made. Then `order` has its
    /// priority and its key.
    public var needsPermit: Bool { stated?.value.needsPermit ?? false }

    /// Makes the call wait for a permit.
    package mutating func requirePermit(_ order: CallOrder) {
        values.order = order
        values.needsPermit = true
    }
}

public import Warren

/// Fake activities, and activities that fail at the call that a test names.
extension TestHub {
    /// Puts a fake in the place of an activity, and records its calls. The activity need not be registered.
    ///
    /// ```swift
    /// let charges = hub.fake(Orders.charge) { order, context in Receipt(order) }
    /// …
    /// #expect(charges.inputs == [order])
    /// #expect(charges.all[0].context.attempt == 1)
    /// ```
    ///
    /// Call it before the first use of ``client`` if nothing is registered under the name; an activity that is
    /// registered can be faked at any time, and its next call gets the fake.
    @discardableResult
    public func fake<Input, Output>(
        _ activity: Activity<Input, Output>, body: @escaping Activity<Input, Output>.Body
    ) -> ActivityCalls<Input, Output> {
        let calls = ActivityCalls<Input, Output>()
        let (name, faults) = (activity.name, activityFaults)
        install(activity) { input, context in
            try await calls.record(input, context) {
                if let error = faults.next(name) { throw error }
                return try await body(input, context)
            }
        }
        return calls
    }

    /// Puts a fake that needs no context in the place of an activity, and records its calls.
    @discardableResult
    public func fake<Input, Output>(
        _ activity: Activity<Input, Output>, body: @escaping @Sendable (Input) async throws -> Output
    ) -> ActivityCalls<Input, Output> {
        fake(activity) { input, _ in try await body(input) }
    }

    /// Puts a fake that needs neither input nor context in the place of an activity, and records its calls.
    @discardableResult
    public func fake<Output>(
        _ activity: Activity<Void, Output>, body: @escaping @Sendable () async throws -> Output
    ) -> ActivityCalls<Void, Output> {
        fake(activity) { _, _ in try await body() }
    }

    /// Puts a fake that always returns the same in the place of an activity, and records its calls.
    @discardableResult
    public func fake<Input, Output>(
        _ activity: Activity<Input, Output>, returning output: Output
    ) -> ActivityCalls<Input, Output> {
        fake(activity) { _, _ in output }
    }

    /// Lets an activity fail once, at one of its calls; the others run as they would.
    ///
    /// ```swift
    /// hub.fail(Orders.charge, atCall: 2, with: BankUnavailable())
    /// ```
    ///
    /// - Parameters:
    ///   - activity: the activity, registered or faked before: the other calls of one that is neither fail, and say so.
    ///   - number: the number of the call, from 1. Calls are counted from the first use of this method for the activity
    ///     on, over all instances, and a retry is another call.
    ///   - error: the error in the place of a run.
    public func fail<Input, Output>(_ activity: Activity<Input, Output>, atCall number: Int, with error: any Error) {
        let (name, faults) = (activity.name, activityFaults)
        guard !faults.plant(error, in: name, at: number) else { return }
        functions.change(activity: name) { registered in
            { payload, context in
                if let error = faults.next(name) { throw error }
                guard let registered else { throw MissingActivity(name: name) }
                return try await registered(payload, context)
            }
        }
    }

    /// Lets an activity fail once at each of several calls.
    ///
    /// - Parameters:
    ///   - activity: the activity, registered or faked before: the other calls of one that is neither fail, and say so.
    ///   - numbers: the numbers of the calls, from 1: `1...2` for the first two.
    ///   - error: the error in the place of each run.
    public func fail<Input, Output>(
        _ activity: Activity<Input, Output>, atCalls numbers: ClosedRange<Int>, with error: any Error
    ) {
        for number in numbers { fail(activity, atCall: number, with: error) }
    }

    /// Registers a body that asks for planted failures itself, in the place of the one that the activity has, if it has
    /// one.
    private func install<Input, Output>(
        _ activity: Activity<Input, Output>, _ body: @escaping Activity<Input, Output>.Body
    ) {
        let scratch = FunctionRegistry(codec: functions.codec)
        scratch.register(activity, body: body)
        guard let erased = scratch.activity(activity.name) else { return }
        activityFaults.setAsking(activity.name)
        functions.change(activity: activity.name) { _ in erased }
    }
}

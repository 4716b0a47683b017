#if canImport(FoundationEssentials)
public import FoundationEssentials
import WarrenSupport
#else
public import Foundation
#endif

extension OrchestrationContext {
    // MARK: Activities

    /// Runs an activity and waits for its result.
    ///
    /// - Throws: `TaskFailure` if it failed, after the last attempt if there is a retry policy, and, of type
    ///   `InvalidResult`, if its answer is not an `Output`; `WarrenError` if the input cannot be written;
    ///   `CancellationError` if the surrounding Swift task is cancelled. The activity is cancelled then, too.
    ///
    /// A `priority` (0 to 9, the highest first) and a `fairnessKey` order the calls of an activity with limits, and have no
    /// effect on others: see ``CallOrder`` and ``ActivityLimits``.
    public func call<Input, Output>(
        _ activity: Activity<Input, Output>, _ input: Input, retry: RetryPolicy? = nil,
        timeout: ActivityTimeouts = .none, priority: Int? = nil, fairnessKey: String? = nil,
        file: StaticString = #fileID, line: UInt = #line
    ) async throws -> Output {
        let site = CallSite(file, line)
        guard core.admits(site) else { throw await core.refusal(site) }
        let slot = asked(activity, input, retry, timeout, CallOrder(priority: priority, fairnessKey: fairnessKey), site)
        return try core.read(
            try await core.payload(of: slot, ownsTask: true), of: slot, .activity, activity.output.decode)
    }

    /// Runs an activity without input and waits for its result.
    public func call<Output>(
        _ activity: Activity<Void, Output>, retry: RetryPolicy? = nil, timeout: ActivityTimeouts = .none,
        priority: Int? = nil, fairnessKey: String? = nil, file: StaticString = #fileID, line: UInt = #line
    ) async throws -> Output {
        try await call(
            activity, (), retry: retry, timeout: timeout, priority: priority, fairnessKey: fairnessKey, file: file,
            line: line)
    }

    /// Starts an activity without waiting for it; the result is the handle's `value`.
    ///
    /// It does not throw: an error in the call is thrown at `value`.
    public func start<Input, Output>(
        _ activity: Activity<Input, Output>, _ input: Input, retry: RetryPolicy? = nil,
        timeout: ActivityTimeouts = .none, priority: Int? = nil, fairnessKey: String? = nil,
        file: StaticString = #fileID, line: UInt = #line
    ) -> DurableTask<Output> {
        let site = CallSite(file, line)
        let slot = asked(activity, input, retry, timeout, CallOrder(priority: priority, fairnessKey: fairnessKey), site)
        return DurableTask(core, slot, site, .activity, activity.output.decode)
    }

    /// Starts an activity without input and without waiting for it.
    public func start<Output>(
        _ activity: Activity<Void, Output>, retry: RetryPolicy? = nil, timeout: ActivityTimeouts = .none,
        priority: Int? = nil, fairnessKey: String? = nil, file: StaticString = #fileID, line: UInt = #line
    ) -> DurableTask<Output> {
        start(
            activity, (), retry: retry, timeout: timeout, priority: priority, fairnessKey: fairnessKey, file: file,
            line: line)
    }

    /// Runs an activity known only by its name and waits for its result, which is JSON of any shape.
    public func callActivity(
        named name: String, _ input: JSONValue = .null, retry: RetryPolicy? = nil,
        timeout: ActivityTimeouts = .none, priority: Int? = nil, fairnessKey: String? = nil,
        file: StaticString = #fileID, line: UInt = #line
    ) async throws -> JSONValue {
        let site = CallSite(file, line)
        guard core.admits(site) else { throw await core.refusal(site) }
        let core = core
        let slot = asking(retry, timeout, CallOrder(priority: priority, fairnessKey: fairnessKey), name, site) {
            try checkName(name, site)
            return { try core.callActivity(name, Payload(input), $0, site) }
        }
        return try core.read(try await core.payload(of: slot, ownsTask: true), of: slot, .activity) { answer, _ in
            try JSONValue(answer)
        }
    }

    // MARK: Sub-orchestrations

    /// Runs another orchestration as a child of this one and waits for its result.
    ///
    /// An `id` is the child's instance ID, the same for each attempt; without one each attempt gets one of its own. A
    /// `version` is the one with which the child begins; without one its host chooses, as for a start from outside: the
    /// caller's version is not inherited.
    ///
    /// - Throws: As with activities. A child that is terminated counts as failed.
    public func call<Input, Output>(
        _ orchestration: Orchestration<Input, Output>, _ input: Input, retry: RetryPolicy? = nil, id: String? = nil,
        version: String? = nil, file: StaticString = #fileID, line: UInt = #line
    ) async throws -> Output {
        let site = CallSite(file, line)
        guard core.admits(site) else { throw await core.refusal(site) }
        let slot = asked(orchestration, input, retry, id, version, site)
        return try core.read(
            try await core.payload(of: slot, ownsTask: true), of: slot, .subOrchestration, orchestration.output.decode)
    }

    /// Runs another orchestration without input as a child of this one and waits for its result.
    public func call<Output>(
        _ orchestration: Orchestration<Void, Output>, retry: RetryPolicy? = nil, id: String? = nil,
        version: String? = nil, file: StaticString = #fileID, line: UInt = #line
    ) async throws -> Output {
        try await call(orchestration, (), retry: retry, id: id, version: version, file: file, line: line)
    }

    /// Starts a sub-orchestration without waiting for it; the result is the handle's `value`.
    public func start<Input, Output>(
        _ orchestration: Orchestration<Input, Output>, _ input: Input, retry: RetryPolicy? = nil, id: String? = nil,
        version: String? = nil, file: StaticString = #fileID, line: UInt = #line
    ) -> DurableTask<Output> {
        let site = CallSite(file, line)
        return DurableTask(
            core, asked(orchestration, input, retry, id, version, site), site, .subOrchestration,
            orchestration.output.decode)
    }

    /// Starts a sub-orchestration without input and without waiting for it.
    public func start<Output>(
        _ orchestration: Orchestration<Void, Output>, retry: RetryPolicy? = nil, id: String? = nil,
        version: String? = nil, file: StaticString = #fileID, line: UInt = #line
    ) -> DurableTask<Output> {
        start(orchestration, (), retry: retry, id: id, version: version, file: file, line: line)
    }

    /// Runs an orchestration known only by its name as a child and waits for its result, which is JSON of any shape.
    public func callOrchestration(
        named name: String, _ input: JSONValue = .null, retry: RetryPolicy? = nil, id: String? = nil,
        version: String? = nil, file: StaticString = #fileID, line: UInt = #line
    ) async throws -> JSONValue {
        let site = CallSite(file, line)
        guard core.admits(site) else { throw await core.refusal(site) }
        let core = core
        let slot = asking(retry, .none, CallOrder(), name, site) {
            try checkName(name, site)
            return { _ in try core.callOrchestration(name, Payload(input), id: id, version: version, site) }
        }
        return try core.read(try await core.payload(of: slot, ownsTask: true), of: slot, .subOrchestration) {
            answer, _ in
            try JSONValue(answer)
        }
    }

    // MARK: Starting without waiting

    /// Starts an orchestration without a parent: it may outlive this one, and its end is not reported here.
    ///
    /// Without an `id`, its instance ID is derived from this call. Without a `time`, it begins at once. Without a
    /// `version`, its host chooses.
    ///
    /// - Returns: Its instance ID.
    @discardableResult
    public func startDetached<Input, Output>(
        _ orchestration: Orchestration<Input, Output>, _ input: Input, id: String? = nil, at time: Date? = nil,
        version: String? = nil, file: StaticString = #fileID, line: UInt = #line
    ) throws -> String {
        let core = core
        return try core.startOrchestration(
            orchestration.name, try orchestration.input.encode(input, core.codec), id: id, at: time.map(Timestamp.init),
            version: version, CallSite(file, line)
        ) { orchestration.input.isEqual(input, $0, core.codec) }
    }

    /// Starts an orchestration without input and without a parent.
    @discardableResult
    public func startDetached<Output>(
        _ orchestration: Orchestration<Void, Output>, id: String? = nil, at time: Date? = nil,
        version: String? = nil, file: StaticString = #fileID, line: UInt = #line
    ) throws -> String {
        try startDetached(orchestration, (), id: id, at: time, version: version, file: file, line: line)
    }

    // MARK: What they share

    /// Makes a call, with retries if there is a policy. Any error becomes the task's outcome.
    ///
    /// - Parameter prepare: Encodes the input once and returns a function that starts one attempt.
    private func asking(
        _ retry: RetryPolicy?, _ timeout: ActivityTimeouts, _ order: CallOrder, _ name: String, _ site: CallSite,
        _ prepare: () throws -> RetryingCall.AttemptCall
    ) -> TaskSlot {
        do {
            guard core.isLive(site) else { throw OrchestrationEvicted() }
            let attempt = try prepare()
            if !timeout.isEmpty { try timeout.validate(file: site.file, line: site.line) }
            if !order.isEmpty { try order.validate(file: site.file, line: site.line) }
            guard let retry else { return try attempt(TaskTerms(timeouts: timeout, order: order)) }
            try retry.validate(file: site.file, line: site.line)
            let call = RetryingCall(core, name, retry, timeout, order, site, attemptCall: attempt)
            try call.begin()
            return call.task
        } catch {
            return TaskSlot(kind: .composite, id: -1, name: name, outcome: .refused(error))
        }
    }

    @inline(never)
    private func asked<Input, Output>(
        _ activity: Activity<Input, Output>, _ input: Input, _ retry: RetryPolicy?, _ timeout: ActivityTimeouts,
        _ order: CallOrder, _ site: CallSite
    ) -> TaskSlot {
        let core = core
        return asking(retry, timeout, order, activity.name, site) {
            let payload = try activity.input.encode(input, core.codec)
            return { terms in
                try core.callActivity(activity.name, payload, terms, site) {
                    activity.input.isEqual(input, $0, core.codec)
                }
            }
        }
    }

    @inline(never)
    private func asked<Input, Output>(
        _ orchestration: Orchestration<Input, Output>, _ input: Input, _ retry: RetryPolicy?, _ id: String?,
        _ version: String?, _ site: CallSite
    ) -> TaskSlot {
        let core = core
        return asking(retry, .none, CallOrder(), orchestration.name, site) {
            let payload = try orchestration.input.encode(input, core.codec)
            return { _ in
                try core.callOrchestration(orchestration.name, payload, id: id, version: version, site) {
                    orchestration.input.isEqual(input, $0, core.codec)
                }
            }
        }
    }

    private func checkName(_ name: String, _ site: CallSite) throws {
        if let problem = NameRules.problem(name: name) {
            throw WarrenError(.invalidName, problem, file: site.file, line: site.line)
        }
    }
}

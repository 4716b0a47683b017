public import Warren
import WarrenMessaging

/// The schedules of a hub: orchestrations that are started again and again.
///
/// ```swift
/// try await client.schedules.create(
///     "nightly", Schedule(Reports.build, "all", .cron("30 2 * * *", timeZone: "Europe/Berlin")))
/// try await client.schedules.pause("nightly")
/// ```
///
/// A command returns when the host that keeps the schedule has stored it; it is followed at once after that.
public struct TaskHubSchedules: Sendable {
    let client: TaskHubClient

    /// Creates a schedule.
    ///
    /// - Parameters:
    ///   - id: its ID, 1 to 64 bytes without `/ \ # ? * :`.
    ///   - schedule: what is run, and when.
    /// - Throws: ``ClientError``: ``ClientError/Code/instanceExists`` if there is one of that ID,
    ///   ``ClientError/Code/invalidArgument`` if it cannot be kept; the message names the member.
    public func create(_ id: String, _ schedule: Schedule) async throws {
        let instanceID = try instanceID(id)
        try check(schedule)
        do {
            _ = try await client.start(
                ScheduleKeeper.keep, ScheduleState(schedule), id: instanceID, ifExists: .restart, awaitingEnd: false)
        } catch let error as ClientError where error.code == .instanceExists {
            throw ClientError(
                .instanceExists, "There is a schedule '\(id)' already. Update it, or delete it first.",
                reason: error.reason, cause: error)
        }
    }

    /// A schedule; `nil` if there is none of that ID. One that has ended is known until its instance is purged.
    public func status(of id: String) async throws -> ScheduleStatus? {
        guard let status = try await client.status(of: try instanceID(id)) else { return nil }
        return try read(status)
    }

    /// The schedules that have not ended, ordered by ID.
    public func list() async throws -> [ScheduleStatus] {
        let open: [RuntimeStatus] = RuntimeStatus.allCases.filter { !$0.isTerminal }
        let query = InstanceQuery(name: ScheduleKeeper.keep.name, statuses: open, includeInput: true)
        var schedules: [ScheduleStatus] = []
        for try await instance in client.instances(matching: query) {
            // An answer about one instance has more room than one about many.
            let isWhole = instance.input != nil
            guard let status = isWhole ? instance : try await client.status(of: instance.instanceID) else { continue }
            if let schedule = try read(status) { schedules.append(schedule) }
        }
        return schedules.sorted { $0.id < $1.id }
    }

    /// One page of the runs of a schedule, the newest first: instances that the schedule has started, as far as they are
    /// not purged.
    ///
    /// A schedule that is deleted, or purged, has its runs as long as they are there.
    ///
    /// - Parameters:
    ///   - id: the ID of the schedule.
    ///   - limit: the maximum number of runs, 1 to 1000. There may be fewer, or none, although there are more: an instance
    ///     that was given an ID that begins as those of runs do is left out.
    ///   - place: the ``InstancePage/next`` of the page before; `nil` for the first page.
    /// - Throws: ``ClientError``: ``ClientError/Code/invalidArgument`` if there can be no schedule of that ID.
    public func runs(
        of id: String, limit: Int = 20, after place: InstanceQuery.Cursor? = nil
    ) async throws -> InstancePage {
        _ = try instanceID(id)
        var query = InstanceQuery(idPrefix: ScheduleKeeper.runPrefix(of: id), limit: limit)
        query.after = place
        var page = try await client.list(query)
        page.instances.removeAll { !ScheduleKeeper.isRun($0.instanceID, of: id) }
        return page
    }

    /// Pauses a schedule: it is not due until it is resumed. A run that is under way goes on.
    public func pause(_ id: String) async throws { try await send(.pause, to: id) }

    /// Resumes a schedule: the next due time is the first one from now. Times that passed meanwhile are not caught up,
    /// and runs from before are not waited for.
    public func resume(_ id: String) async throws { try await send(.resume, to: id) }

    /// Runs a schedule now, also if it is paused. The overlap rule holds.
    public func trigger(_ id: String) async throws { try await send(.trigger, to: id) }

    /// Replaces a schedule. It stays paused if it is; runs under way go on.
    ///
    /// - Throws: ``ClientError``: ``ClientError/Code/invalidArgument`` if it cannot be kept.
    public func update(_ id: String, _ schedule: Schedule) async throws {
        try check(schedule)
        try await send(.update(schedule), to: id)
    }

    /// Deletes a schedule: its instance completes. A run that is under way goes on.
    public func delete(_ id: String) async throws { try await send(.delete, to: id) }

    private func send(_ command: ScheduleCommand, to id: String) async throws {
        let instanceID = try instanceID(id)
        let payload = try client.encode { try command.payload() }
        do {
            try await client.raise(named: ScheduleKeeper.commandEvent, payload, to: instanceID, holdLimit: .zero)
        } catch let error as ClientError where error.code == .instanceNotFound || error.code == .instanceFinished {
            throw ClientError(
                error.code,
                error.code == .instanceNotFound
                    ? "There is no schedule '\(id)'." : "The schedule '\(id)' has ended. Create it again.",
                reason: error.reason, cause: error)
        }
    }

    private func read(_ status: OrchestrationStatus) throws -> ScheduleStatus? {
        guard status.name == ScheduleKeeper.keep.name, let id = ScheduleKeeper.schedule(of: status.instanceID) else {
            return nil
        }
        // Of one that has ended, the output is newer than the input; one that was terminated has no such output.
        let isCompleted = status.runtimeStatus == .completed
        guard let payload = isCompleted ? status.output : status.input else { return nil }
        do {
            let state = try payload.decode(as: ScheduleState.self, with: client.codec)
            return ScheduleStatus(state, id: id, hasEnded: status.runtimeStatus.isTerminal)
        } catch {
            // Its start was published by hand, and is not one; the instance fails, and says why.
            return nil
        }
    }

    private func instanceID(_ id: String) throws -> String {
        if let problem = ScheduleKeeper.problem(id: id) { throw ClientError(.invalidArgument, problem) }
        return ScheduleKeeper.instanceID(of: id)
    }

    private func check(_ schedule: Schedule) throws {
        do {
            try schedule.check()
        } catch {
            throw ClientError(.invalidArgument, "The schedule cannot be kept: \(error).")
        }
    }
}

extension TaskHubClient {
    /// The hub's schedules.
    public var schedules: TaskHubSchedules { TaskHubSchedules(client: self) }
}
